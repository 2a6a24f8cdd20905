import { MAX_CIPHERTEXT_BYTES } from '../core/model/data-key.ts';

export type ReadCiphertext = { readonly ciphertext: Uint8Array } | { readonly reason: string };

/** Bytes that KMS could have made: 1 to 6144 of them. Only KMS can say what they are. */
export function ciphertextFromBytes(bytes: Uint8Array): ReadCiphertext {
  if (bytes.length === 0) return { reason: 'is empty' };
  if (bytes.length > MAX_CIPHERTEXT_BYTES)
    return { reason: `has ${bytes.length} bytes; a KMS ciphertext has at most ${MAX_CIPHERTEXT_BYTES}` };
  return { ciphertext: bytes };
}
