import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { DynamoDbRecords } from '../../lambda/adapters/dynamodb-records.ts';
import { S3Journal } from '../../lambda/adapters/journal.ts';
import { S3Records } from '../../lambda/adapters/s3-records.ts';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

/** Somebody else's transaction or conditional write is under way: the SDK does not ask again, we do. */
describe('a write that meets another one in progress', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  });
  afterAll(() => aws.stop());

  const conflict = (service: string, operation: string, error: string): void =>
    aws.aws.faults.inject({ service, operation, error, status: service === 's3' ? 409 : 400, count: 2 });

  it('is made to an item', async () => {
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: 'Orders',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await aws.dynamodb.send(
      new PutItemCommand({ TableName: 'Orders', Item: { id: { S: 'a' }, edk: { S: 'old' } } }),
    );
    const records = new DynamoDbRecords(aws.dynamodb, { name: 'Orders', keyNames: ['id'] });
    const [record] = await records.find([JSON.stringify({ id: { S: 'a' } })]);
    conflict('dynamodb', 'UpdateItem', 'TransactionConflictException');
    const edk = (value: string) => [{ path: ['edk'], value: { S: value } }];
    expect(
      await records.write(record!, { kind: 'item-change', expect: edk('old'), set: edk('new') }),
    ).toEqual({ kind: 'written' });
  });

  it('is made to an object', async () => {
    await aws.s3.send(
      new PutObjectCommand({ Bucket: 'bucket', Key: 'a', Body: 'x', Metadata: { edk: 'old' } }),
    );
    const records = new S3Records(aws.s3, { bucket: 'bucket', prefix: '', accessControlLists: false });
    const [record] = await records.find(['a']);
    conflict('s3', 'CopyObject', 'ConditionalRequestConflict');
    expect(
      await records.write(record!, { kind: 'object-change', expect: { edk: 'old' }, set: { edk: 'new' } }),
    ).toEqual({ kind: 'written' });
  });

  it('is made to the journal, once', async () => {
    const entry: OutcomeEntry = { schema: 2, store: 's', locator: 'l', slot: 'edk', outcome: 'foreign-key' };
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
