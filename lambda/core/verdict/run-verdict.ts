import { isSettled, type OutcomeKind } from '../model/outcome.ts';
import type { RunMode } from '../model/run.ts';
import type { StoreVerdict } from './store-verdict.ts';

/**
 * The result of a run in one word. Everything else that is said about the run follows from it.
 * - `proven`, `empty`: of every store; nothing is left, and nothing else is to do
 * - `not-proven`: at least one store is not, or a data key is not where the job wants it
 * - `nothing-to-do`, `counted`: a census found every data key up to date, or did not
 * - `restored`, `not-restored`: a rollback put back everything, or did not
 * - `failed`: the run did not come to its end
 */
export type RunVerdict =
  'proven' | 'empty' | 'not-proven' | 'nothing-to-do' | 'counted' | 'restored' | 'not-restored' | 'failed';

export interface Judged {
  readonly state: 'succeeded' | 'failed';
  readonly mode: RunMode;
  readonly stores: readonly JudgedStore[];
}

interface JudgedStore {
  readonly verdict: StoreVerdict;
  /** Of the pass that concludes the run. */
  readonly concluding: Readonly<Partial<Record<OutcomeKind, number>>>;
}

export function runVerdict({ state, mode, stores }: Judged): RunVerdict {
  if (state === 'failed') return 'failed';
  const unsettled = stores.some(({ concluding }) => unsettledIn(concluding) > 0);
  const verdicts = stores.map(({ verdict }) => verdict);
  switch (mode) {
    case 'rollback':
      return unsettled ? 'not-restored' : 'restored';
    case 'census':
      return unsettled || verdicts.some(isDoubtfulCensus) ? 'counted' : 'nothing-to-do';
    case 'migrate':
    case 'verify':
      if (unsettled || verdicts.some(({ kind }) => kind === 'not-proven')) return 'not-proven';
      return verdicts.every(({ kind }) => kind === 'empty') ? 'empty' : 'proven';
  }
}

/** A census claims no proof, so that it does not verify is not a doubt. */
function isDoubtfulCensus(verdict: StoreVerdict): boolean {
  return verdict.kind === 'not-proven' && verdict.doubts.some(({ code }) => code !== 'not-verified');
}

/**
 * Whether a census went well: each data key is up to date, or KMS has said that it can be moved, and nothing else is in doubt. A
 * migration would meet every other doubt, too.
 */
export function isSureCount(stores: readonly JudgedStore[]): boolean {
  return stores.every(({ verdict, concluding }) => {
    const toMove = concluding['to-rewrap'] ?? 0;
    if (unsettledIn(concluding) !== toMove) return false;
    return (
      verdict.kind !== 'not-proven' ||
      verdict.doubts.every(
        ({ code, count }) => code === 'not-verified' || (code === 'remaining' && count === toMove),
      )
    );
  });
}

/** Data keys of a pass that are not where the job wants them. */
export function unsettledIn(outcomes: Readonly<Partial<Record<OutcomeKind, number>>>): number {
  return (Object.entries(outcomes) as [OutcomeKind, number][])
    .filter(([kind]) => !isSettled(kind))
    .reduce((sum, [, count]) => sum + count, 0);
}
