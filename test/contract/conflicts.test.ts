import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { DynamoDbRecords } from '../../lambda/adapters/dynamodb/records.ts';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { S3Journal } from '../../lambda/adapters/journal/journal.ts';
import { PatientRecords } from '../../lambda/adapters/records/patient-records.ts';
import { openStore } from '../../lambda/adapters/stores/registry.ts';
import { S3Records } from '../../lambda/adapters/s3/records.ts';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { simpleTable } from '../support/simple-table.ts';

/** Somebody else's transaction or conditional write is under way: the SDK does not try again, the product does. */
const edk = (before: string, after: string) => [
  { path: ['edk'], before: { S: before }, after: { S: after } },
];

describe('a write that meets another one in progress', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  });
  afterAll(() => aws.stop());

  const conflict = (service: string, operation: string, error: string): void =>
    aws.aws.faults.inject({ service, operation, error, status: service === 's3' ? 409 : 400, count: 2 });

  it('to an item succeeds', async () => {
    await simpleTable(aws.dynamodb, 'Orders');
    await aws.dynamodb.send(
      new PutItemCommand({ TableName: 'Orders', Item: { id: { S: 'a' }, edk: { S: 'old' } } }),
    );
    const records = new DynamoDbRecords(aws.dynamodb, { name: 'Orders', keyNames: ['id'] });
    const [record] = await records.find([JSON.stringify({ id: { S: 'a' } })]);
    conflict('dynamodb', 'UpdateItem', 'TransactionConflictException');
    expect(await records.write(record!, edk('old', 'new'))).toEqual({ kind: 'written' });
    // From a global table with strong consistency that another Region writes to.
    conflict('dynamodb', 'UpdateItem', 'ReplicatedWriteConflictException');
    expect(await records.write(record!, edk('new', 'newer'))).toEqual({ kind: 'written' });
  });

  it('reports a conflict that lasts, so that the worker tries again while it has time', async () => {
    const records = new DynamoDbRecords(aws.dynamodb, { name: 'Orders', keyNames: ['id'] });
    const [record] = await records.find([JSON.stringify({ id: { S: 'a' } })]);
    for (const [error, count, busy] of [
      ['TransactionConflictException', 5, 'contended'],
      ['ReplicatedWriteConflictException', 5, 'contended'],
      ['ProvisionedThroughputExceededException', 1, 'throttled'],
      ['ThrottlingException', 1, 'throttled'],
      ['RequestLimitExceeded', 1, 'throttled'],
    ] as const) {
      aws.aws.faults.inject({ service: 'dynamodb', operation: 'UpdateItem', error, count });
      expect(await records.write(record!, edk('x', 'y'))).toEqual({
        ...{ kind: 'unavailable', busy },
        reason: `DynamoDB did not take the write: ${error}`,
      });
    }
  }, 20_000);

  it('to an object succeeds', async () => {
    await aws.s3.send(
      new PutObjectCommand({ Bucket: 'bucket', Key: 'a', Body: 'x', Metadata: { edk: 'old' } }),
    );
    const records = new S3Records(aws.s3, { bucket: 'bucket', prefix: '', accessControlLists: false });
    const [record] = await records.find(['a']);
    conflict('s3', 'CopyObject', 'ConditionalRequestConflict');
    expect(await records.write(record!, edk('old', 'new'))).toEqual({ kind: 'written' });
  });

  it('to a bucket that asks to slow down is reported as one to try again', async () => {
    const records = new S3Records(aws.s3, { bucket: 'bucket', prefix: '', accessControlLists: false });
    const [record] = await records.find(['a']);
    aws.aws.faults.inject({
      service: 's3',
      operation: 'CopyObject',
      error: 'SlowDown',
      status: 503,
      count: 1,
    });
    expect(await records.write(record!, edk('new', 'newer'))).toMatchObject({
      kind: 'unavailable',
      busy: 'throttled',
    });
  });

  it('is waited for if a HEAD, whose answer has no name, is throttled', async () => {
    const waits: number[] = [];
    const records = new PatientRecords(
      new S3Records(aws.s3, { bucket: 'bucket', prefix: '', accessControlLists: false }),
      's3:bucket/',
      {
        clock: { now: () => 0 },
        deadline: { remaining: () => 60_000 },
        wait: ms => Promise.resolve(void waits.push(ms)),
        random: () => 1,
      },
    );
    aws.aws.faults.inject({
      service: 's3',
      operation: 'HeadObject',
      error: 'SlowDown',
      status: 503,
      count: 2,
    });
    expect(await records.find(['a'])).toMatchObject([{ locator: 'a' }]);
    expect(waits).toEqual([500, 1_000]);
  });

  it('to the journal succeeds, once', async () => {
    const entry: OutcomeEntry = { schema: 3, store: 's', locator: 'l', slot: 'edk', outcome: 'foreign-key' };
    conflict('s3', 'PutObject', 'ConditionalRequestConflict');
    await new S3Journal(aws.s3, { bucket: 'bucket', job: 'orders' }).writeOutcomes({ unit: UNIT, page: 0 }, [
      entry,
    ]);
    const { KeyCount } = await aws.s3.send(
      new ListObjectsV2Command({ Bucket: 'bucket', Prefix: 'outcomes/job=orders/' }),
    );
    expect(KeyCount).toBe(1);
  });
});

describe('a worker that opens its store while the account is throttled', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
  });
  afterAll(() => aws.stop());

  it.each([
    ['dynamodb', 'DescribeTable', 'ThrottlingException', { type: 'dynamodb', table: 'Orders' }],
    ['s3', 'GetBucketOwnershipControls', 'SlowDown', { type: 's3', bucket: 'bucket', prefix: '' }],
  ] as const)('by %s breaks no premise of the run', async (service, operation, error, store) => {
    aws.aws.faults.inject({ service, operation, error, count: 1 });
    const known = { dynamodb: () => aws.dynamodb, s3: () => aws.s3 };
    const clients = Object.assign(new AwsClients(), known);
    const format = { type: 'attribute' };
    await expect(
      openStore({ ...store, format }, { clients, region: 'us-east-1', needs: [] }),
    ).rejects.toMatchObject({ name: error });
  });
});
