import type { AttributeValue } from '../model/record.ts';

/** NULL, an empty text and empty bytes stand for "no data key": object mappers write them so. */
export function isNothing(value: AttributeValue | undefined): boolean {
  if (value === undefined || 'NULL' in value) return true;
  return ('S' in value && value.S === '') || ('B' in value && value.B.length === 0);
}
