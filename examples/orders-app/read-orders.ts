import { paginateScan, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { DecryptCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { IN_FLIGHT, type Clients } from './clients.ts';
import { open } from './envelope.ts';
import { BUCKET, TABLE } from './write-orders.ts';

/** One record as the application reads it. */
export interface ReadRecord {
  readonly name: string;
  /** Whether the payload opened and has the expected content. */
  readonly opened: boolean;
  /** The key that, according to KMS, decrypted the data key. */
  readonly keyArn?: string;
  /** Why the payload did not open. */
  readonly error?: string;
}

/** Reads every record that has a data key, as the application does: the data key from KMS, then the payload. */
export async function readOrders(clients: Clients, bucket = BUCKET): Promise<readonly ReadRecord[]> {
  return [...(await readTable(clients)), ...(await readBucket(clients, bucket))];
}

async function readTable(clients: Clients): Promise<readonly ReadRecord[]> {
  const items: Record<string, AttributeValue>[] = [];
  for await (const { Items } of paginateScan(
    { client: clients.dynamodb },
    { TableName: TABLE, ConsistentRead: true },
  ))
    items.push(...(Items ?? []));
  const withDataKey = items.filter(({ envelope }) => envelope?.M !== undefined);
  return pMap(
    withDataKey,
    ({ orderId, tenantId, envelope, payload }) => {
      const name = orderId?.S ?? '';
      const tenant = tenantId?.S ?? '';
      const context = { purpose: 'orders', tenant, order: name };
      return read(clients, {
        name,
        edk: envelope?.M?.['dataKey']?.B,
        payload: payload?.B,
        context,
        expected: `order ${name} of ${tenant}`,
      });
    },
    { concurrency: IN_FLIGHT },
  );
}

async function readBucket(clients: Clients, bucket: string): Promise<readonly ReadRecord[]> {
  const keys: string[] = [];
  for await (const { Contents } of paginateListObjectsV2({ client: clients.s3 }, { Bucket: bucket }))
    keys.push(...(Contents ?? []).flatMap(({ Key }) => Key ?? []));
  const records = await pMap(
    keys,
    async name => {
      const { Metadata, Body } = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
      const payload = await Body?.transformToByteArray();
      const edk = Metadata?.['data-key'];
      if (edk === undefined) return undefined;
      const context = { purpose: 'documents', tenant: Metadata?.['tenant'] ?? '' };
      return read(clients, {
        name,
        edk: Buffer.from(edk, 'base64'),
        payload,
        context,
        expected: `document ${name}`,
      });
    },
    { concurrency: IN_FLIGHT },
  );
  return records.filter(record => record !== undefined);
}

interface Stored {
  readonly name: string;
  readonly edk: Uint8Array | undefined;
  readonly payload: Uint8Array | undefined;
  readonly context: Record<string, string>;
  readonly expected: string;
}

async function read(
  { kms }: Clients,
  { name, edk, payload, context, expected }: Stored,
): Promise<ReadRecord> {
  try {
    const { Plaintext, KeyId } = await kms.send(
      new DecryptCommand({ CiphertextBlob: edk, EncryptionContext: context }),
    );
    const opened = Plaintext !== undefined && payload !== undefined && open(Plaintext, payload) === expected;
    return { name, opened, ...(KeyId !== undefined && { keyArn: KeyId }) };
  } catch (error) {
    return { name, opened: false, error: error instanceof Error ? error.name : String(error) };
  }
}
