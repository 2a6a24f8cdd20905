import colors from 'picocolors';
import type { Activity, PhaseProgress, StoreProgress } from '../deployment/run-watch.ts';

const PHASE_NAMES = { migrate: 'Migrate', verify: 'Verify', rollback: 'Rollback' } as const;

/** What is known of a pass at a look. */
export interface PassShown extends PhaseProgress {
  /** From 0 to 1. */
  readonly part: number;
  readonly dataKeysPerSecond?: number;
  readonly recordsPerSecond?: number;
  readonly kmsPerSecond?: number;
  readonly secondsLeft?: number;
}

export interface RunShown {
  readonly activity: Activity;
  readonly passes: readonly PassShown[];
  /** KMS requests by the second that the run may send; absent for a rollback. */
  readonly cap?: number;
}

/** One line, for a log: where there is no terminal, and in `status`. */
export function progressLine(progress: readonly (PhaseProgress & Partial<PassShown>)[]): string {
  return progress
    .map(pass =>
      [
        `${PHASE_NAMES[pass.phase]} ${pass.unitsDone}/${pass.units} units`,
        `${number(pass.books.dataKeys)} data keys`,
        ...paceWords(pass),
      ].join(', '),
    )
    .join('  ·  ');
}

/** Some lines that replace each other, for a terminal of so many columns. */
export function progressScreen({ activity, passes, cap }: RunShown, columns: number): string {
  return [
    ...activityLines(activity),
    ...passes.flatMap(pass => passLines(pass, columns)),
    ...(cap === undefined ? [] : kmsLines(passes, cap)),
  ]
    .map(line => cut(line, columns))
    .join('\n');
}

/** What holds a run, or troubles it. */
export function activityLines({ kind, words }: Activity): readonly string[] {
  switch (kind) {
    case 'running':
      return words === undefined ? [] : [`trouble: ${words}`];
    case 'paused':
      return ['paused: rewrap resume lets it continue'];
    case 'stopping':
      return [`stopping: ${words ?? 'each worker finishes its page'}`];
  }
}

/** A store has a line of its own only beside others. */
function passLines(pass: PassShown, columns: number): readonly string[] {
  const { stores, books, part } = pass;
  const words = [
    `${number(books.dataKeys)} data keys`,
    `${number(books.records)} records`,
    ...paceWords(pass),
  ];
  return [
    `${PHASE_NAMES[pass.phase].padEnd(8)} ${bar(part, columns)} ${percent(part)}  ${words.join(' · ')}`,
    ...(stores.length < 2 ? [] : stores.map(storeLine)),
  ];
}

function storeLine({ store, unitsDone, units, records, dataKeys }: StoreProgress): string {
  return `  ${store}: ${unitsDone}/${units} units · ${number(dataKeys)} data keys · ${number(records)} records`;
}

function paceWords({ dataKeysPerSecond, secondsLeft: left }: Partial<PassShown>): readonly string[] {
  return [
    ...(dataKeysPerSecond === undefined ? [] : [`${number(Math.round(dataKeysPerSecond))} a second`]),
    ...(left === undefined ? [] : [`about ${duration(left)} left`]),
  ];
}

function kmsLines(passes: readonly PassShown[], cap: number): readonly string[] {
  const now = passes.reduce((sum, { kmsPerSecond = 0 }) => sum + kmsPerSecond, 0);
  const throttled = passes.reduce((sum, { books }) => sum + books.kms.throttled, 0);
  return [
    `KMS      ${number(Math.round(now))} of ${number(cap)} requests a second · ${number(throttled)} throttled`,
  ];
}

/** A fifth of the terminal, and no more than 30 columns. */
function bar(part: number, columns: number): string {
  const width = Math.max(5, Math.min(30, Math.floor(columns / 5)));
  const full = Math.floor(part * width);
  return colors.green('━'.repeat(full)) + colors.dim('─'.repeat(width - full));
}

function percent(part: number): string {
  return `${Math.floor(part * 100)} %`.padStart(5);
}

/** Seconds, in the unit that a person would use. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3_600) return `${(seconds / 3_600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} days`;
}

const SEQUENCE = /(\u001b\[\d+m)/;

/** A line that is too long would be wrapped, and then be replaced only in part. */
function cut(line: string, columns: number): string {
  let left = columns - 1;
  return line
    .split(SEQUENCE)
    .map((piece, index) => {
      if (index % 2 === 1) return piece;
      const shown = piece.slice(0, Math.max(left, 0));
      left -= shown.length;
      return shown;
    })
    .join('');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
