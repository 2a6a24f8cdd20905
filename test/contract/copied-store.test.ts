import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { openStore } from '../../lambda/adapters/stores/registry.ts';
import type { BoundFormat } from '../../lambda/core/model/format.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import type { StoreRecord } from '../../lambda/core/model/record.ts';
import type { ScanRange } from '../../lambda/core/model/run.ts';
import type { RecordStore, WriteResult } from '../../lambda/core/ports.ts';
import { bindFormat } from '../../lambda/core/job/bind-format.ts';
import { NEW_DESTINATION } from '../support/bound.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

const [HERE, THERE] = ['us-east-1', 'eu-west-1'];
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let aws: Embedded;
let there: { readonly dynamodb: DynamoDBClient; readonly s3: S3Client };
let number = 0;
beforeAll(async () => {
  aws = await embedded();
  const config = { endpoint: aws.endpoint, region: THERE };
  there = { dynamodb: new DynamoDBClient(config), s3: new S3Client(config) };
});
afterAll(async () => {
  there.dynamodb.destroy();
  there.s3.destroy();
  await aws.stop();
});

/** A store in one Region whose records go to another. */
interface Subject {
  readonly store: RecordStore;
  readonly format: BoundFormat;
  readonly range: ScanRange;
  put(where: 'here' | 'there', id: string, edk: string): Promise<unknown>;
  /** A whole record, in a form that can be compared. */
  show(where: 'here' | 'there', id: string): Promise<unknown>;
  edkOf(where: 'here' | 'there', id: string): Promise<string | undefined>;
}

const open = (store: Store) =>
  openStore(store, { clients: new AwsClients({ endpoint: aws.endpoint }), region: HERE, needs: [] });

