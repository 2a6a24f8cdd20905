import { itemSize, type Item } from './item-size.ts';

/** An item that a transaction reads or writes, as it was and as it is after it. */
export interface Transacted {
  readonly table: string;
  readonly items: readonly (Item | undefined)[];
}

/** Developer Guide, "Capacity management for transactions": every item twice, to prepare the transaction and to commit it. */
const TIMES = 2;
const UNIT_BYTES = { read: 4_096, write: 1_024 } as const;

/** What a transaction took, by table, if its caller asks. */
export function capacityOfTransaction(
  asked: unknown,
  kind: keyof typeof UNIT_BYTES,
  all: readonly Transacted[],
): { readonly ConsumedCapacity?: readonly object[] } {
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return {};
  const byTable = new Map<string, number>();
  for (const { table, items } of all) {
    const units = items.map(item => Math.max(1, Math.ceil(itemSize(item ?? {}) / UNIT_BYTES[kind])));
    byTable.set(table, (byTable.get(table) ?? 0) + TIMES * Math.max(...units));
  }
  return {
    ConsumedCapacity: [...byTable].map(([TableName, CapacityUnits]) => ({
      ...{ TableName, CapacityUnits },
      ...(kind === 'read' ? { ReadCapacityUnits: CapacityUnits } : { WriteCapacityUnits: CapacityUnits }),
      ...(asked === 'INDEXES' && { Table: { CapacityUnits } }),
    })),
  };
}
