import type { NoSpot } from '../spot.ts';

/** How a data key is encrypted, by what the clients call it. */
export type Wrapping =
  /** By KMS; its context names the key. */
  | { readonly kind: 'kms' }
  /** By KMS, under the stored context. */
  | { readonly kind: 'kms+context' }
  /** With a key that KMS has not made, or in a way that is not known. */
  | { readonly kind: 'other'; readonly is: NoSpot['kind']; readonly reason: string };

const ANEW =
  'no KMS key is involved: to change the key, read each object with the S3 Encryption Client and write it anew; where its data key is in an instruction file, ReEncryptInstructionFile of the Java client does it alone';

/** Names in x-amz-wrap-alg, and their numbers in x-amz-w. */
const BY_OWN_KEYS = new Map([
  ['AESWrap', 'AES key wrap'],
  ['AES', 'AES'],
  ['AES/GCM', 'AES-GCM'],
  ['02', 'AES-GCM'],
  ['RSA', 'RSA'],
  ['RSA-OAEP-SHA1', 'RSA-OAEP'],
  ['RSA/ECB/OAEPWithSHA-256AndMGF1Padding', 'RSA-OAEP'],
  ['22', 'RSA-OAEP'],
]);

/** The wrapping algorithm of a data key in x-amz-key-v2 or x-amz-3; `undefined` for a field that is missing or no text. */
export function wrappingOf(version: 2 | 3, algorithm: string | undefined): Wrapping {
  const field = version === 2 ? 'x-amz-wrap-alg' : 'x-amz-w';
  if (algorithm === undefined)
    return {
      ...{ kind: 'other', is: 'unreadable' },
      reason: `${field} is missing, so it is not known how the data key is encrypted`,
    };
  if (algorithm === (version === 2 ? 'kms+context' : '12')) return { kind: 'kms+context' };
  if (version === 2 && algorithm === 'kms') return { kind: 'kms' };
  const byOwnKey = BY_OWN_KEYS.get(algorithm);
  return byOwnKey === undefined
    ? { kind: 'other', is: 'unreadable', reason: `${field} names a wrapping algorithm that is not known` }
    : { kind: 'other', is: 'unsupported', reason: underOwnKey(`with ${byOwnKey}`) };
}

/** Why a data key under a key of the application stays. Version 1 has no others. */
export function underOwnKey(how = 'as in version 1'): string {
  return `the data key is encrypted under a key of the application (S3 Encryption Client, ${how}): ${ANEW}`;
}
