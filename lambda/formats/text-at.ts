import type { AttributePath, StoreRecord } from '../core/model/record.ts';
import { heldAt } from '../core/places/held-at.ts';

/** The text at a place; `undefined` if there is none, or something else, or what cannot be trusted. */
export function textAt(record: StoreRecord, path: AttributePath | undefined): string | undefined {
  const value = path === undefined ? undefined : heldAt(record, path);
  return value !== undefined && 'S' in value ? value.S : undefined;
}
