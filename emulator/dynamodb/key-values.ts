import { Buffer } from 'node:buffer';
import type { Item } from './item-size.ts';

interface Keyed {
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}

export interface Index extends Keyed {
  readonly IndexName: string;
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
}

/** A table as dynalite describes it. */
export interface TableWithIndexes extends Keyed {
  readonly GlobalSecondaryIndexes?: readonly Index[];
  readonly LocalSecondaryIndexes?: readonly Index[];
}

/** Developer Guide, "Quotas": of partition keys and sort keys, of tables and indexes. */
const MOST_BYTES = [2_048, 1_024] as const;

export function indexesOf(table: TableWithIndexes): readonly Index[] {
  return [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
}

/** Why an item, or a part of one, cannot be written: a value of a key is empty or too large. dynalite counts characters, and no indexes. */
export function refusedKey(item: Item, table: TableWithIndexes): string | undefined {
  for (const keyed of [table, ...indexesOf(table)])
    for (const [place, { AttributeName: name }] of keyed.KeySchema.entries()) {
      const value = Object.hasOwn(item, name) ? item[name] : undefined;
      const refused = value && refusedValue(value, place);
      if (refused === 'too large') return TOO_LARGE[place];
      if (refused !== undefined && 'IndexName' in keyed)
        return `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${refused} value. IndexName: ${keyed.IndexName}, IndexKey: ${name}`;
    }
  return undefined;
}

const TOO_LARGE = [
  'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of 2048 bytes',
  'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
];

function refusedValue(value: object, place: number): 'string' | 'binary' | 'too large' | undefined {
  const { S: text, B: bytes } = value as { readonly S?: string; readonly B?: string };
  if (text === '') return 'string';
  if (bytes === '') return 'binary';
  const size = text === undefined ? Buffer.byteLength(bytes ?? '', 'base64') : Buffer.byteLength(text);
  return size > (MOST_BYTES[place] ?? 0) ? 'too large' : undefined;
}

/** What of some attributes an index does not hold. */
export function notProjected(
  names: readonly string[],
  index: Index,
  table: TableWithIndexes,
): readonly string[] {
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection;
  if (ProjectionType === 'ALL') return [];
  const keys = [...table.KeySchema, ...index.KeySchema].map(({ AttributeName }) => AttributeName);
  const held = new Set([...keys, ...(ProjectionType === 'INCLUDE' ? NonKeyAttributes : [])]);
  return [...new Set(names)].filter(name => !held.has(name));
}
