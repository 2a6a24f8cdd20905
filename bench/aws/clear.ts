import pMap from 'p-map';
import type { Calls } from './seed.ts';

const AT_ONCE = 64;

/** Deletes all records of a table or a bucket. */
export async function clear(
  calls: Calls,
  { table, bucket }: { readonly table?: string; readonly bucket?: string },
): Promise<void> {
  if (table !== undefined) await clearTable(calls, table);
  if (bucket !== undefined) await clearBucket(calls, bucket);
}

async function clearTable(calls: Calls, TableName: string): Promise<void> {
  for (;;) {
    const { Items } = await calls.json('dynamodb', 'Scan', { TableName });
    const items = Items as readonly { readonly tenant: object; readonly id: object }[];
    if (items.length === 0) return;
    await pMap(
      items,
      ({ tenant, id }) => calls.json('dynamodb', 'DeleteItem', { TableName, Key: { tenant, id } }),
      { concurrency: AT_ONCE },
    );
  }
}

async function clearBucket(calls: Calls, bucket: string): Promise<void> {
  for (;;) {
    const listing = await calls.s3('GET', `/${bucket}?list-type=2`);
    const keys = [...listing.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
    if (keys.length === 0) return;
    for (const key of keys) await calls.s3('DELETE', `/${bucket}/${key}`);
  }
}
