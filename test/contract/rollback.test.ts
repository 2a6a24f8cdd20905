import { CreateTableCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, EncryptCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { gunzipSync, gzipSync } from 'node:zlib';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { S3IntentArchive } from '../../lambda/adapters/journal/intent-archive.ts';
import { S3Journal } from '../../lambda/adapters/journal/journal.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import { openStore } from '../../lambda/adapters/stores/registry.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { Books } from '../../lambda/core/model/books.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import type { ScanRange } from '../../lambda/core/model/run.ts';
import { rollbackUnit } from '../../lambda/core/rollback/rollback-unit.ts';
import { unitScope, type UnitScope } from '../../lambda/core/scan/unit-scope.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { plan, planned, UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { fakePorts } from '../support/fake-ports.ts';

const CONTEXT = { purpose: 'orders' };
const JOURNAL = 'journal';
const RECORDS = 7;

let aws: Embedded;
let keys: { readonly old: string; readonly new: string };
let number = 0;
beforeAll(async () => {
  aws = await embedded();
  const create = async () => (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
  keys = { old: await create(), new: await create() };
  await aws.s3.send(new CreateBucketCommand({ Bucket: JOURNAL }));
});
afterAll(() => aws.stop());

const edk = async (index: number): Promise<Uint8Array> =>
  (
    await aws.kms.send(
      new EncryptCommand({
        KeyId: keys.old,
        Plaintext: Buffer.from(`key ${index}`),
        EncryptionContext: CONTEXT,
      }),
    )
  ).CiphertextBlob!;

/** A store with records, and all its contents in a form that can be compared. */
interface Subject {
  readonly store: Store;
  readonly range: ScanRange;
  snapshot(): Promise<string>;
}

async function tableSubject(encoding: 'binary' | 'base64'): Promise<Subject> {
  const table = `Rolled${++number}`;
  await aws.dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'B' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  for (let index = 0; index < RECORDS; index++) {
    const B = await edk(index);
    const value = encoding === 'binary' ? { B } : { S: Buffer.from(B).toString('base64') };
    const envelope = { M: { edk: value, key: { S: 'alias/an-old-name' }, set: { BS: [Buffer.from('x')] } } };
    const Item = { id: { B: Buffer.from([index]) }, envelope, n: { N: '1.50' } };
    await aws.dynamodb.send(new PutItemCommand({ TableName: table, Item }));
  }
  const format = {
    type: 'attribute',
    dataKey: 'envelope.edk',
    keyArn: 'envelope.key',
    encoding,
    encryptionContext: CONTEXT,
    encryptionAlgorithm: 'algorithm',
  };
  return {
    store: { type: 'dynamodb', table, format },
    range: { type: 'segment', segment: 0, totalSegments: 1 },
    snapshot: async () => {
      const { Items } = await aws.dynamodb.send(new ScanCommand({ TableName: table }));
      return JSON.stringify(Items?.map(item => JSON.stringify(item)).sort());
    },
  };
}

async function bucketSubject(): Promise<Subject> {
  const Bucket = `rolled-${++number}`;
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
  for (let index = 0; index < RECORDS; index++)
    await aws.s3.send(
      new PutObjectCommand({
        Bucket,
        Key: `a b/${index}`,
        Body: `payload ${index}`,
        Metadata: {
          edk: Buffer.from(await edk(index)).toString('base64'),
          key: 'alias/an-old-name',
          other: 'x',
        },
        ContentType: 'text/plain',
        StorageClass: 'STANDARD_IA',
      }),
    );
  const format = {
    type: 'object-metadata',
    dataKey: 'edk',
    keyArn: 'key',
    encryptionAlgorithm: 'algorithm',
    encryptionContext: CONTEXT,
  };
  return {
    store: { type: 's3', bucket: Bucket, prefix: '', format },
    range: { type: 'key-range' },
    snapshot: async () => {
      const heads = Array.from({ length: RECORDS }, async (_, index) => {
        const head = await aws.s3.send(new HeadObjectCommand({ Bucket, Key: `a b/${index}` }));
        return [head.Metadata, head.ContentType, head.StorageClass, head.ETag];
      });
      return JSON.stringify(await Promise.all(heads));
    },
  };
}

describe.each([
  ['a table with binary data keys', () => tableSubject('binary')],
  ['a table with data keys in base64', () => tableSubject('base64')],
  ['a bucket', bucketSubject],
])('a run over %s', (_, subject) => {
  const scopeOf = ({ store, range }: Subject, runId: string, rollsBack?: string): UnitScope =>
    unitScope(
      { ...UNIT, runId, range },
      plan({
        runId,
        stores: [store],
        sources: [planned(keys.old)],
        destination: planned(keys.new),
        pageSize: 3,
        ...(rollsBack !== undefined && { mode: 'rollback', rollsBack }),
      }),
      formats,
    );

  async function portsOf({ store }: Subject) {
    const channel = new KmsChannel({ endpoint: aws.endpoint, patienceMs: [] });
    const clients = new AwsClients({ endpoint: aws.endpoint });
    const place = { bucket: JOURNAL, job: 'orders' };
    const { ledger, shares, telemetry, deadline, clock } = fakePorts();
    return {
      records: await openStore(store, { clients, region: 'us-east-1', needs: [] }),
      keys: new KmsKeyService(channel),
      journal: new S3Journal(aws.s3, place),
      archive: new S3IntentArchive(aws.s3, place),
      random: () => 0.5,
      ledger,
      shares,
      telemetry,
      deadline,
      clock,
    };
  }

  async function migrated(): Promise<{ of: Subject; runId: string; before: string }> {
    const of = await subject();
    const runId = `run-${++number}`;
    const before = await of.snapshot();
    const { books } = await migrateUnit(scopeOf(of, runId), await portsOf(of));
    expect(books.outcomes).toEqual({ rewrapped: RECORDS });
    expect(await of.snapshot()).not.toBe(before);
    return { of, runId, before };
  }

  const rolledBack = async (of: Subject, runId: string): Promise<Books> =>
    (await rollbackUnit(scopeOf(of, `run-${++number}`, runId), await portsOf(of))).books;

  const intentsOf = async (runId: string): Promise<readonly string[]> => {
    const Prefix = `intents/job=orders/run=${runId}/`;
    const { Contents } = await aws.s3.send(new ListObjectsV2Command({ Bucket: JOURNAL, Prefix }));
    return (Contents ?? []).map(({ Key }) => Key!).sort();
  };

  it('is rolled back byte for byte, companions that it added or changed included', async () => {
    const { of, runId, before } = await migrated();
    expect((await rolledBack(of, runId)).outcomes).toEqual({ restored: RECORDS });
    expect(await of.snapshot()).toBe(before);
    expect((await rolledBack(of, runId)).outcomes).toEqual({ 'already-restored': RECORDS });
  });

  it.each([
    [
      'truncated',
      (body: Buffer) => body.subarray(0, body.length - 20),
      'is truncated or altered: it cannot be decompressed',
    ],
    [
      'cut within a line',
      (body: Buffer) => gzipSync(gunzipSync(body).subarray(0, -40)),
      'is truncated: its last line has no end',
    ],
    [
      'altered',
      (body: Buffer) =>
        gzipSync(gunzipSync(body).toString().replace('"oldCiphertext":"AQIC', '"oldCiphertext":"AQID')),
      'line 1 has been altered',
    ],
    [
      'altered in what it would restore',
      (body: Buffer) =>
        gzipSync(
          gunzipSync(body)
            .toString()
            .replace(/("before":(?:\{"[BS]":)?")AQIC/, '$1AQID'),
        ),
      'line 1 has been altered',
    ],
  ])(
    'of whose journal an object is %s loses nothing but that page, which is named',
    async (_how, spoil, words) => {
      const { of, runId } = await migrated();
      const [Key] = await intentsOf(runId);
      const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: JOURNAL, Key }));
      const spoiled = spoil(Buffer.from(await Body!.transformToByteArray()));
      await aws.s3.send(new PutObjectCommand({ Bucket: JOURNAL, Key, Body: spoiled }));
      const books = await rolledBack(of, runId);
      expect(books.outcomes).toEqual({ failed: 1, restored: RECORDS - 3 });
      expect(books.failures).toMatchObject([
        { store: 'journal', locator: Key, reason: expect.stringContaining(words) },
      ]);
    },
  );

  it('of whose journal an object is missing loses nothing but that page, which is named', async () => {
    const { of, runId } = await migrated();
    const [Key] = await intentsOf(runId);
    await aws.s3.send(new DeleteObjectCommand({ Bucket: JOURNAL, Key: Key! }));
    const books = await rolledBack(of, runId);
    expect(books.outcomes).toEqual({ failed: 1, restored: RECORDS - 3 });
    expect(books.failures[0]?.reason).toContain('the intents of this page are missing');
  });
});
