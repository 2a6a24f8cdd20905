import { Buffer } from 'node:buffer';
import { toJson } from '../model/attribute-json.ts';
import type { PlaceChange } from '../model/place.ts';
import type { AttributeValue } from '../model/record.ts';

/** Whether a change writes this place. The other places must only be unchanged. */
export function isWritten({ before, after }: Pick<PlaceChange, 'before' | 'after'>): boolean {
  return !sameValue(before, after);
}

/** Buffers and plain arrays of the same bytes are the same value. */
export function sameValue(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  if ('S' in one && 'S' in other) return one.S === other.S;
  if ('B' in one && 'B' in other) return Buffer.compare(one.B, other.B) === 0;
  return JSON.stringify(toJson(one)) === JSON.stringify(toJson(other));
}
