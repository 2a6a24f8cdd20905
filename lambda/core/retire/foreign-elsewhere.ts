import { storePlaceText } from '../model/store-place.ts';
import type { StoreProof } from '../proof/store-proof.ts';
import { counted } from '../verdict/store-verdict.ts';

/**
 * The newest statements about places in which data keys are that no key of their job has made, as long as no run has asked this key about them.
 * KMS says only which key has not made a ciphertext.
 */
export function foreignElsewhere(proofs: readonly StoreProof[], keyArn: string): readonly StoreProof[] {
  const newest = new Map<string, StoreProof>();
  for (const proof of proofs.filter(({ foreign }) => foreign !== undefined)) {
    const name = JSON.stringify([storePlaceText(proof.place), proof.slot, proof.part]);
    const known = newest.get(name);
    if (known === undefined || known.at < proof.at) newest.set(name, proof);
  }
  return [...newest.values()].filter(
    ({ foreign = 0, sourceKeyArns, destinationKeyArn }) =>
      foreign > 0 && !sourceKeyArns.includes(keyArn) && destinationKeyArn !== keyArn,
  );
}

export function foreignNotChecked(proofs: readonly StoreProof[]): readonly string[] {
  return proofs.map(
    ({ place, job, runId, foreign = 0 }) =>
      `${counted(foreign, 'data key')} in ${storePlaceText(place)}, which no key of the job ${job} has made (run ${runId}): whether this key has, a run with it among source.keys tells`,
  );
}
