import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { openStore } from '../../lambda/adapters/stores/registry.ts';
import type { RecordPart } from '../../lambda/core/model/format.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import { unitScope } from '../../lambda/core/scan/unit-scope.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { OLD_KEY, plan, UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { FakeKms } from '../support/fake-kms.ts';
import { fakePorts } from '../support/fake-ports.ts';

/** If AWS refuses one record, that is the record's outcome; if it refuses all of them, the run ends. */
describe('a refusal', () => {
  let aws: Embedded;
  const keys = new FakeKms();
  const edk = (index: number): Uint8Array => keys.encrypt(OLD_KEY, `secret ${index}`, {});
  let number = 0;
  beforeAll(async () => {
    aws = await embedded();
  });
  afterAll(() => aws.stop());
  afterEach(() => aws.aws.faults.clear());

  async function migrate(store: Store, needs: readonly RecordPart[] = []): Promise<UnitProgress> {
    const range =
      store.type === 's3'
        ? { type: 'key-range' as const }
        : { type: 'segment' as const, segment: 0, totalSegments: 1 };
    const clients = new AwsClients({ endpoint: aws.endpoint });
    const records = await openStore(store, { clients, region: 'us-east-1', needs });
    const scope = unitScope({ ...UNIT, range }, plan({ stores: [store], pageSize: 100 }), formats);
    return migrateUnit(scope, { ...fakePorts(), records, keys });
  }

  async function bucket(count = 10): Promise<Store> {
    const Bucket = `refused-${++number}`;
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    for (let index = 0; index < count; index++) {
      const Metadata = { edk: Buffer.from(edk(index)).toString('base64') };
      await aws.s3.send(new PutObjectCommand({ Bucket, Key: `o${index}`, Body: 'x', Metadata }));
    }
    return { type: 's3', bucket: Bucket, prefix: '', format: { type: 'object-metadata', dataKey: 'edk' } };
  }

  const deny = (operation: string, which: (path: string) => boolean, status = 403): void =>
    aws.aws.faults.injectBy((request, asked) =>
      asked === operation && which(request.path)
        ? { kind: 'error', error: 'AccessDenied', message: 'Access Denied', status }
        : undefined,
    );

  it.each([
    [
      'CopyObject',
      { rewrapped: 9, blocked: 1 },
      's3:CopyObject was refused (403 AccessDenied: Access Denied)',
    ],
    ['HeadObject', { rewrapped: 9, unsupported: 1 }, 'S3 answered 403 to HeadObject'],
  ])("of one object by %s is that object's outcome", async (operation, outcomes, words) => {
    const store = await bucket();
    deny(operation, path => path.endsWith('/o3'));
    const { books } = await migrate(store);
    expect(books.outcomes).toEqual(outcomes);
    expect(books.failures).toMatchObject([{ locator: 'o3', reason: expect.stringContaining(words) }]);
  });

  it("of the tags of one object is that object's outcome", async () => {
    const store = await bucket();
    deny('GetObjectTagging', path => path.includes('/o3'));
    const { books } = await migrate(store, ['tags']);
    expect(books.outcomes).toEqual({ rewrapped: 9, unsupported: 1 });
  });

  it.each([403, 400])('of every object ends the run, with call, bucket and cure (%s)', async status => {
    const store = await bucket();
    deny('CopyObject', () => true, status);
    await expect(migrate(store)).rejects.toThrow(
      /s3:CopyObject of o\d in bucket refused-\d+: AccessDenied: Access Denied; check that the bucket exists/,
    );
  });

  it("of the only object there is, is that object's outcome", async () => {
    const store = await bucket(1);
    deny('CopyObject', () => true);
    expect((await migrate(store)).books.outcomes).toEqual({ blocked: 1 });
  });

  it('of credentials ends the run at once', async () => {
    const store = await bucket(1);
    aws.aws.faults.inject({
      service: 's3',
      operation: 'CopyObject',
      error: 'ExpiredToken',
      status: 400,
      count: 9,
    });
    await expect(migrate(store)).rejects.toThrow('ExpiredToken');
  });

  it("of one item, whose attribute has another type than an index wants, is that item's outcome", async () => {
    const TableName = `Refused${++number}`;
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'ver', AttributeType: 'N' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byVer',
            KeySchema: [{ AttributeName: 'ver', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    for (let index = 0; index < 10; index++)
      await aws.dynamodb.send(
        new PutItemCommand({ TableName, Item: { id: { S: `i${index}` }, edk: { B: edk(index) } } }),
      );
    aws.aws.faults.injectBy((request, operation) =>
      operation === 'UpdateItem' && request.body.toString().includes('"i3"')
        ? {
            kind: 'error',
            error: 'ValidationException',
            message: 'Type mismatch for Index Key ver',
            status: 400,
          }
        : undefined,
    );
    const { books } = await migrate({
      type: 'dynamodb',
      table: TableName,
      format: { type: 'attribute', dataKey: 'edk' },
    });
    expect(books.outcomes).toEqual({ rewrapped: 9, blocked: 1 });
    expect(books.failures[0]?.reason).toContain('ValidationException: Type mismatch for Index Key ver');
  });
});
