import type { Finding, KeyMaterial } from '../model/data-key.ts';
import { writtenCiphertext } from '../model/data-key.ts';
import { contextDigest, type DataKeyProof } from '../model/data-key-proof.ts';
import { digest } from '../model/digest.ts';
import { algorithmBeside, type PlannedKey } from '../model/key-use.ts';
import { sideOf } from '../reencrypt/attempts.ts';
import type { Before } from './outcomes-before.ts';

/**
 * What KMS has said about the very ciphertext that lies there, with the destination key, under a context that a reader
 * builds of the record as it is now. Where anything differs, nothing is known, and KMS has to be asked.
 */
export function provenBefore(
  finding: Finding,
  before: Before | undefined,
  destination: PlannedKey,
): DataKeyProof | undefined {
  if (before === undefined || finding.kind !== 'data-key' || finding.writeTo?.stale === true)
    return undefined;
  const held = writtenCiphertext(finding);
  if (held === undefined) return undefined;
  const of = digest(held);
  return before.proofs
    .get(of)
    ?.find(
      proof =>
        proof.keyArn === destination.keyArn &&
        finding.readerContexts.some(context => isOf(proof, { of, destination, context })),
    );
}

function isOf(
  proof: DataKeyProof,
  asked: { readonly of: string; readonly destination: PlannedKey; readonly context: Record<string, string> },
): boolean {
  const { of, destination } = asked;
  const { encryptionAlgorithm, context } = sideOf(destination, asked.context);
  return contextDigest({ of, material: proof, encryptionAlgorithm, context }) === proof.contextDigest;
}

/** The key material that a proof names. Its digest covers the algorithm, which is that of the key as it was asked about. */
export function materialOf(
  { keyArn, keyMaterialId }: DataKeyProof,
  { encryptionAlgorithm }: PlannedKey,
): KeyMaterial {
  return {
    keyArn,
    ...(keyMaterialId !== undefined && { keyMaterialId }),
    ...algorithmBeside(encryptionAlgorithm),
  };
}
