import { isSameKey } from '../model/key-use.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { jobText } from './plan-proofs.ts';
import type { StoreProof } from './store-proof.ts';

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
