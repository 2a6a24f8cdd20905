import { paginateScan } from '@aws-sdk/client-dynamodb';
import { HeadObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { Clients } from '../../examples/orders-app/clients.ts';
import { BUCKET, TABLE } from '../../examples/orders-app/write-orders.ts';

/** Everything in the stores of the sample application, byte for byte, by name. */
export async function snapshot({
  dynamodb,
  s3,
}: Pick<Clients, 'dynamodb' | 's3'>): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>();
  for await (const { Items } of paginateScan(
    { client: dynamodb },
    { TableName: TABLE, ConsistentRead: true },
  )) {
    for (const item of Items ?? []) all.set(item['orderId']?.S ?? '', stable(item));
  }
  for await (const { Contents } of paginateListObjectsV2({ client: s3 }, { Bucket: BUCKET })) {
    for (const { Key } of Contents ?? []) {
      const { $metadata: _, ...head } = await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
      all.set(Key ?? '', stable(head));
    }
  }
  return all;
}

/** JSON with sorted members and bytes as base64: equal for equal contents. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (member instanceof Uint8Array) return Buffer.from(member).toString('base64');
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