async function tableSubject(createMissing: boolean): Promise<Subject> {
  const table = `Copied${++number}`;
  const client = (where: 'here' | 'there') => (where === 'here' ? aws.dynamodb : there.dynamodb);
  for (const where of ['here', 'there'] as const)
    await client(where).send(
      new CreateTableCommand({
        TableName: table,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  const store: Store = {
    type: 'dynamodb',
    table,
    format: { type: 'attribute', dataKey: 'envelope.edk', keyArn: 'envelope.key' },
    copyTo: { region: THERE, table, createMissing },
  };
  const get = async (where: 'here' | 'there', id: string) =>
    (await client(where).send(new GetItemCommand({ TableName: table, Key: { id: { S: id } } }))).Item;
  return {
    store: await open(store),
    format: bindFormat(store, formats, NEW_DESTINATION),
    range: { type: 'segment', segment: 0, totalSegments: 1 },
    put: (where, id, edk) => {
      const envelope: AttributeValue = { M: { edk: { B: Buffer.from(edk) }, key: { S: OLD_KEY } } };
      const Item = { id: { S: id }, envelope, payload: { S: `payload ${where}` }, set: { NS: ['1', '2'] } };
      return client(where).send(new PutItemCommand({ TableName: table, Item }));
    },
    show: async (where, id) => {
      const { envelope: _, ...rest } = (await get(where, id)) ?? {};
      return rest;
    },
    edkOf: async (where, id) => {
      const edk = (await get(where, id))?.['envelope']?.M?.['edk']?.B;
      return edk && Buffer.from(edk).toString();
    },
  };
}

async function bucketSubject(createMissing: boolean): Promise<Subject> {
  const [bucket, copy] = [`copied-${++number}`, `copied-${number}-there`];
  await aws.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await there.s3.send(
    new CreateBucketCommand({
      Bucket: copy,
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    }),
  );
  const store: Store = {
    type: 's3',
    bucket,
    prefix: '',
    format: { type: 'object-metadata', dataKey: 'edk', keyArn: 'key' },
    copyTo: { region: THERE, bucket: copy, createMissing },
  };
  const place = (where: 'here' | 'there', Key: string) => ({
    client: where === 'here' ? aws.s3 : there.s3,
    object: { Bucket: where === 'here' ? bucket : copy, Key },
  });
  return {
    store: await open(store),
    format: bindFormat(store, formats, NEW_DESTINATION),
    range: { type: 'key-range' },
    put: (where, id, edk) => {
      const { client, object } = place(where, id);
      return client.send(
        new PutObjectCommand({
          ...object,
          Body: `payload ${where}`,
          Metadata: { edk: base64(edk), key: OLD_KEY, other: 'kept' },
          ContentType: 'text/plain',
          CacheControl: 'private',
          StorageClass: 'STANDARD_IA',
          Tagging: 'project=x',
        }),
      );
    },
    show: async (where, id) => {
      const { client, object } = place(where, id);
      const { Body, Metadata, ContentType, CacheControl, StorageClass } = await client.send(
        new GetObjectCommand(object),
      );
      const { TagSet } = await client.send(new GetObjectTaggingCommand(object));
      const payload = await Body?.transformToString();
      return { payload, other: Metadata?.['other'], ContentType, CacheControl, StorageClass, TagSet };
    },
    edkOf: async (where, id) => {
      const { client, object } = place(where, id);
      const head = await client.send(new HeadObjectCommand(object)).catch(() => undefined);
      return head?.Metadata?.['edk'] && Buffer.from(head.Metadata['edk'], 'base64').toString();
    },
  };
}

describe.each([
  ['a table', tableSubject],
  ['a bucket', bucketSubject],
])('%s whose records go to another Region', (_, subject) => {
  const readOne = async ({ store, range }: Subject): Promise<StoreRecord> =>
    (await store.readPage(range, { pageSize: 10, consistent: true })).records[0]!;
  const swap = ({ store, format }: Subject, record: StoreRecord): Promise<WriteResult> =>
    store.write(
      record,
      format.replace(record, [
        {
          slot: format.read(record)[0]!.slot,
          ciphertext: Buffer.from('new'),
          destination: { keyArn: NEW_KEY },
          destinationAlgorithm: 'SYMMETRIC_DEFAULT',
        },
      ]),
    );

  it('makes a missing record from its source, with nothing changed but the data key and its key', async () => {
    const of = await subject(true);
    await of.put('here', 'x', 'old');
    const record = await readOne(of);
    expect(record.absent).toEqual({});
    expect(await swap(of, record)).toEqual({ kind: 'written' });
    expect(await of.edkOf('there', 'x')).toBe('new');
    expect(await of.show('there', 'x')).toEqual(await of.show('here', 'x'));
    expect(await of.edkOf('here', 'x')).toBe('old');
  });

  it('takes an existing record as it is: its own data key is the one to swap', async () => {
    const of = await subject(true);
    await of.put('here', 'x', 'old here');
    await of.put('there', 'x', 'old there');
    const before = await of.show('there', 'x');
    const record = await readOne(of);
    expect(record.absent).toBeUndefined();
    expect(of.format.read(record)).toMatchObject([{ ciphertext: Buffer.from('old there') }]);
    expect(await swap(of, record)).toEqual({ kind: 'written' });
    expect(await of.edkOf('there', 'x')).toBe('new');
    expect(await of.show('there', 'x')).toEqual(before);
    expect(await of.edkOf('here', 'x')).toBe('old here');
  });

  it('makes nothing if another writer was first, and then shows what that one wrote', async () => {
    const of = await subject(true);
    await of.put('here', 'x', 'old');
    const record = await readOne(of);
    await of.put('there', 'x', 'theirs');
    expect(await swap(of, record)).toEqual({ kind: 'precondition-failed' });
    expect(await of.edkOf('there', 'x')).toBe('theirs');
    const again = (await of.store.reread(record))!;
    expect(again.absent).toBeUndefined();
    expect(of.format.read(again)).toMatchObject([{ ciphertext: Buffer.from('theirs') }]);
  });

  it('creates nothing if the job says so', async () => {
    const of = await subject(false);
    await of.put('here', 'x', 'old');
    const record = await readOne(of);
    expect(record.absent?.refused).toContain('createMissing is false');
    expect(await swap(of, record)).toMatchObject({ kind: 'blocked' });
    expect(await of.edkOf('there', 'x')).toBeUndefined();
  });

  it('shows the current source when it is read again, and nothing when it is gone', async () => {
    const of = await subject(true);
    await of.put('here', 'x', 'old');
    const record = await readOne(of);
    await of.put('here', 'x', 'newer');
    const again = (await of.store.reread(record))!;
    expect(again.absent).toEqual({});
    expect(of.format.read(again)).toMatchObject([{ ciphertext: Buffer.from('newer') }]);
  });
});

it('a bucket does not copy an object whose payload has changed since its data key was read', async () => {
  const of = await bucketSubject(true);
  await of.put('here', 'x', 'old');
  const record = await of.store.readPage(of.range, { pageSize: 10, consistent: true });
  const first = record.records[0]!;
  await aws.s3.send(new PutObjectCommand({ Bucket: `copied-${number}`, Key: 'x', Body: 'another payload' }));
  const change = of.format.replace(first, [
    {
      slot: 'edk',
      ciphertext: Buffer.from('new'),
      destination: { keyArn: NEW_KEY },
      destinationAlgorithm: 'SYMMETRIC_DEFAULT',
    },
  ]);
  expect(await of.store.write(first, change)).toEqual({ kind: 'precondition-failed' });
  expect(await of.edkOf('there', 'x')).toBeUndefined();
});
