import type { RunPlan } from '../model/run-plan.ts';
import { backAgain, isComparable } from '../proof/back-again.ts';
import type { StoreProof } from '../proof/store-proof.ts';
import { proofIdOf } from '../proof/plan-proofs.ts';
import type { Report, StoreReport } from './report.ts';

/** What was proven of a store before this run; `undefined` where nothing was. */
export type ProvenBefore = (proofId: string) => Promise<StoreProof | undefined>;

/**
 * Stores in which an earlier run left nothing under the source keys, but this run has found something to move. Somebody
 * still writes under a source key, or has put old records back.
 */
export async function changedSince(
  plan: RunPlan,
  report: Pick<Report, 'mode' | 'stores'>,
  provenBefore: ProvenBefore,
): Promise<readonly string[]> {
  if (report.mode === 'rollback') return [];
  const proofs = await Promise.all(plan.stores.map((_, index) => provenBefore(proofIdOf(plan, index))));
  return report.stores.flatMap((store, index) => {
    const proof = proofs[index];
    const found = foundIn(store, report.mode, proof);
    return proof === undefined || found === 0 || !isComparable(proof, plan, index)
      ? []
      : [backAgain({ proof, found: `found ${counted(found)} to move there`, store: store.store })];
  });
}

/** A verify pass alone cannot distinguish data keys that were foreign before from new ones. */
function foundIn(
  { outcomes, remaining }: StoreReport,
  mode: Report['mode'],
  proof: StoreProof | undefined,
): number {
  if (mode === 'verify') return Math.max(0, (remaining ?? 0) - (proof?.foreign ?? 0));
  return (outcomes.rewrapped ?? 0) + (outcomes['to-rewrap'] ?? 0);
}

function counted(count: number): string {
  return `${count.toLocaleString('en-US')} data key${count === 1 ? '' : 's'}`;
}
