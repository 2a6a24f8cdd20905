import pMap from 'p-map';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import { REGION, type BucketSeed, type Keys, type TableSeed } from './messages.ts';

/** An item of 1,000 bytes, so that each costs one write unit and four are read with one unit. */
const ITEM_BYTES = 1_000;
const BODY_BYTES = 1_024;
const AT_ONCE = 64;
const POLL_MS = 10;
/** DynamoDB takes so many items in one BatchWriteItem. */
const BATCH = 25;

type Answer = Readonly<Record<string, unknown>>;

interface S3Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** Calls the embedded AWS in this process, without a socket. */
export class Calls {
  readonly #aws: EmbeddedAws;

  constructor(aws: EmbeddedAws) {
    this.#aws = aws;
  }

  async json(service: 'kms' | 'dynamodb', operation: string, input: object): Promise<Answer> {
    const target = { kms: 'TrentService', dynamodb: 'DynamoDB_20120810' }[service];
    const { status, body } = await this.#aws.handle({
      ...{ method: 'POST', url: '/', body: Buffer.from(JSON.stringify(input)) },
      headers: {
        'content-type': `application/x-amz-json-${service === 'kms' ? '1.1' : '1.0'}`,
        'x-amz-target': `${target}.${operation}`,
        'x-amz-date': '20260101T000000Z',
        authorization: scope(service),
      },
    });
    if (status !== 200) throw new Error(`${operation}: ${String(body)}`);
    return JSON.parse(String(body)) as Answer;
  }

  async s3(
    method: string,
    url: string,
    { headers = {}, body = Buffer.alloc(0) }: S3Sent = {},
  ): Promise<string> {
    const sent = { ...headers, host: 's3', authorization: scope('s3') };
    const answer = await this.#aws.handle({ method, url, headers: sent, body });
    if (answer.status >= 300) throw new Error(`${method} ${url}: ${String(answer.body)}`);
    return String(answer.body);
  }
}

function scope(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=local/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=none`;
}

export async function createKeys(calls: Calls): Promise<Keys> {
  const create = async (): Promise<string> => {
    const { KeyMetadata } = await calls.json('kms', 'CreateKey', {});
    return (KeyMetadata as { readonly Arn: string }).Arn;
  };
  return { source: await create(), destination: await create() };
}

/** Puts items, over those that are there, with fresh data keys under the source key. Returns how many data keys there are. */
export async function seedTable(
  calls: Calls,
  { table, items, dataKeysPerItem = 1, sharedBy = 1, partitions = items }: TableSeed,
  { source }: Keys,
): Promise<number> {
  await createTable(calls, table);
  const dataKeys = dataKeyMaker(calls, source, sharedBy);
  const batches = Array.from({ length: Math.ceil(items / BATCH) }, (_, index) => index * BATCH);
  await pMap(
    batches,
    async first => {
      const requests = [];
      for (let index = first; index < Math.min(items, first + BATCH); index++) {
        const own = [];
        for (let which = 0; which < dataKeysPerItem; which++)
          own.push(await dataKeys(index * dataKeysPerItem + which));
        requests.push({ PutRequest: { Item: itemOf(index, { dataKeys: own, partitions, source }) } });
      }
      await calls.json('dynamodb', 'BatchWriteItem', { RequestItems: { [table]: requests } });
    },
    { concurrency: AT_ONCE },
  );
  return items * dataKeysPerItem;
}

async function createTable(calls: Calls, TableName: string): Promise<void> {
  try {
    await calls.json('dynamodb', 'CreateTable', {
      TableName,
      KeySchema: [
        { AttributeName: 'tenant', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['tenant', 'id'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
    });
  } catch (error) {
    if (!String(error).includes('ResourceInUseException')) throw error;
  }
  for (;;) {
    const { Table } = await calls.json('dynamodb', 'DescribeTable', { TableName });
    if ((Table as { readonly TableStatus: string }).TableStatus === 'ACTIVE') return;
    await sleep(POLL_MS);
  }
}

interface Contents {
  readonly dataKeys: readonly string[];
  readonly partitions: number;
  readonly source: string;
}

function itemOf(index: number, { dataKeys, partitions, source }: Contents): object {
  const envelopes = dataKeys.map(B => ({ M: { edk: { B }, key: { S: source } } }));
  const used = dataKeys.reduce((sum, one) => sum + Buffer.byteLength(one, 'base64') + source.length + 10, 60);
  return {
    tenant: { S: `t-${index % partitions}` },
    id: { S: `i-${String(index).padStart(7, '0')}` },
    keys: { L: envelopes },
    payload: { S: 'p'.repeat(Math.max(1, ITEM_BYTES - used)) },
  };
}

/** One data key for `sharedBy` places in a row. */
function dataKeyMaker(calls: Calls, KeyId: string, sharedBy: number): (index: number) => Promise<string> {
  if (sharedBy === 1) return () => newDataKey(calls, KeyId);
  const made = new Map<number, Promise<string>>();
  return index => {
    const group = Math.floor(index / sharedBy);
    const dataKey = made.get(group) ?? newDataKey(calls, KeyId);
    made.set(group, dataKey);
    return dataKey;
  };
}

async function newDataKey(calls: Calls, KeyId: string): Promise<string> {
  const { CiphertextBlob } = await calls.json('kms', 'GenerateDataKeyWithoutPlaintext', {
    ...{ KeyId, KeySpec: 'AES_256', EncryptionContext: { purpose: 'bench' } },
  });
  return CiphertextBlob as string;
}

export async function seedBucket(
  calls: Calls,
  { bucket, objects, prefix }: BucketSeed,
  { source }: Keys,
): Promise<number> {
  await calls.s3('PUT', `/${bucket}`).catch((error: unknown) => {
    if (!String(error).includes('BucketAlreadyOwnedByYou')) throw error;
  });
  const body = Buffer.alloc(BODY_BYTES, 'b');
  const indexes = Array.from({ length: objects }, (_, index) => index);
  await pMap(
    indexes,
    async index => {
      const headers = {
        'content-type': 'application/octet-stream',
        'x-amz-meta-data-key': await newDataKey(calls, source),
        'x-amz-meta-kms-key-arn': source,
      };
      await calls.s3('PUT', `/${bucket}/${prefix}${String(index).padStart(7, '0')}`, { headers, body });
    },
    { concurrency: AT_ONCE },
  );
  return objects;
}
