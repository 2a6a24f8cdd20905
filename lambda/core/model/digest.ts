import { hash } from 'node:crypto';

/** SHA-256 in hex: how logs and the journal name a ciphertext without holding it. */
export function digest(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
