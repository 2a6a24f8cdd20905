import type { Sampling, StoreCall, StoreCost, StoreCount, StoreUnits, Visit, Writing } from '../store.ts';

/** US dollars in us-east-1, on demand, without free tier, as published in November 2026. */
const USD = { readRequestUnit: 0.125 / 1_000_000, writeRequestUnit: 0.625 / 1_000_000 } as const;

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;

/** DynamoDB bills units, which `tableUnits` counts, and not calls. A copy is looked up by the keys of a page of its source. */
export function tableCalls({ isCopied, passes, writes, guarded = false }: Writing): readonly StoreCall[] {
  return [
    { action: 'dynamodb:Scan', times: passes, per: 'page' },
    ...(isCopied ? [{ action: 'dynamodb:BatchGetItem', times: passes, per: 'page' } as const] : []),
    ...(writes
      ? [
          {
            action: `dynamodb:${guarded ? 'TransactWriteItems' : 'UpdateItem'}`,
            times: 1,
            per: 'record',
          } as const,
        ]
      : []),
  ];
}

export function tableCost(count: StoreCount, visit: Visit): StoreCost {
  const { reads, writes } = tableUnits(count, visit);
  return { reads: reads * USD.readRequestUnit, writes: writes * USD.writeRequestUnit };
}

/** A write takes a unit for each KB of the whole item, however little of it changes. Items are counted at their average size. */
export function tableUnits(
  { records, bytes, writes = records }: StoreCount,
  { isCopied, passes, verifies = passes === 2 }: Visit,
): StoreUnits {
  // A migrate pass reads eventually consistent (half a unit for 4 KB), a verify pass strongly (a whole one).
  const unitsPerPass = bytes / READ_UNIT_BYTES;
  // Everything in a copied table is read with strong consistency, in both places.
  const unitsPerByte = isCopied ? 2 * passes : 0.5 * passes + (verifies ? 0.5 : 0);
  const itemBytes = records === 0 ? 0 : bytes / records;
  const unitsPerItem = Math.max(1, Math.ceil(itemBytes / WRITE_UNIT_BYTES));
  return { reads: unitsPerPass * unitsPerByte, writes: writes * unitsPerItem };
}

/** DynamoDB developer guide, quotas: the largest item. */
const ITEM_BYTES = 400 * 1_024;

/**
 * A Scan returns an item at least, unless it is the last one of its place. A description of the table comes before it, and one more tells its
 * server-side encryption.
 */
export function tableSampling(records: number, places: number): Sampling {
  const units = (records * ITEM_BYTES) / READ_UNIT_BYTES / 2;
  return { requests: 2 + places + records, usd: units * USD.readRequestUnit };
}
