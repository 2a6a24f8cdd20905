import type { Resting } from '../model/books.ts';
import type { DataKeyProof } from '../model/data-key-proof.ts';

/** What the verdict on one data key rests on. */
export interface Rests {
  /** KMS was not asked: it has said so before. */
  readonly proof?: DataKeyProof;
  /** The journal proves it, and KMS was asked all the same. */
  readonly sampled: boolean;
  /** KMS did not confirm what the journal proves. */
  readonly contradicted: boolean;
}

/** How many data keys rest on the journal, and how it stood the test. */
export function restingOf(all: readonly Rests[]): Resting {
  const proofs = all.flatMap(({ proof }) => proof ?? []);
  return {
    onJournal: proofs.length,
    ofEarlierRuns: proofs.filter(({ runId }) => runId !== undefined).length,
    sampled: all.filter(({ sampled }) => sampled).length,
    contradicted: all.filter(({ contradicted }) => contradicted).length,
  };
}

/** In the words of the report, after what KMS says now. */
export function contradictionOf(kmsRequestIds: readonly string[]): string {
  return `but the journal says that KMS has opened these very bytes before (request ${kmsRequestIds.join(', ')}), so one of the two is wrong`;
}
