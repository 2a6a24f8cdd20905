import type { DataKey, Finding } from '../model/data-key.ts';

/** The ciphertext that should be under the destination key: the new one, if it has a place of its own. */
export function ciphertextOf(finding: Finding): Uint8Array | undefined {
  if (!('ciphertext' in finding)) return undefined;
  if (finding.kind === 'data-key' && finding.writeTo !== undefined) return copyOf(finding);
  return finding.ciphertext;
}

function copyOf({ writeTo }: DataKey): Uint8Array | undefined {
  return writeTo?.stale === true ? undefined : writeTo?.ciphertext;
}
