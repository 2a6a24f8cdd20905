import { isSameKey } from '../model/key-use.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { jobText } from './plan-proofs.ts';
import type { StoreProof } from './store-proof.ts';

/** The warning, whether a run has found such data keys or Plan has seen their labels. */
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

/** A finding is news only if the earlier run had the same task: from the same keys to the same key, under the same contexts. */
export function isComparable(proof: StoreProof, plan: RunPlan, index: number): boolean {
  const store = plan.stores[index];
  return (
    store !== undefined &&
    proof.verdict === 'proven' &&
    proof.jobText === jobText(store) &&
    proof.destinationKeyArn === plan.destination.keyArn &&
    // With rotation under one key, there is something to move after each rotation.
    !plan.sources.some(({ keyArn }) => isSameKey(keyArn, plan.destination.keyArn))
  );
}
