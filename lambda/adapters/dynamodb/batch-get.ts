import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { encodeKey, type SdkItem } from './item-key.ts';
import { eachTry } from './metered.ts';
import type { TableCapacity } from '../records/table-capacity.ts';

/** DynamoDB API reference, BatchGetItem: up to 100 items. */
const KEYS_PER_BATCH = 100;
/**
 * How long to wait if nothing of a batch was processed, because the table throttles. What did not fit into 16 MB, or into
 * the 1 MB that one partition answers, also comes back as unprocessed; that is asked for again at once.
 */
const WAITS_MS = [50, 100, 200, 400, 800, 1_600, 3_200];

export interface BatchedTable {
  readonly name: string;
  readonly capacity: TableCapacity;
}

/** Reads items by primary key, strongly consistently, in the order of the keys; `undefined` for missing ones. */
export async function batchGet(
  client: DynamoDBClient,
  table: BatchedTable,
  keys: readonly SdkItem[],
): Promise<readonly (SdkItem | undefined)[]> {
  const names = Object.keys(keys[0] ?? {});
  const found = new Map<string, SdkItem>();
  const keyOf = (item: SdkItem): string =>
    encodeKey(Object.fromEntries(names.map(name => [name, item[name]])) as SdkItem);
  // A duplicate key would fail the whole batch.
  const unique = [...new Map(keys.map(key => [keyOf(key), key])).values()];
  for (let start = 0; start < unique.length; start += KEYS_PER_BATCH)
    for (const item of await getAll(client, table, unique.slice(start, start + KEYS_PER_BATCH)))
      found.set(keyOf(item), item);
  return keys.map(key => found.get(keyOf(key)));
}

async function getAll(
  client: DynamoDBClient,
  { name: table, capacity }: BatchedTable,
  keys: readonly SdkItem[],
): Promise<readonly SdkItem[]> {
  const items: SdkItem[] = [];
  let left: readonly SdkItem[] = keys;
  for (let waits = [0, ...WAITS_MS]; waits.length > 0;) {
    await sleep(waits[0]);
    const RequestItems = { [table]: { Keys: [...left], ConsistentRead: true } };
    // At least a unit for each item, and all that is more delays the next read.
    const { Responses, UnprocessedKeys } = await capacity.spend('read', left.length, around => {
      const command = new BatchGetItemCommand({ RequestItems, ReturnConsumedCapacity: 'TOTAL' });
      return client.send(eachTry(command, around));
    });
    items.push(...(Responses?.[table] ?? []));
    const unprocessed = UnprocessedKeys?.[table]?.Keys ?? [];
    if (unprocessed.length === 0) return items;
    if (unprocessed.length === left.length) capacity.throttled('read');
    waits = unprocessed.length < left.length ? [0, ...WAITS_MS] : waits.slice(1);
    left = unprocessed;
  }
  throw Object.assign(
    new Error(
      `dynamodb:BatchGetItem on table ${table} after ${1 + WAITS_MS.length} tries: ProvisionedThroughputExceededException: ${left.length} of ${keys.length} items could not be read`,
    ),
    {
      name: 'ProvisionedThroughputExceededException',
    },
  );
}
