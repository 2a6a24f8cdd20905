import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { openStore } from '../../lambda/adapters/stores/registry.ts';
import { configureFormat } from '../../lambda/core/job/bind-format.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { Books } from '../../lambda/core/model/books.ts';
import { needsOf } from '../../lambda/core/model/format.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import type { TableStore } from '../../lambda/core/stores/dynamodb/schema.ts';
import type { BucketStore } from '../../lambda/core/stores/s3/schema.ts';
import { unitScope } from '../../lambda/core/scan/unit-scope.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { NEW_KEY, OLD_KEY, plan, UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { FakeKms } from '../support/fake-kms.ts';
import { fakePorts } from '../support/fake-ports.ts';

/** What was refused to the first run is refused to later ones, too. Also refusals while a lost race is settled. */
describe('a refusal that stays', () => {
  let aws: Embedded;
  const keys = new FakeKms();
  const edk = (index: number): Uint8Array => keys.encrypt(OLD_KEY, `secret ${index}`, {});
  let number = 0;
  beforeAll(async () => {
    aws = await embedded();
  });
  afterAll(() => aws.stop());
  afterEach(() => aws.aws.faults.clear());

  async function open(store: Store) {
    const clients = new AwsClients({ endpoint: aws.endpoint });
    const needs = needsOf(configureFormat(store, formats));
    return openStore(store, { clients, region: 'us-east-1', ...needs });
  }

  async function migrate(store: Store): Promise<Books> {
    const range =
      store.type === 's3'
        ? { type: 'key-range' as const }
        : { type: 'segment' as const, segment: 0, totalSegments: 1 };
    const scope = unitScope({ ...UNIT, range }, plan({ stores: [store], pageSize: 100 }), formats);
    return (await migrateUnit(scope, { ...fakePorts(), records: await open(store), keys })).books;
  }

  async function bucket(count = 10): Promise<BucketStore> {
    const Bucket = `refused-again-${++number}`;
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    for (let index = 0; index < count; index++) {
      const Metadata = { edk: Buffer.from(edk(index)).toString('base64') };
      await aws.s3.send(new PutObjectCommand({ Bucket, Key: `o${index}`, Body: 'x', Metadata }));
    }
    return { type: 's3', bucket: Bucket, prefix: '', format: { type: 'object-metadata', dataKey: 'edk' } };
  }

  async function table(count = 10): Promise<TableStore> {
    const TableName = `RefusedAgain${++number}`;
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'ver', AttributeType: 'N' },
          { AttributeName: 'all', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: ['ver', 'all'].map(AttributeName => ({
          IndexName: `by-${AttributeName}`,
          KeySchema: [{ AttributeName, KeyType: 'HASH' as const }],
          Projection: { ProjectionType: 'ALL' as const },
        })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    for (let index = 0; index < count; index++) {
      const Item = { id: { S: `i${index}` }, edk: { B: edk(index) }, all: { S: 'all' } };
      await aws.dynamodb.send(new PutItemCommand({ TableName, Item }));
    }
    return { type: 'dynamodb', table: TableName, format: { type: 'attribute', dataKey: 'edk' } };
  }

  /** Does what a policy does that denies a call for some records. */
  const deny = (operations: readonly string[], records: readonly string[], error = 'AccessDenied'): void =>
    aws.aws.faults.injectBy(({ path, body }, operation) =>
      operations.includes(operation) &&
      records.some(one => path.split('?')[0]?.endsWith(`/${one}`) === true || body.includes(`"${one}"`))
        ? {
            kind: 'error',
            error,
            message: 'explicit deny',
            status: error === 'AccessDenied' ? 403 : 400,
          }
        : undefined,
    );

  it("of objects whose metadata have no room for a longer data key is each object's own, even if it concerns all of them", async () => {
    const store = await bucket(0);
    const full = { edk: Buffer.from(edk(0)).toString('base64'), pad: '' };
    // S3 counts names and values in bytes, and accepts 2 KB in total.
    const pad = 'x'.repeat(2_048 - Object.entries(full).flat().join('').length);
    for (const Key of ['a', 'b', 'c'])
      await aws.s3.send(
        new PutObjectCommand({ Bucket: store.bucket, Key, Body: 'x', Metadata: { ...full, pad } }),
      );
    // The name of the key material makes the new ciphertexts of this KMS longer.
    keys.rotate(NEW_KEY);
    const { outcomes, failures } = await migrate(store);
    keys.materials.clear();
    expect(outcomes).toEqual({ blocked: 3 });
    expect(failures[0]?.reason).toMatch(
      /^s3:CopyObject was refused \(400 MetadataTooLarge: .*no room for the new data key$/,
    );
  });

  it("of items that have no room for a longer data key is each item's own, even if it concerns all of them", async () => {
    const store = await table(3);
    const message = 'Item size to update has exceeded the maximum allowed size';
    aws.aws.faults.inject({
      ...{ service: 'dynamodb', operation: 'UpdateItem', error: 'ValidationException', message },
      count: 100,
    });
    const { outcomes, failures } = await migrate(store);
    expect(outcomes).toEqual({ blocked: 3 });
    expect(failures[0]?.reason).toMatch(
      /\(400 ValidationException: Item size.*no room for the new data key$/,
    );
  });

  it('of two bodies does not end the next run, which has nothing else to write', async () => {
    const store: BucketStore = { ...(await bucket(0)), format: { type: 'object-body' } };
    for (let index = 0; index < 10; index++)
      await aws.s3.send(new PutObjectCommand({ Bucket: store.bucket, Key: `o${index}`, Body: edk(index) }));
    deny(['PutObject'], ['o3', 'o7']);
    expect((await migrate(store)).outcomes).toEqual({ rewrapped: 8, blocked: 2 });
    expect((await migrate(store)).outcomes).toEqual({ 'already-current': 8, blocked: 2 });
  });

  it('of two objects does not end the next run, which has nothing else to write, and writes nothing to find out', async () => {
    const store = await bucket();
    deny(['CopyObject'], ['o3', 'o7']);
    expect((await migrate(store)).outcomes).toEqual({ rewrapped: 8, blocked: 2 });
    const head = () => aws.s3.send(new HeadObjectCommand({ Bucket: store.bucket, Key: 'o0' }));
    const before = await head();
    expect((await migrate(store)).outcomes).toEqual({ 'already-current': 8, blocked: 2 });
    const { ETag, LastModified, Metadata } = await head();
    expect({ ETag, LastModified, Metadata }).toEqual({
      ETag: before.ETag,
      LastModified: before.LastModified,
      Metadata: before.Metadata,
    });
  });

  it('of two items does not end the next run either', async () => {
    const store = await table();
    deny(['UpdateItem'], ['i3', 'i7'], 'AccessDeniedException');
    expect((await migrate(store)).outcomes).toEqual({ rewrapped: 8, blocked: 2 });
    const item = () =>
      aws.dynamodb.send(new GetItemCommand({ TableName: store.table, Key: { id: { S: 'i0' } } }));
    const before = (await item()).Item;
    expect((await migrate(store)).outcomes).toEqual({ 'already-current': 8, blocked: 2 });
    expect((await item()).Item).toEqual(before);
  });

  it('of a write that an index does not take leaves the record as it is, in the words of DynamoDB', async () => {
    const records = await open(await table(1));
    const { records: page } = await records.readPage(
      { type: 'segment', segment: 0, totalSegments: 1 },
      { pageSize: 9, consistent: true },
    );
    const change = [
      { path: ['id'], before: { S: 'i0' }, after: { S: 'i0' } },
      { path: ['ver'], before: undefined, after: { S: 'arn:aws:kms:x' } },
    ];
    expect(await records.write(page[0]!, change)).toEqual({
      kind: 'blocked',
      reason: expect.stringMatching(
        /dynamodb:UpdateItem was refused \(400 ValidationException: .*Type mismatch for Index Key ver Expected: N Actual: S/,
      ),
    });
  });

  it('of the object that is read again after a lost race is not taken for another writer', async () => {
    const store = await bucket();
    let lost = false;
    aws.aws.faults.injectBy(({ path }, operation) => {
      if (!path.endsWith('/o3')) return undefined;
      if (operation === 'CopyObject') {
        lost = true;
        return { kind: 'error', error: 'PreconditionFailed', status: 412 };
      }
      return operation === 'HeadObject' && lost
        ? { kind: 'error', error: 'AccessDenied', status: 403 }
        : undefined;
    });
    const { outcomes, failures } = await migrate(store);
    expect(outcomes).toEqual({ rewrapped: 9, blocked: 1 });
    expect(failures[0]?.reason).toContain('S3 answered 403 to HeadObject');
  });

  it('of the item that is read again after a lost race is that item’s, and not taken for another writer', async () => {
    const store = await table();
    aws.aws.faults.injectBy(({ body }, operation) => {
      if (!body.includes('"i3"')) return undefined;
      if (operation === 'UpdateItem')
        return { kind: 'error', error: 'ConditionalCheckFailedException', status: 400 };
      return operation === 'GetItem'
        ? { kind: 'error', error: 'AccessDeniedException', message: 'explicit deny', status: 400 }
        : undefined;
    });
    const { outcomes, failures } = await migrate(store);
    expect(outcomes).toEqual({ rewrapped: 9, blocked: 1 });
    expect(failures[0]?.reason).toContain('dynamodb:GetItem was refused (400 AccessDeniedException');
  });

  it('of one item that an index names is that item’s: the others of its batch are read', async () => {
    const store = { ...(await table()), scope: { index: 'by-all' } };
    deny(['BatchGetItem', 'GetItem'], ['i3'], 'AccessDeniedException');
    const { outcomes, failures } = await migrate(store);
    expect(outcomes).toEqual({ rewrapped: 9, unsupported: 1 });
    expect(failures).toMatchObject([{ locator: expect.stringContaining('i3') }]);
  });

  it.each([
    ['KMS.DisabledException', 400, /s3:CopyObject was refused \(400 KMS.DisabledException: is disabled/],
    ['KMS.NotFoundException', 400, /KMS.NotFoundException/],
    ['InvalidRequest', 400, /400 InvalidRequest/],
    ['MethodNotAllowed', 405, /405 MethodNotAllowed/],
  ])('of one copy by %s is that object’s', async (error, status, words) => {
    const store = await bucket(4);
    aws.aws.faults.injectBy(({ path }, operation) =>
      operation === 'CopyObject' && path.endsWith('/o3')
        ? { kind: 'error', error, message: 'is disabled', status }
        : undefined,
    );
    const { outcomes, failures } = await migrate(store);
    expect(outcomes).toEqual({ rewrapped: 3, blocked: 1 });
    expect(failures[0]?.reason).toMatch(words);
  });

  it('of archived objects is each one’s, however many there are', async () => {
    const store = await bucket(4);
    deny(['CopyObject'], ['o0', 'o1', 'o2', 'o3'], 'ObjectNotInActiveTierError');
    const { outcomes, failures } = await migrate(store);
    expect(outcomes).toEqual({ blocked: 4 });
    expect(failures[0]?.reason).toContain('restore the object');
  });

  it.each([
    [403, /S3 answered 403 to HeadObject of o\d in bucket refused-again-\d+; .*s3:GetObject.*s3:ListBucket/],
    [400, /S3 answered 400 to HeadObject .*customer-provided keys \(SSE-C\)/],
  ])('of every HEAD names the status, and what it is a sign of (%s)', async (status, words) => {
    const store = await bucket(4);
    aws.aws.faults.injectBy((_, operation) =>
      operation === 'HeadObject' ? { kind: 'error', error: 'AccessDenied', status } : undefined,
    );
    await expect(migrate(store)).rejects.toMatchObject({
      name: 'PremiseBroken',
      message: expect.stringMatching(words),
    });
  });

  it('of the listing, or of the scan, ends the run at once, with call, resource and cure', async () => {
    aws.aws.faults.injectBy((_, operation) =>
      ['ListObjectsV2', 'Scan'].includes(operation)
        ? { kind: 'error', error: 'AccessDenied', message: 'Access Denied', status: 403 }
        : undefined,
    );
    const broken = (words: RegExp) => ({ name: 'PremiseBroken', message: expect.stringMatching(words) });
    await expect(migrate(await bucket(1))).rejects.toMatchObject(
      broken(/s3:ListObjectsV2 in bucket refused-again-\d+: AccessDenied: Access Denied; check that/),
    );
    await expect(migrate(await table(1))).rejects.toMatchObject(
      broken(/dynamodb:Scan on table RefusedAgain\d+: AccessDenied: Access Denied; check that/),
    );
  });

  it('of the HEAD of one object at the destination is not taken for its absence', async () => {
    const [here, there] = [await bucket(3), await bucket(2)];
    const store = { ...here, copyTo: { region: 'us-east-1', bucket: there.bucket, createMissing: true } };
    const copies: string[] = [];
    aws.aws.faults.injectBy(({ path }, operation) => {
      if (operation === 'CopyObject') copies.push(path);
      return operation === 'HeadObject' && path === `/${there.bucket}/o1`
        ? { kind: 'error', error: 'AccessDenied', status: 403 }
        : undefined;
    });
    const { outcomes } = await migrate(store);
    expect(outcomes).toEqual({ rewrapped: 2, unsupported: 1 });
    expect(copies.filter(path => path.endsWith('/o1'))).toEqual([]);
  });
});
