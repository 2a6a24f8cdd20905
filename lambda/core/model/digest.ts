import { hash } from 'node:crypto';

/** SHA-256 in hex: how logs and the journal name a ciphertext without holding it. Of a text, that of its UTF-8. */
export function digest(of: Uint8Array | string): string {
  return hash('sha256', of, 'hex');
}
