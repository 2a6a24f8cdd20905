import { names } from '../model/key-use.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { backAgain, isComparable } from '../proof/back-again.ts';
import { proofIdOf } from '../proof/plan-proofs.ts';
import { lastRun, movedAliases } from './moved-aliases.ts';
import type { LatestRuns, RunHistory } from './ports.ts';

interface ChangePorts {
  readonly latestRuns: LatestRuns;
  readonly history: Pick<RunHistory, 'proof'>;
}

/** What has changed since the last runs: aliases that name other keys, and records that name a source key again. */
export async function changesSince(
  plan: RunPlan,
  { latestRuns, history }: ChangePorts,
): Promise<readonly string[]> {
  if (plan.mode === 'rollback') return [];
  const moved = movedAliases(plan, await lastRun(plan.job, latestRuns));
  const again = await Promise.all(plan.stores.map((_, index) => namedAgain(plan, index, history)));
  return [...moved, ...again.flat()];
}

async function namedAgain(
  plan: RunPlan,
  index: number,
  history: ChangePorts['history'],
): Promise<readonly string[]> {
  const { recordedKeys = [], records = 0, store = '' } = plan.looked?.[index] ?? {};
  const named = recordedKeys
    .filter(({ key }) => !names(plan.destination, key) && plan.sources.some(source => names(source, key)))
    .reduce((sum, one) => sum + one.records, 0);
  if (named === 0) return [];
  const proof = await history.proof(proofIdOf(plan, index));
  if (proof === undefined || !isComparable(proof, plan, index)) return [];
  return [backAgain({ store, proof, found: `sees ${named} of the first ${records} records name one` })];
}
