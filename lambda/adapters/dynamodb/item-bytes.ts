import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { SdkItem } from './item-key.ts';

/** Roughly the bytes of an item as DynamoDB counts them. */
export function itemBytes(item: SdkItem): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return value.S.length;
  if (value.N !== undefined) return value.N.length;
  if (value.B !== undefined) return value.B.length;
  if (value.M !== undefined) return itemBytes(value.M);
  const elements =
    value.L?.map(valueBytes) ??
    [...(value.SS ?? []), ...(value.NS ?? []), ...(value.BS ?? [])].map(one => one.length);
  return elements.reduce((sum, bytes) => sum + bytes, 1);
}
