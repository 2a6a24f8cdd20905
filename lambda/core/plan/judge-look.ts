import type { PlannedKey } from '../model/key-use.ts';
import type { StoreRecord } from '../model/record.ts';
import type { SeenPlace, StoreLook } from '../model/run.ts';
import type { Judgement } from '../stores/store.ts';
import { wrappedWords } from '../model/wrapped-records.ts';
import { encodingOf } from './seen-places.ts';

export interface JudgedStore {
  readonly look: StoreLook;
  /** What its records are. */
  readonly kind: StoreRecord['kind'];
  /** The type of the job's format. */
  readonly format: string;
  /** The slot of the job's format, as its own records name it. */
  readonly slot: string;
  /** The job's keys, as it names them and by their ARN. */
  readonly keys: readonly PlannedKey[];
  /** The job answers for records without a data key. */
  readonly withoutDataKeyExpected: boolean;
  /** The part that the job names, in words; absent where it names all of the store. */
  readonly narrowed?: string;
}

/** Does the job fit the data? Refuses only if something else fits, or if all of the store was seen. */
export function judgeLook(judged: JudgedStore): Judgement {
  const { look, kind, slot, narrowed } = judged;
  if (look.records === 0)
    return {
      warnings: [
        narrowed === undefined
          ? `there is no record in it: the run can prove nothing but that`
          : `its first page has no ${kind} in the part that the job is about (${narrowed}): where a run finds none, nothing is proven`,
      ],
    };
  if (look.withDataKey > look.misread || look.wrappedBy !== undefined)
    return { warnings: warningsOf(judged) };
  const first = `the first ${look.records.toLocaleString('en-US')}`;
  if (look.unsupported > 0 && look.unsupported === look.unreadable)
    return {
      problem: `no run would write to any of ${first} ${kind}s: ${look.reason ?? 'unknown'}; correct the places that the format names`,
      warnings: [],
    };
  // Bytes without a complete context are at the place that the job names, and so are values that S3 does not show.
  if (look.unreadable > look.undecodable) return { warnings: warningsOf(judged) };
  const seen = `${look.more ? `no ${kind} of ${first}` : `none of the ${look.records} ${kind}s`} has a data key at ${slot} in the form that the job names`;
  const suggestion = suggestionOf(judged);
  if (suggestion !== undefined) return { problem: `${seen}; ${suggestion}`, warnings: [] };
  const near = look.nearName === undefined ? '' : `; the nearest name in them is ${look.nearName}`;
  const reason = look.reason === undefined ? '' : ` (${look.reason})`;
  const nothing = `${seen}${reason}, and nothing else in them looks like one${near}`;
  if (!look.more && look.placeEmpty === 0 && !judged.withoutDataKeyExpected)
    return {
      problem: `${nothing}; ${WRONG_PLACE[kind]}`,
      warnings: [],
    };
  return {
    warnings: [
      look.more
        ? `${nothing}: the run looks through the rest`
        : `${nothing}: a run finds nothing to prove there`,
    ],
  };
}

const WRONG_PLACE: Readonly<Record<StoreRecord['kind'], string>> = {
  item: 'correct the place that the format names, or remove the store from the job',
  object:
    'correct the place that the format names, or remove the store from the job; bodies are read only by formats that look for data keys in them: if its objects need none, write "withoutDataKey": "expected"',
};

/** The formats whose fields are suggested: any other has none of its own for a place. */
const GENERAL: Readonly<Record<StoreRecord['kind'], string>> = {
  item: 'attribute',
  object: 'object-metadata',
};

/** An encoding that fits the value at that place, or the place with the most similar name. */
function suggestionOf({ look, kind, format }: JudgedStore): string | undefined {
  const { forms, nearest } = look;
  const readable = forms.find(({ form }) => encodingOf(form) !== undefined);
  const general = GENERAL[kind];
  if (readable !== undefined)
    return `${readable.count} have one there as ${readable.form}: write "encoding": "${encodingOf(readable.form)}"`;
  if (nearest?.write !== undefined)
    return `${placeWords(nearest, kind)}: write ${format === general ? '' : `"type": "${general}", `}${nearest.write}`;
  const [odd] = forms;
  if (odd !== undefined)
    return `${odd.count} have something there that looks like one, as ${odd.form}, which no encoding reads`;
  return nearest && `${placeWords(nearest, kind)}, which no format of this version reads`;
}

function placeWords({ place, form, count }: SeenPlace, kind: StoreRecord['kind']): string {
  return `${count.toLocaleString('en-US')} ${kind}s have ${place.replace(/^metadata\./, '')}, ${form}`;
}

function warningsOf(judged: JudgedStore): readonly string[] {
  const { look, keys, kind } = judged;
  const { records, withDataKey, unreadable, reason, elsewhere, versions } = look;
  const of = look.more
    ? `of the first ${records.toLocaleString('en-US')} ${kind}s`
    : `of ${records} ${kind}s`;
  return [
    ...(unreadable === 0
      ? []
      : [
          `${unreadable} ${of} have a data key that a run would leave, or something else at its place (${reason ?? 'unknown'}): each is named and left`,
        ]),
    ...withoutWords(judged, of),
    ...(look.wrappedBy === undefined ? [] : [`${of}: ${wrappedWords(look.wrappedBy)}`]),
    ...unknownKeys(look, withDataKey, keys),
    ...elsewhere
      .slice(0, 3)
      .map(({ place, form, count }) =>
        form === 'key-name'
          ? `${count} ${of} name a source key at ${place}, outside the job's places: readers that ask KMS with that key fail once the data key has moved; name the place as keyArn, or list it under "ignore"`
          : `${count} ${of} have something at ${place} that looks like a data key (${form}): nothing is proven until the job has a format for it, or lists it under "ignore"`,
      ),
    ...(versions.length === 0
      ? []
      : [
          `items have the number ${versions.join(', ')}, as writers raise it that save whole items: they, and their caches, can bring old data keys back after the run; name it as version in the format, and restart them before the last verify run`,
        ]),
  ];
}

/** Objects without a data key keep a store from being proven, unless their bodies are read, or empty, or the job answers for them. */
function withoutWords({ look, kind, withoutDataKeyExpected }: JudgedStore, of: string): readonly string[] {
  const { withoutDataKey, empty = 0 } = look;
  if (withoutDataKey === 0) return [];
  const cure =
    kind === 'object' && withoutDataKey > empty && !withoutDataKeyExpected
      ? ': nothing is proven about those whose bodies are not read; if they need none, or theirs is in an instruction file, write "withoutDataKey": "expected"'
      : '';
  return [`${withoutDataKey} ${of} have no data key where the job looks${cure}`];
}

/** Records that name other keys than the job: an alias that has moved, or the wrong job. */
function unknownKeys(
  { recordedKeys, records, more }: StoreLook,
  withDataKey: number,
  keys: readonly PlannedKey[],
): readonly string[] {
  const unknown = recordedKeys.filter(({ known }) => !known);
  const count = unknown.reduce((sum, one) => sum + one.records, 0);
  if (count === 0 || count * 2 < withDataKey) return [];
  const named = unknown.slice(0, 3).map(({ key }) => key);
  return [
    `${count} of ${more ? 'the first ' : ''}${records} records name ${named.join(', ')}, which is none of the job's keys: ${keys.map(keyText).join(', ')}; what is under it stays where it is`,
  ];
}

/** A key, and the alias by which the job knows it. */
function keyText({ keyArn, alsoKnownAs }: PlannedKey): string {
  const alias = alsoKnownAs.find(name => name.includes(':alias/'));
  return alias === undefined ? keyArn : `${alias} names ${keyArn}`;
}
