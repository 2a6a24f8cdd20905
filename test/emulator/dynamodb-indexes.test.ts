import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  UpdateItemCommand,
  type AttributeValue,
  type QueryCommandInput,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { embedded, type Embedded } from '../support/embedded.ts';

const TableName = 'Table';
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' as const });
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' as const });
const projecting = (...NonKeyAttributes: string[]) => ({
  ProjectionType: 'INCLUDE' as const,
  NonKeyAttributes,
});
const ended = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
  await aws.dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [hash('id'), range('nr')],
      AttributeDefinitions: [
        ...['id', 'nr', 'sku'].map(AttributeName => ({ AttributeName, AttributeType: 'S' as const })),
        { AttributeName: 'bin', AttributeType: 'B' },
      ],
      GlobalSecondaryIndexes: [
        { IndexName: 'global', KeySchema: [hash('sku'), range('bin')], Projection: projecting('inside') },
      ],
      LocalSecondaryIndexes: [
        { IndexName: 'local', KeySchema: [hash('id'), range('sku')], Projection: projecting('inside') },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await put(ITEM);
});
afterAll(() => aws.stop());

const ITEM = {
  ...{ id: { S: 'a' }, nr: { S: '1' }, sku: { S: 's' }, bin: { B: Buffer.from('b') } },
  ...{ inside: { S: 'in' }, outside: { S: 'out' } },
};
const put = (Item: Record<string, AttributeValue>) =>
  aws.dynamodb.send(new PutItemCommand({ TableName, Item }));
const scan = (input: Partial<ScanCommandInput>) =>
  aws.dynamodb.send(new ScanCommand({ TableName, ...input }));
const query = (input: Partial<QueryCommandInput>, key = 'id = :v', value = 'a') =>
  aws.dynamodb.send(
    new QueryCommand({
      ...{ TableName, KeyConditionExpression: key, ExpressionAttributeValues: { ':v': { S: value } } },
      ...input,
    }),
  );

// API Reference, Query and Scan: Select, Segment, TotalSegments.
describe('a Query and a Scan', () => {
  const invalid = (words: string): unknown =>
    expect.stringMatching(new RegExp(`^ValidationException: .*${words}`, 'i'));

  it.each<[Partial<ScanCommandInput>, string]>([
    [{ Select: 'ALL_PROJECTED_ATTRIBUTES' }, 'IndexName'],
    [{ Select: 'SPECIFIC_ATTRIBUTES' }, 'Must specify the AttributesToGet or ProjectionExpression'],
    [{ Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'id' }, 'ProjectionExpression.*ALL_ATTRIBUTES'],
    [{ Select: 'COUNT', ProjectionExpression: 'id' }, 'ProjectionExpression.*Count'],
    [
      { Select: 'ALL_PROJECTED_ATTRIBUTES', IndexName: 'local', ProjectionExpression: 'id' },
      'ProjectionExpression',
    ],
  ])('refuse %j', async (input, words) => {
    expect(await ended(scan(input))).toEqual(invalid(words));
    expect(await ended(query(input as Partial<QueryCommandInput>))).toEqual(invalid(words));
  });

  it('select what their expressions say, and nothing else', async () => {
    const both = { Select: 'SPECIFIC_ATTRIBUTES', ProjectionExpression: 'id' } as const;
    expect((await scan(both)).Items).toEqual([{ id: { S: 'a' } }]);
    expect((await query({ Select: 'COUNT' })).Items).toBeUndefined();
  });

  it('of segments names one, and how many there are', async () => {
    expect(await ended(scan({ Segment: 0 }))).toEqual(invalid('total ?segment'));
    expect(await ended(scan({ TotalSegments: 1 }))).toEqual(invalid('segment'));
    expect(await ended(scan({ Segment: 0, TotalSegments: 1_000_001 }))).toEqual(invalid('1000000'));
    expect(await ended(scan({ Segment: 0, TotalSegments: 1_000_000 }))).toBe('done');
  });

  // Developer Guide, "Using Global Secondary Indexes" and "Local Secondary Indexes".
  it('of a global index are not consistent, and show what it projects alone', async () => {
    const global = { IndexName: 'global' };
    const bySku = (input: object) => query({ ...global, ...input }, 'sku = :v', 's');
    for (const read of [(input: object) => scan({ ...global, ...input }), bySku]) {
      expect(await ended(read({ ConsistentRead: true }))).toEqual(invalid('consistent read'));
      expect(await ended(read({ ProjectionExpression: 'inside, outside' }))).toEqual(
        invalid('global does not project \\[outside\\]'),
      );
      const { outside: _, ...projected } = ITEM;
      expect((await read({})).Items).toEqual([{ ...projected, bin: { B: new Uint8Array(ITEM.bin.B) } }]);
      expect((await read({ ProjectionExpression: 'inside' })).Items).toEqual([{ inside: { S: 'in' } }]);
    }
  });

  it('of a local index may be consistent, and fetch from the table what they ask for', async () => {
    const local = { IndexName: 'local', ConsistentRead: true };
    for (const read of [scan, query]) {
      const shown = await read({ ...local, ProjectionExpression: 'inside, outside' });
      expect(shown.Items).toEqual([{ inside: { S: 'in' }, outside: { S: 'out' } }]);
      expect((await read(local)).Items?.[0]).not.toHaveProperty('outside');
      expect((await read({ ...local, Select: 'ALL_ATTRIBUTES' })).Items?.[0]).toHaveProperty('outside');
    }
  });
});

