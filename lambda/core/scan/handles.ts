import { Buffer } from 'node:buffer';
import type { StoreRecord } from '../model/record.ts';
import { digest } from '../model/digest.ts';
import type { Found } from './find-data-keys.ts';

/** How records and data keys are remembered in a checkpoint: 72 bits of a digest, in 12 characters. */
const HANDLE_LENGTH = 12;

export function recordHandle({ locator }: StoreRecord): string {
  return handle([locator]);
}

/**
 * A data key by its slot. In a pass that writes nothing, also by its ciphertext: when another writer removes an element from
 * a list, the others move, and a data key that has moved into a known slot has not been asked about yet.
 */
export function dataKeyHandle({ record, finding }: Found, { writes }: { readonly writes: boolean }): string {
  const held = 'ciphertext' in finding && !writes ? digest(finding.ciphertext ?? new Uint8Array()) : '';
  return handle([record.locator, finding.slot, held]);
}

function handle(of: readonly string[]): string {
  return Buffer.from(digest(JSON.stringify(of)), 'hex')
    .toString('base64url')
    .slice(0, HANDLE_LENGTH);
}
