import { BatchWriteItemCommand, CreateTableCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutObjectCommand, type BucketLocationConstraint } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { IN_FLIGHT, type Clients } from './clients.ts';
import type { Keys } from './create-keys.ts';
import { seal } from './envelope.ts';

export const TABLE = 'Orders';
export const BUCKET = 'order-documents';

export interface Quantities {
  readonly orders: number;
  readonly documents: number;
  /** Whether some records are broken or foreign, as in every store of some age. @default true */
  readonly flaws?: boolean;
}

type Flaw = 'none' | 'foreign' | 'corrupt' | 'wrong-context' | 'no-tenant' | 'no-data-key';

/** How many records have which flaw, on purpose; every store of some age has such records. */
const ORDER_FLAWS: readonly (readonly [Flaw, number])[] = [
  ['foreign', 6],
  ['corrupt', 4],
  ['wrong-context', 3],
  ['no-tenant', 2],
  ['no-data-key', 5],
];
const DOCUMENT_FLAWS: readonly (readonly [Flaw, number])[] = [
  ['foreign', 4],
  ['corrupt', 3],
  ['no-data-key', 5],
];
const TENANTS = ['acme', 'globex', 'initech', 'umbrella'];
/** How many documents share a data key, as data-key caching causes. */
const DOCUMENTS_PER_DATA_KEY = 5;

export interface WrittenOrders {
  /** Names of the records that nobody can open or that belong to another team. */
  readonly flawed: ReadonlySet<string>;
  /** How many records the application can open. */
  readonly sound: number;
}

/** Fills a table and a bucket with records encrypted under the old key. */
export async function writeOrders(
  clients: Clients,
  keys: Keys,
  { orders, documents, flaws = true }: Quantities,
): Promise<WrittenOrders> {
  await createStores(clients, BUCKET);
  const orderFlaws = spread(flaws ? ORDER_FLAWS : [], orders);
  const documentFlaws = spread(flaws ? DOCUMENT_FLAWS : [], documents);
  await putOrders(clients, keys, orderFlaws);
  await putDocuments(clients, keys, documentFlaws);
  const written = [
    ...orderFlaws.map((flaw, index) => ({ name: orderId(index), flaw })),
    ...documentFlaws.map((flaw, index) => ({ name: documentKey(index), flaw })),
  ];
  const flawed = written.filter(({ flaw }) => !['none', 'no-data-key'].includes(flaw));
  return {
    flawed: new Set(flawed.map(({ name }) => name)),
    sound: written.filter(({ flaw }) => flaw === 'none').length,
  };
}

/** Creates the application's table and bucket, empty, in the Region of its clients. */
export async function createStores({ dynamodb, s3 }: Clients, bucket: string): Promise<void> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName: TABLE,
      KeySchema: [{ AttributeName: 'orderId', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'orderId', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const region = await s3.config.region();
  await s3.send(
    new CreateBucketCommand({
      Bucket: bucket,
      ...(region !== 'us-east-1' && {
        CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
      }),
    }),
  );
}

function spread(flaws: readonly (readonly [Flaw, number])[], total: number): readonly Flaw[] {
  const flawed = flaws.flatMap(([flaw, count]) => Array.from({ length: count }, () => flaw));
  // Every seventh record is flawed, so that all pages and segments have some.
  return Array.from({ length: total }, (_, index) =>
    index % 7 === 3 ? (flawed[Math.floor(index / 7)] ?? 'none') : 'none',
  );
}

function orderId(index: number): string {
  return `o-${String(index).padStart(6, '0')}`;
}

function documentKey(index: number): string {
  return `2026/${String((index % 12) + 1).padStart(2, '0')}/order ${String(index).padStart(5, '0')}.json`;
}

interface EncryptedPayload {
  readonly edk: Uint8Array;
  readonly payload: Buffer;
}

async function encrypt(
  { kms }: Clients,
  keyArn: string,
  { context, text }: { readonly context: Record<string, string>; readonly text: string },
): Promise<EncryptedPayload> {
  const { Plaintext, CiphertextBlob } = await kms.send(
    new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: context }),
  );
  if (Plaintext === undefined || CiphertextBlob === undefined) throw new Error('KMS gave no data key');
  return { edk: CiphertextBlob, payload: seal(Plaintext, text) };
}

