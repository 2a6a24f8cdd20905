import colors from 'picocolors';
import type { Difference } from '../../lambda/core/evidence/check-object.ts';

/** What `rewrap attest verify` has found. */
export interface Attested {
  readonly job: string;
  readonly runId: string;
  /** Everything that was checked is what was signed. */
  readonly good: boolean;
  readonly objects: number;
  readonly lines: number;
  readonly differences: readonly Difference[];
  readonly notChecked: readonly string[];
}

const MOST_SHOWN = 50;

export function attestedText({ runId, good, objects, lines, differences, notChecked }: Attested): string {
  const more = differences.length - MOST_SHOWN;
  return [
    good
      ? colors.green(`${runId} is what was signed`)
      : colors.red(`${runId} is not what was signed, or not all of it`),
    `${objects.toLocaleString('en-US')} objects of its journal with ${lines.toLocaleString('en-US')} lines were read`,
    ...differences
      .slice(0, MOST_SHOWN)
      .map(({ kind, words }) => `${colors.red('✗')} ${colors.bold(kind)}: ${words}`),
    ...(more > 0 ? [`and ${more.toLocaleString('en-US')} more; --json has them all`] : []),
    '',
    'Not checked:',
    ...notChecked.map(words => `${colors.dim('·')} ${words}`),
  ].join('\n');
}

/** What `rewrap attest pack` has written. */
export interface PackedRun {
  readonly job: string;
  readonly runId: string;
  readonly file: string;
  readonly files: number;
  /** Of the pack itself: whoever gets it can be told this some other way. */
  readonly sha256: string;
  readonly intents: boolean;
}

export function packedText({ runId, file, files, sha256, intents }: PackedRun): string {
  return [
    `${file}: the evidence of ${runId}, ${files.toLocaleString('en-US')} files`,
    `SHA-256 ${sha256}`,
    ...(intents
      ? [
          colors.yellow(
            'It holds old data keys, encrypted: whoever may use the old KMS key can open them. Keep it accordingly.',
          ),
        ]
      : []),
  ].join('\n');
}
