import { MISFITS } from './job-of.ts';
import { CHECKS_FIRST, checksFirstOf } from './kms.ts';
import type { Lived } from './life.ts';
import { JOB_KINDS } from './life-jobs.ts';
import type { Played } from './play.ts';

/** The results of many pairs of a store and a job. Totals can be added up, so that processes can share the work. */
export interface Totals {
  readonly pairs: number;
  /** Tables that were followed over some time. */
  readonly lives: number;
  readonly refused: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly violations: readonly { readonly seed: number; readonly words: string }[];
}

export const NONE: Totals = { pairs: 0, lives: 0, refused: 0, counts: {}, violations: [] };
const MOST_VIOLATIONS = 20;

export function withPlayed(totals: Totals, played: Played): Totals {
  const { seed, job, refused, report, advice, violations } = played;
  const [store] = report?.stores ?? [];
  const kinds = [
    `mode ${job.mode}`,
    `KMS checks first: ${checksFirstOf(seed)}`,
    ...(job.misfits.length === 0 ? ['fits'] : job.misfits.map(misfit => `misfit ${misfit}`)),
    ...(report === undefined
      ? []
      : [`run ${report.verdict}`, `store ${store?.verdict.kind}`, `retire-check ${advice}`]),
    ...((store?.resting?.onJournal ?? 0) > 0 ? ['rests on the journal'] : []),
    ...(store?.verdict.kind === 'not-proven' ? store.verdict.doubts.map(({ code }) => `doubt ${code}`) : []),
  ];
  const counts = { ...totals.counts };
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return {
    pairs: totals.pairs + 1,
    lives: totals.lives,
    refused: totals.refused + (refused ? 1 : 0),
    counts,
    violations: [...totals.violations, ...violations.map(words => ({ seed, words }))].slice(
      0,
      MOST_VIOLATIONS,
    ),
  };
}

export function withLived(totals: Totals, { seed, kinds, violations }: Lived): Totals {
  const counts = { ...totals.counts };
  for (const kind of [...kinds, `life KMS checks first: ${checksFirstOf(seed)}`])
    counts[kind] = (counts[kind] ?? 0) + 1;
  const words = violations.map(one => ({ seed, words: `life: ${one}` }));
  return {
    ...totals,
    lives: totals.lives + 1,
    counts,
    violations: [...totals.violations, ...words].slice(0, MOST_VIOLATIONS),
  };
}

export function added(a: Totals, b: Totals): Totals {
  const counts = { ...a.counts };
  for (const [kind, count] of Object.entries(b.counts)) counts[kind] = (counts[kind] ?? 0) + count;
  return {
    pairs: a.pairs + b.pairs,
    lives: a.lives + b.lives,
    refused: a.refused + b.refused,
    counts,
    violations: [...a.violations, ...b.violations].slice(0, MOST_VIOLATIONS),
  };
}

/** Kinds that must have occurred: a suite in which nothing is ever proven would be worth nothing. */
const KINDS: readonly string[] = [
  ...['migrate', 'verify', 'census'].map(mode => `mode ${mode}`),
  'fits',
  'rests on the journal',
  ...CHECKS_FIRST.flatMap(first => [`KMS checks first: ${first}`, `life KMS checks first: ${first}`]),
  ...MISFITS.map(misfit => `misfit ${misfit}`),
  ...['proven', 'empty', 'not-proven', 'nothing-to-do', 'counted'].map(verdict => `run ${verdict}`),
  ...['proven', 'empty', 'not-proven'].map(verdict => `store ${verdict}`),
  ...['disable', 'keep'].map(advice => `retire-check ${advice}`),
  ...['narrowed', 'not-verified', 'remaining', 'look-alikes', 'no-data-key-found'].map(
    code => `doubt ${code}`,
  ),
  ...['disable', 'keep'].map(advice => `life retire-check ${advice}`),
  ...['write', 'restore', 'rotate', 'rollback restored', 'second run'].map(act => `life ${act}`),
  ...JOB_KINDS.map(kind => `life ${kind} migrate exit 1`),
  ...['both-slots', 'first-slot', 'new-context', 'copies'].map(kind => `life ${kind} migrate exit 0`),
  ...['all-foreign', 'objects-without-data-key', 'nothing-there'].map(code => `doubt ${code}`),
];

export function missingKinds({ counts }: Totals): readonly string[] {
  return KINDS.filter(kind => (counts[kind] ?? 0) === 0);
}

/** If something was seen in 0 of N cases, this bounds its rate at 95 % confidence (the rule of three). */
export function boundText(seen: number, of: number): string {
  return seen === 0
    ? `0 of ${of.toLocaleString('en-US')}: a rate below ${(3 / of).toExponential(1)} at 95 %`
    : `${seen} of ${of}`;
}
