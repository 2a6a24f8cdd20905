import { Buffer } from 'node:buffer';
import { MAX_CIPHERTEXT_BYTES } from '../core/model/data-key.ts';

export type ReadCiphertext = { readonly ciphertext: Uint8Array } | { readonly reason: string };

/** Bytes that KMS could have made: 1 to 6144 of them. What they are is for KMS to say. */
export function ciphertextFromBytes(bytes: Uint8Array): ReadCiphertext {
  if (bytes.length === 0) return { reason: 'is empty' };
  if (bytes.length > MAX_CIPHERTEXT_BYTES)
    return { reason: `has ${bytes.length} bytes; a KMS ciphertext has at most ${MAX_CIPHERTEXT_BYTES}` };
  return { ciphertext: bytes };
}

/** Standard base64 with padding, and nothing else: a lenient reader would change what it writes back. */
export function ciphertextFromBase64(text: string): ReadCiphertext {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text
    ? ciphertextFromBytes(bytes)
    : { reason: 'is not standard base64' };
}