async function putOrders(clients: Clients, keys: Keys, flaws: readonly Flaw[]): Promise<void> {
  const items = await pMap(flaws, (flaw, index) => order(clients, keys, { flaw, index }), {
    concurrency: IN_FLIGHT,
  });
  const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_, batch) =>
    items.slice(batch * 25, (batch + 1) * 25),
  );
  await pMap(
    batches,
    batch =>
      clients.dynamodb.send(
        new BatchWriteItemCommand({
          RequestItems: { [TABLE]: batch.map(Item => ({ PutRequest: { Item } })) },
        }),
      ),
    { concurrency: 8 },
  );
}

async function order(
  clients: Clients,
  keys: Keys,
  { flaw, index }: { readonly flaw: Flaw; readonly index: number },
): Promise<Record<string, AttributeValue>> {
  const id = orderId(index);
  const tenant = TENANTS[index % TENANTS.length] ?? '';
  const base = { orderId: { S: id }, status: { S: 'shipped' }, total: { N: String(100 + index) } };
  if (flaw === 'no-data-key') return { ...base, status: { S: 'draft' }, tenantId: { S: tenant } };
  const keyArn = flaw === 'foreign' ? keys.otherTeam : keys.old;
  const context = {
    purpose: 'orders',
    tenant: flaw === 'wrong-context' ? 'somebody-else' : tenant,
    order: id,
  };
  const { edk, payload } = await encrypt(clients, keyArn, { context, text: `order ${id} of ${tenant}` });
  const envelope = {
    M: {
      dataKey: { B: flaw === 'corrupt' ? corrupted(edk) : edk },
      keyArn: { S: keyArn },
      algorithm: { S: 'AES-256-GCM' },
    },
  };
  return {
    ...base,
    payload: { B: payload },
    envelope,
    ...(flaw !== 'no-tenant' && { tenantId: { S: tenant } }),
  };
}

function corrupted(edk: Uint8Array): Uint8Array {
  return edk.map((byte, index) => (index === edk.length - 1 ? byte ^ 1 : byte));
}

async function putDocuments(clients: Clients, keys: Keys, flaws: readonly Flaw[]): Promise<void> {
  const groups = Array.from(
    { length: Math.ceil(flaws.length / DOCUMENTS_PER_DATA_KEY) },
    (_, group) => group,
  );
  await pMap(
    groups,
    async group => {
      const tenant = TENANTS[group % TENANTS.length] ?? '';
      const context = { purpose: 'documents', tenant };
      const { Plaintext, CiphertextBlob } = await clients.kms.send(
        new GenerateDataKeyCommand({ KeyId: keys.old, KeySpec: 'AES_256', EncryptionContext: context }),
      );
      if (Plaintext === undefined || CiphertextBlob === undefined) throw new Error('KMS gave no data key');
      const members = Array.from(
        { length: DOCUMENTS_PER_DATA_KEY },
        (_, member) => group * DOCUMENTS_PER_DATA_KEY + member,
      ).filter(index => index < flaws.length);
      for (const index of members)
        await putDocument(clients, keys, {
          index,
          flaw: flaws[index] ?? 'none',
          tenant,
          dataKey: Plaintext,
          edk: CiphertextBlob,
        });
    },
    { concurrency: IN_FLIGHT },
  );
}

interface Document {
  readonly index: number;
  readonly flaw: Flaw;
  readonly tenant: string;
  readonly dataKey: Uint8Array;
  readonly edk: Uint8Array;
}

async function putDocument(
  clients: Clients,
  keys: Keys,
  { index, flaw, tenant, dataKey, edk }: Document,
): Promise<void> {
  const key = documentKey(index);
  const own =
    flaw === 'foreign'
      ? await encrypt(clients, keys.otherTeam, {
          context: { purpose: 'documents', tenant },
          text: `document ${key}`,
        })
      : { edk, payload: seal(dataKey, `document ${key}`) };
  const metadata = {
    tenant,
    'data-key': flaw === 'corrupt' ? 'truncated by a proxy' : Buffer.from(own.edk).toString('base64'),
    'kms-key-arn': flaw === 'foreign' ? keys.otherTeam : keys.old,
  };
  await clients.s3.send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: key,
      Body: own.payload,
      ContentType: 'application/octet-stream',
      CacheControl: 'private, max-age=3600',
      Tagging: `tenant=${tenant}`,
      StorageClass: index % 10 === 0 ? 'STANDARD_IA' : 'STANDARD',
      Metadata: flaw === 'no-data-key' ? { tenant } : metadata,
    }),
  );
}