// Developer Guide, "Quotas": keys of tables and of indexes have the same limits, and are not empty.
describe('a key of an index', () => {
  const empty = expect.stringMatching(/^ValidationException: .*cannot contain an empty/);
  const large = expect.stringMatching(/^ValidationException: .*size limit/i);
  const writes: readonly [string, (item: Record<string, AttributeValue>) => Promise<unknown>][] = [
    ['PutItem', put],
    [
      'BatchWriteItem',
      Item =>
        aws.dynamodb.send(
          new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } }),
        ),
    ],
    [
      'UpdateItem',
      ({ id, nr, ...others }) =>
        aws.dynamodb.send(
          new UpdateItemCommand({
            ...{ TableName, Key: { id: id as AttributeValue, nr: nr as AttributeValue } },
            UpdateExpression: `SET ${Object.keys(others)
              .map(name => `${name} = :${name}`)
              .join(', ')}`,
            ExpressionAttributeValues: Object.fromEntries(
              Object.entries(others).map(([name, value]) => [`:${name}`, value]),
            ),
          }),
        ),
    ],
    [
      'UpdateItem, in the legacy form,',
      ({ id, nr, ...others }) =>
        aws.dynamodb.send(
          new UpdateItemCommand({
            ...{ TableName, Key: { id: id as AttributeValue, nr: nr as AttributeValue } },
            AttributeUpdates: Object.fromEntries(
              Object.entries(others).map(([name, Value]) => [name, { Action: 'PUT', Value }]),
            ),
          }),
        ),
    ],
  ];

  it.each(writes)('is neither empty nor too large for %s', async (_, write) => {
    const key = { id: { S: 'k' }, nr: { S: '1' } };
    const tried = (item: Record<string, AttributeValue>) => ended(write({ ...key, ...item }));
    expect(await tried({ sku: { S: '' } })).toEqual(empty);
    expect(await tried({ bin: { B: Buffer.alloc(0) } })).toEqual(empty);
    expect(await tried({ bin: { B: Buffer.alloc(1_025) } })).toEqual(large);
    expect(await tried({ sku: { S: 'x'.repeat(2_049) } })).toEqual(large);
    expect(await tried({ sku: { S: 'x'.repeat(1_024) }, bin: { B: Buffer.alloc(1_024) } })).toBe('done');
    expect(await tried({ outside: { S: '' } })).toBe('done');
  });
});

// API Reference: TableName takes an Amazon Resource Name as well.
it('a table is named by its ARN as by its name', async () => {
  const { Table } = await aws.dynamodb.send(new DescribeTableCommand({ TableName }));
  const arn = Table!.TableArn!;
  const Key = { id: { S: 'a' }, nr: { S: '1' } };
  const described = await aws.dynamodb.send(new DescribeTableCommand({ TableName: arn }));
  expect(described.Table?.TableName).toBe(TableName);
  expect((await scan({ TableName: arn, IndexName: 'local' })).Count).toBeGreaterThan(0);
  await aws.dynamodb.send(new PutItemCommand({ TableName: arn, Item: { id: { S: 'arn' }, nr: { S: '1' } } }));
  const { Responses } = await aws.dynamodb.send(
    new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: arn, Key } }] }),
  );
  expect(Responses?.[0]?.Item?.['inside']).toEqual({ S: 'in' });
  const batch = await aws.dynamodb.send(
    new BatchGetItemCommand({ RequestItems: { [arn]: { Keys: [Key] } } }),
  );
  expect(Object.values(batch.Responses ?? {})).toMatchObject([[{ inside: { S: 'in' } }]]);
  expect(await ended(scan({ TableName: `${arn}s` }))).toMatch(/^ResourceNotFoundException/);
});
