import type { KeyMaterial } from './data-key.ts';
import { digest } from './digest.ts';
import { canonicalContext, type EncryptionContext } from './encryption-context.ts';
import type { EncryptionAlgorithm } from './key-use.ts';

/**
 * What KMS has said about one ciphertext: that it opens with this key, at this key material, under a context that only its
 * digest tells. A ciphertext never changes its key, its material or its context, so this stays true for these very bytes.
 */
export interface DataKeyProof {
  /** SHA-256, hex, of the ciphertext: the new one where the data key was moved, else the one that was read. */
  readonly digest: string;
  /** SHA-256, hex, of all that KMS was asked: see `contextDigest`. */
  readonly contextDigest: string;
  readonly keyArn: string;
  /** Absent where KMS names none. */
  readonly keyMaterialId?: string;
  /** CloudTrail has them, too. */
  readonly kmsRequestIds: readonly string[];
  /** The run that KMS has answered, if that was an earlier one. */
  readonly runId?: string;
}

/** A ciphertext, and what opens it. */
export interface Opening {
  /** SHA-256, hex, of the ciphertext. */
  readonly of: string;
  readonly material: KeyMaterial;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  /** Empty for asymmetric keys. */
  readonly context: EncryptionContext;
}

/**
 * The context is digested together with the ciphertext, key, material and algorithm that it belongs to. So equal contexts
 * have different digests, nobody can look one up in a table of digests, and a line of the journal in which one field was
 * altered proves nothing. Whoever may read the outcomes can still check a guess about one data key's context.
 */
export function contextDigest({ of, material, encryptionAlgorithm, context }: Opening): string {
  const { keyArn, keyMaterialId = null } = material;
  const asked = [of, keyArn, keyMaterialId, encryptionAlgorithm, canonicalContext(context)];
  return digest(JSON.stringify(asked));
}

export function proofOf(opening: Opening, kmsRequestIds: readonly string[]): DataKeyProof {
  const { of, material } = opening;
  const { keyArn, keyMaterialId } = material;
  return {
    digest: of,
    contextDigest: contextDigest(opening),
    keyArn,
    ...(keyMaterialId !== undefined && { keyMaterialId }),
    kmsRequestIds,
  };
}

/**
 * KMS is asked about one in so many data keys that the journal proves, whatever it proves. Of 4,000 in 16 units these are 40
 * and one for each unit, which makes 0.014 requests for a data key. If the journal is wrong about one data key in a hundred
 * of a million, the chance that none of those is asked is below e^-100.
 */
export const ASKED_ONE_IN = 100;
