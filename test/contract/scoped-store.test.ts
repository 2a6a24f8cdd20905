import { CreateTableCommand, PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { openStore } from '../../lambda/adapters/stores/registry.ts';
import type { RecordPart } from '../../lambda/core/model/format.ts';
import type { TableStore } from '../../lambda/core/stores/dynamodb/schema.ts';
import type { BucketStore } from '../../lambda/core/stores/s3/schema.ts';
import type { StoreRecord } from '../../lambda/core/model/record.ts';
import type { ScanRange } from '../../lambda/core/model/run.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded({ s3PageSize: 2 });
});
afterAll(() => aws.stop());

async function readAll(
  store: TableStore | BucketStore,
  range: ScanRange,
  needs: readonly RecordPart[] = [],
): Promise<readonly StoreRecord[]> {
  const clients = new AwsClients({ endpoint: aws.endpoint });
  const records = await openStore(store, { clients, region: 'us-east-1', needs });
  const all: StoreRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await records.readPage(range, {
      pageSize: 3,
      consistent: true,
      ...(cursor !== undefined && { cursor }),
    });
    all.push(...page.records);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
}

describe('a part of a table', () => {
  const table = 'Scoped';
  const format = { type: 'attribute', dataKey: 'edk' };
  const SEGMENT: ScanRange = { type: 'segment', segment: 0, totalSegments: 1 };
  beforeAll(async () => {
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'pending', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'pending',
            KeySchema: [{ AttributeName: 'pending', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    for (let index = 0; index < 12; index++) {
      const Item: Record<string, AttributeValue> = {
        id: { S: `i-${String(index).padStart(2, '0')}` },
        total: { N: String(index) },
        owner: { B: Buffer.from([index % 2]) },
        edk: { B: Buffer.from(`edk ${index}`) },
        ...(index % 4 === 0 && { pending: { S: 'yes' } }),
      };
      await aws.dynamodb.send(new PutItemCommand({ TableName: table, Item }));
    }
  });

  const idsOf = (records: readonly StoreRecord[]): readonly string[] =>
    records.map(record => (record.kind === 'item' ? (record.key['id'] as { S: string }).S : '')).sort();

  it('is what a filter with typed values returns, binary ones included', async () => {
    const filter = {
      expression: '#total > :low AND #owner = :owner',
      names: { '#total': 'total', '#owner': 'owner' },
      values: { ':low': { N: '6' }, ':owner': { B: Buffer.from([1]).toString('base64') } },
    };
    const records = await readAll({ type: 'dynamodb', table, format, scope: { filter } }, SEGMENT);
    expect(idsOf(records)).toEqual(['i-07', 'i-09', 'i-11']);
  });

  it('is what a sparse index holds, with the whole item of each', async () => {
    const records = await readAll({ type: 'dynamodb', table, format, scope: { index: 'pending' } }, SEGMENT);
    expect(idsOf(records)).toEqual(['i-00', 'i-04', 'i-08']);
    for (const record of records) expect(record).toHaveProperty('attributes.edk.B');
  });
});

describe('a part of a bucket', () => {
  const bucket = 'scoped';
  const format = { type: 'object-metadata', dataKey: 'edk' };
  beforeAll(async () => {
    await aws.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const Key of ['a/1.enc', 'a/2.txt', 'a/3.enc', 'b/1.enc', 'b/2.txt', 'c/1.enc', 'c/2.enc'])
      await aws.s3.send(
        new PutObjectCommand({ Bucket: bucket, Key, Body: Key, Tagging: `owner=${Key.charAt(0)}` }),
      );
  });

  const keysOf = async (scope: NonNullable<BucketStore['scope']>, range: ScanRange = { type: 'key-range' }) =>
    (await readAll({ type: 's3', bucket, prefix: '', format, scope }, range)).map(({ locator }) => locator);
  const FUTURE = '2100-01-01T00:00:00Z';

  it('is what ends with a suffix, even if some pages hold nothing', async () => {
    expect(await keysOf({ suffix: '.txt' })).toEqual(['a/2.txt', 'b/2.txt']);
  });

  it('is what starts with the prefix of the range', async () => {
    expect(await keysOf({ prefixes: ['b/'] }, { type: 'key-range', prefix: 'b/' })).toEqual([
      'b/1.enc',
      'b/2.txt',
    ]);
  });

  it('is what was modified after or before a time', async () => {
    expect(await keysOf({ modifiedAfter: FUTURE })).toEqual([]);
    expect(await keysOf({ modifiedBefore: FUTURE })).toHaveLength(7);
    expect(await keysOf({ modifiedAfter: '2000-01-01T00:00:00Z' })).toHaveLength(7);
  });

  it('comes with tags only if they are requested', async () => {
    const range: ScanRange = { type: 'key-range', prefix: 'b/' };
    const store: BucketStore = { type: 's3', bucket, prefix: '', format };
    expect(await readAll(store, range, ['tags'])).toMatchObject([
      { tags: { owner: 'b' } },
      { tags: { owner: 'b' } },
    ]);
    for (const record of await readAll(store, range)) expect(record).not.toHaveProperty('tags');
  });
});
