import { withoutCiphertextsIn } from '../look-alikes/without-ciphertexts.ts';
import { AUTO, type FormatRegistry } from '../model/format.ts';
import type { FormatConfig } from '../model/job.ts';
import { openQuestions } from '../recognise/questions.ts';
import type { StoreRecognition } from '../recognise/recognise-store.ts';

/** What `format: "auto"` comes to for a store. */
export type FoundFormat =
  | { readonly kind: 'format'; readonly format: FormatConfig; readonly words: string }
  | { readonly kind: 'refused'; readonly words: string };

/** The one format that a sample shows. It refuses to guess, and says what to write instead. */
export function foundFormat(
  recognition: StoreRecognition,
  written: FormatConfig,
  formats: FormatRegistry,
): FoundFormat {
  return withoutCiphertextsIn(decided(recognition, written, formats));
}

function decided(recognition: StoreRecognition, written: FormatConfig, formats: FormatRegistry): FoundFormat {
  const { conclusion, records } = recognition;
  const seen = `is auto, and ${records} records of the store`;
  switch (conclusion.kind) {
    case 'nothing':
      return refused(
        `${seen} show no data key that could be re-wrapped${besides(recognition)}; write the format yourself`,
      );
    case 'ambiguous': {
      const conflicts = conclusion.conflicts.map(
        ({ slot, between }) => `${slot} is ${between.join(', or ')}`,
      );
      return refused(
        `${seen} can be read in more than one way: ${conflicts.join('; ')}; write the format yourself`,
      );
    }
    case 'several-formats': {
      const all = conclusion.formats.map(format => JSON.stringify(format)).join(', and ');
      return refused(`${seen} show several formats; write one store for each: ${all}`);
    }
    case 'one-format':
      return configured(recognition, { proposal: conclusion.format, written, formats });
  }
}

function refused(words: string): FoundFormat {
  return { kind: 'refused', words };
}

interface Configuring {
  readonly proposal: Readonly<Record<string, unknown>>;
  readonly written: FormatConfig;
  readonly formats: FormatRegistry;
}

function configured(recognition: StoreRecognition, { proposal, written, formats }: Configuring): FoundFormat {
  const { encryptionContext } = written;
  const type = String(proposal['type']);
  const format = { ...proposal, type, ...(encryptionContext !== undefined && { encryptionContext }) };
  const [definition, instead] = [formats.get(type), `write the format yourself: ${JSON.stringify(format)}`];
  if (definition === undefined || type === AUTO)
    return refused(`is auto, and the store has the format ${type}, which this version does not have`);
  const parsed = definition.configSchema.safeParse(format);
  if (!parsed.success) {
    const words = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
    return refused(`is auto, and the store has the format ${type}: ${words.join('; ')}; ${instead}`);
  }
  const open = openQuestions(recognition.formats[0]?.questions ?? [], encryptionContext !== undefined);
  if (open.length > 0)
    return refused(
      `is auto, and the store has the format ${type}. Data does not tell ${open.join('; nor ')}; ${instead}`,
    );
  return { kind: 'format', format, words: told(recognition) };
}

function told({ formats: [found], records, ...recognition }: StoreRecognition): string {
  if (found === undefined) return '';
  const { what, slot, dataKeys, records: having, ofOthers } = found;
  const files = ofOthers === undefined ? '' : `, ${ofOthers} of them instruction files`;
  return `format auto: ${what} at ${slot}, ${dataKeys} data keys in ${having} of ${records} records looked at${files}${besides(recognition)}`;
}

/** What else there is in the sample. */
function besides({
  refused: others,
  lookAlikes,
  rsaLengths,
  withNone,
}: Pick<StoreRecognition, 'refused' | 'lookAlikes' | 'rsaLengths' | 'withNone'>): string {
  const words = [
    ...others.map(({ what, records }) => `${what} in ${records}, which cannot be re-wrapped`),
    ...lookAlikes.map(({ slot, records }) => `what looks like a data key in ${records}, at ${slot}`),
    ...rsaLengths.map(
      ({ slot, keySpec, records }) => `what is as long as ${keySpec} encrypts in ${records}, at ${slot}`,
    ),
    ...(withNone > 0 ? [`nothing in ${withNone}`] : []),
  ];
  return words.length === 0 ? '' : `; also: ${words.slice(0, MOST_SAID).join(', ')}`;
}

const MOST_SAID = 10;
