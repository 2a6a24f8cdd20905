import { BatchWriteItemCommand, paginateScan, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand } from '@aws-sdk/client-s3';
import { open, seal } from '../../../examples/orders-app/envelope.ts';
import type { Clients } from '../world.ts';

export interface Stores {
  readonly table: string;
  readonly bucket: string;
}

/** How much the application has written. */
const ITEMS = 30;
const OBJECTS = 10;
/** BatchWriteItem takes no more. */
const BATCH = 25;

export async function writeRecords(clients: Clients, { table, bucket }: Stores, key: string): Promise<void> {
  const requests = [];
  for (let index = 0; index < ITEMS; index++) {
    const id = `item-${index}`;
    const { edk, payload } = await sealed(clients.kms, key, id);
    requests.push({ PutRequest: { Item: { id: { S: id }, edk: { B: edk }, payload: { B: payload } } } });
  }
  for (let from = 0; from < requests.length; from += BATCH)
    await clients.dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: requests.slice(from, from + BATCH) } }),
    );
  for (let index = 0; index < OBJECTS; index++) {
    const Key = `objects/${index}`;
    const { edk, payload } = await sealed(clients.kms, key, Key);
    const Metadata = { edk: Buffer.from(edk).toString('base64'), name: Key };
    await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: payload, Metadata }));
  }
}

async function sealed(
  kms: KMSClient,
  KeyId: string,
  name: string,
): Promise<{ readonly edk: Uint8Array; readonly payload: Buffer }> {
  const EncryptionContext = { record: name };
  const { CiphertextBlob, Plaintext } = await kms.send(
    new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }),
  );
  if (CiphertextBlob === undefined || Plaintext === undefined) throw new Error('KMS gave no data key');
  return { edk: CiphertextBlob, payload: seal(Plaintext, name) };
}

/** Every record that does not open, or not with this key: nothing, if all is well. */
export async function notOpened(clients: Clients, stores: Stores, key: string): Promise<readonly string[]> {
  const records = [...(await itemsOf(clients, stores.table)), ...(await objectsOf(clients, stores.bucket))];
  const bad: string[] = [];
  for (const { name, edk, payload } of records) {
    const end = await openedWith(clients.kms, { name, edk, payload });
    if (end !== key) bad.push(`${name}: ${end}`);
  }
  const missing = ITEMS + OBJECTS - records.length;
  return missing === 0 ? bad : [...bad, `${missing} records are not there`];
}

interface Stored {
  readonly name: string;
  readonly edk: Uint8Array | undefined;
  readonly payload: Uint8Array | undefined;
}

/** The key that opened it, or why it did not open. */
async function openedWith(kms: KMSClient, { name, edk, payload }: Stored): Promise<string> {
  try {
    const EncryptionContext = { record: name };
    const { Plaintext, KeyId = '' } = await kms.send(
      new DecryptCommand({ CiphertextBlob: edk, EncryptionContext }),
    );
    if (Plaintext === undefined || payload === undefined) return 'nothing to open';
    return open(Plaintext, payload) === name ? KeyId : 'another payload than was written';
  } catch (error) {
    return (error as Error).name;
  }
}

async function itemsOf({ dynamodb }: Clients, TableName: string): Promise<readonly Stored[]> {
  const items: Record<string, AttributeValue>[] = [];
  for await (const page of paginateScan({ client: dynamodb }, { TableName, ConsistentRead: true }))
    items.push(...(page.Items ?? []));
  return items.map(({ id, edk, payload }) => ({ name: id?.S ?? '', edk: edk?.B, payload: payload?.B }));
}

async function objectsOf({ s3 }: Clients, Bucket: string): Promise<readonly Stored[]> {
  const stored: Stored[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket }))
    for (const { Key = '' } of Contents) {
      const { Metadata, Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const edk = Buffer.from(Metadata?.['edk'] ?? '', 'base64');
      stored.push({ name: Key, edk, payload: await Body?.transformToByteArray() });
    }
  return stored;
}
