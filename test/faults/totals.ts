import type { ConditionBug, Told } from './directed/condition-bugs.ts';
import type { ErrorBug } from './directed/error-bugs.ts';
import { boundText } from '../soundness/totals.ts';
import { SIMULATED, type Played } from './play.ts';
import type { Invariant, Violation } from './violations.ts';

/** One schedule's outcome, as it travels between processes. */
export interface Result {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly counts: Readonly<Record<string, number>>;
  readonly injected: Readonly<Record<string, number>>;
}

/** Of a schedule: runs alone, or with followers beside them. */
interface Kind {
  readonly kind: 'schedule' | 'beside';
}

export interface PlantedResult {
  readonly name: string;
  readonly breaks: readonly Invariant[];
  readonly caught?: Violation;
  readonly seed?: number;
}

export type Done =
  | { readonly kind: 'schedule' | 'beside'; readonly result: Result }
  | { readonly kind: 'planted'; readonly result: PlantedResult }
  | { readonly kind: 'story'; readonly told: readonly Told[] }
  | { readonly kind: 'condition'; readonly bug: ConditionBug; readonly caught?: Violation }
  | { readonly kind: 'answer'; readonly bug: ErrorBug; readonly violations: readonly Violation[] };

export function resultOf({ schedule, findings, injected }: Played): Result {
  return {
    seed: schedule.seed,
    violations: findings.violations,
    counts: Object.fromEntries(findings.counts),
    injected: Object.fromEntries(injected),
  };
}

/** What the suite prints, and whether it passed: no violations, and every planted bug caught. */
export function totalsText(
  done: readonly Done[],
  seconds: number,
): { readonly text: string; readonly passed: boolean } {
  const all = done.flatMap(one =>
    one.kind === 'schedule' || one.kind === 'beside' ? [{ ...one.result, kind: one.kind }] : [],
  );
  const results = [...new Map(all.map(one => [`${one.kind} ${one.seed}`, one])).values()];
  const alike = all.every(one => results.some(other => JSON.stringify(one) === JSON.stringify(other)));
  const beside = results.filter(({ kind }) => kind === 'beside').length;
  const planted = done.flatMap(one => (one.kind === 'planted' ? [one.result] : []));
  const violated = results.filter(({ violations }) => violations.length > 0);
  const violations = violated.reduce((sum, one) => sum + one.violations.length, 0);
  const missed = planted.filter(({ caught }) => caught === undefined);
  const injected = Object.entries(sumOf(results.map(one => one.injected)));
  const faults = Object.fromEntries(injected.filter(([name]) => !isOthers(name)));
  const others = Object.fromEntries(injected.filter(([name]) => isOthers(name)));
  const lines = [
    `schedules                 ${results.length}, ${beside} of them with followers beside runs, in ${seconds.toFixed(0)} s`,
    ...section('looked at', sumOf(results.map(({ counts }) => counts))),
    ...section(`faults injected: ${total(faults)}`, faults),
    ...section('done meanwhile by applications and operators', others),
    ...(planted.length === 0 ? [] : ['planted bugs', ...planted.map(plantedLine)]),
    ...violated.flatMap(violationLines),
    `replayed                  ${alike ? 'the same seed plays the same' : 'THE SAME SEED PLAYED DIFFERENTLY'}`,
    `simulated over real time  ${simulatedText(results, seconds)}`,
    `planted bugs caught       ${planted.length - missed.length} of ${planted.length}${planted.length === 0 ? '' : `; missed ${boundText(missed.length, planted.length)}`}`,
    ...(results.length === 0
      ? []
      : [
          `violations                ${violations}; schedules with any ${boundText(violated.length, results.length)}`,
        ]),
  ];
  const passed = violations === 0 && missed.length === 0 && alike && done.length > 0;
  return { text: lines.join('\n'), passed };
}

function simulatedText(results: readonly Result[], seconds: number): string {
  const simulated = results.reduce((sum, { counts }) => sum + (counts[SIMULATED] ?? 0), 0);
  return `${(simulated / 3600).toFixed(1)} h in ${seconds.toFixed(0)} s: ${(simulated / seconds).toFixed(0)} times`;
}

/** Not a fault, but something that others are entitled to do. */
function isOthers(name: string): boolean {
  return name.startsWith('application: ') || name.startsWith('operator: ');
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function section(title: string, counts: Readonly<Record<string, number>>): readonly string[] {
  const rows = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  return [title, ...rows.map(([name, count]) => `  ${String(count).padStart(8)}  ${name}`)];
}

function sumOf(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

function plantedLine({ name, breaks, caught, seed }: PlantedResult): string {
  return caught === undefined
    ? `  MISSED    ${name} (${breaks.join(', ')})`
    : `  caught    ${name}: seed ${seed}, invariant ${caught.invariant}`;
}

/** At most five for each schedule: the first ones tell the most. */
function violationLines({ kind, seed, violations }: Result & Kind): readonly string[] {
  const only = kind === 'beside' ? ' --only followers' : '';
  return [
    `seed ${seed}: npm run test:faults --${only} --schedules 1 --no-planted-bugs --seed ${seed}`,
    ...violations.slice(0, 5).map(({ invariant, words }) => `  invariant ${invariant}: ${words}`),
  ];
}
