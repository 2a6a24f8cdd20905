import { isSameKey } from '../model/key-use.ts';
import type { RunPlan } from '../model/run.ts';
import { jobText, proofIdOf, type StoreProof } from '../retire/store-proof.ts';
import type { Report, StoreReport } from './report.ts';

/** What was proven of a store before this run; `undefined` where nothing was. */
export type ProvenBefore = (proofId: string) => Promise<StoreProof | undefined>;

/**
 * Stores that an earlier run has left with nothing under the source keys, and in which this run has found something to
 * move: somebody still writes under a source key, or has put old records back.
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

/** The words for it, where a run has found them and where Plan has seen their labels. */
export function backAgain({
  proof,
  found,
  store,
}: {
  readonly proof: StoreProof;
  readonly found: string;
  readonly store: string;
}): string {
  return `${store}: the run ${proof.runId} left nothing under the source keys at ${proof.at}, and this one ${found}: a writer still uses a source key, or old records were put back (by a rollback, a restored backup, a cache); find it before a key is retired`;
}

/** Something to move is news only where the same was to be moved: from the same keys to the same, under the same contexts. */
export function isComparable(proof: StoreProof, plan: RunPlan, index: number): boolean {
  const store = plan.stores[index];
  return (
    store !== undefined &&
    proof.verdict === 'proven' &&
    proof.jobText === jobText(store) &&
    proof.destinationKeyArn === plan.destination.keyArn &&
    // Rotated key material under the same key is to be moved again and again.
    !plan.sources.some(({ keyArn }) => isSameKey(keyArn, plan.destination.keyArn))
  );
}

/** A verify pass on its own cannot tell what was foreign before from what is new. */
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
