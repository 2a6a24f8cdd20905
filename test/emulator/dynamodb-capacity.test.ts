import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  type ConsumedCapacity,
} from '@aws-sdk/client-dynamodb';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { simpleTable } from '../support/simple-table.ts';

/** An item of so many bytes in all: `id` and `pad` are 5, the key one more. */
const sized = (id: string, bytes: number) => ({
  id: { S: id },
  pad: { S: 'x'.repeat(bytes - 5 - id.length) },
});
const TOTAL = { ReturnConsumedCapacity: 'TOTAL' } as const;

describe('the capacity that the embedded DynamoDB reports', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await simpleTable(aws.dynamodb, 'Table');
    for (const [id, bytes] of [
      ['a', 1_024],
      ['b', 1_025],
      ['c', 4_097],
    ] as const)
      await aws.dynamodb.send(new PutItemCommand({ TableName: 'Table', Item: sized(id, bytes) }));
  });
  afterAll(() => aws.stop());

  const unitsOf = (capacity: ConsumedCapacity | readonly ConsumedCapacity[] | undefined) =>
    [capacity ?? []].flat().map(({ CapacityUnits }) => CapacityUnits);
  const key = (id: string) => ({ TableName: 'Table', Key: { id: { S: id } } });
  const update = (id: string) => ({
    ...key(id),
    UpdateExpression: 'SET n = :n',
    ExpressionAttributeValues: { ':n': { N: '1' } },
  });

  it.each([
    ['a', 2],
    ['b', 2],
    ['c', 5],
  ])('counts a write by each KB of the whole item %s, however little changes', async (id, units) => {
    const { ConsumedCapacity } = await aws.dynamodb.send(new UpdateItemCommand({ ...update(id), ...TOTAL }));
    expect(unitsOf(ConsumedCapacity)).toEqual([units]);
  });

  it.each([
    [false, 1],
    [true, 2],
  ])('counts a read of 4,1 KB, consistent %s, as %d', async (ConsistentRead, units) => {
    const { ConsumedCapacity } = await aws.dynamodb.send(
      new GetItemCommand({ ...key('c'), ConsistentRead, ...TOTAL }),
    );
    expect(unitsOf(ConsumedCapacity)).toEqual([units]);
  });

  it('rounds the sum of a scan, and each item of a batch', async () => {
    const scan = await aws.dynamodb.send(
      new ScanCommand({ TableName: 'Table', ConsistentRead: true, ...TOTAL }),
    );
    // 1,024 + 1,025 + 4,097 bytes and what was added are 6.1 KB: two units, and not one, one and two.
    expect(unitsOf(scan.ConsumedCapacity)).toEqual([2]);
    const Keys = ['a', 'b', 'c'].map(id => key(id).Key);
    const batch = await aws.dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { Table: { Keys, ConsistentRead: true } }, ...TOTAL }),
    );
    expect(unitsOf(batch.ConsumedCapacity)).toEqual([4]);
  });

  it('counts every item of a transaction twice', async () => {
    const written = await aws.dynamodb.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Update: update('b') },
          { ConditionCheck: { ...key('none'), ConditionExpression: 'attribute_not_exists(id)' } },
        ],
        ...TOTAL,
      }),
    );
    expect(written.ConsumedCapacity).toEqual([
      { TableName: 'Table', CapacityUnits: 6, WriteCapacityUnits: 6 },
    ]);
    const read = await aws.dynamodb.send(
      new TransactGetItemsCommand({ TransactItems: [{ Get: key('c') }], ...TOTAL }),
    );
    expect(unitsOf(read.ConsumedCapacity)).toEqual([4]);
  });

  it('counts a batch of statements by table, failed ones included, unless all of them fail', async () => {
    const statement = (id: string, condition = '') => ({
      Statement: `UPDATE "Table" SET n=? WHERE id=?${condition}`,
      Parameters: [{ N: '1' }, { S: id }],
    });
    const batch = async (...Statements: ReturnType<typeof statement>[]) => {
      const command = new BatchExecuteStatementCommand({ Statements, ...TOTAL });
      return unitsOf((await aws.dynamodb.send(command)).ConsumedCapacity);
    };
    const fails = ' AND pad IS MISSING';
    expect(await batch(statement('b'), statement('c', fails))).toEqual([7]);
    expect(await batch(statement('b', fails), statement('c', fails))).toEqual([]);
  });

  it('says nothing of it to those who do not ask', async () => {
    const { ConsumedCapacity } = await aws.dynamodb.send(new GetItemCommand(key('a')));
    expect(ConsumedCapacity).toBeUndefined();
  });
});

describe('a table with provisioned capacity in the embedded DynamoDB', () => {
  let aws: Embedded;
  let now = 0;
  beforeAll(async () => {
    aws = await embedded({ now: () => now });
  });
  afterAll(() => aws.stop());

  let tables = 0;
  const provisioned = async (): Promise<string> => {
    const TableName = `Table-${++tables}`;
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 10 },
      }),
    );
    return TableName;
  };
  const put = (TableName: string, { id = 'x', bytes = 100 } = {}) =>
    errorName(aws.dynamodb.send(new PutItemCommand({ TableName, Item: sized(id, bytes) })));
  /** How many writes it takes before it throttles; of one unit, unless they are larger. */
  const taken = async (TableName: string, bytes?: number): Promise<number> => {
    for (let count = 0; ; count++) {
      const error = await put(TableName, { id: 'y', ...(bytes !== undefined && { bytes }) });
      if (error === 'ProvisionedThroughputExceededException') return count;
      expect(error).toBe('none');
    }
  };

  it('takes what it has in a second, and throttles then', async () => {
    const table = await provisioned();
    expect(await taken(table)).toBe(10);
    now += 500;
    expect(await taken(table)).toBe(5);
  });

  it('keeps what nobody used for five minutes, and not longer', async () => {
    const table = await provisioned();
    now += 3_600_000;
    // 300 seconds of 10 units are 30 writes of 100 units.
    expect(await taken(table, 100 * 1_024)).toBe(30);
  });

  it('lets a large write in that it has not all units for, and then nobody until that is paid', async () => {
    const table = await provisioned();
    expect(await put(table, { bytes: 30 * 1_024 })).toBe('none');
    now += 2_000;
    expect(await put(table)).toBe('ProvisionedThroughputExceededException');
    now += 100;
    expect(await put(table)).toBe('none');
  });

  it('counts reads apart from writes, and a failed condition like a write', async () => {
    const table = await provisioned();
    expect(await put(table, { bytes: 4 * 1_024 })).toBe('none');
    const failing = new UpdateItemCommand({
      TableName: table,
      Key: { id: { S: 'x' } },
      UpdateExpression: 'SET n = :n',
      ConditionExpression: 'attribute_not_exists(id)',
      ExpressionAttributeValues: { ':n': { N: '1' } },
    });
    expect(await errorName(aws.dynamodb.send(failing))).toBe('ConditionalCheckFailedException');
    expect(await taken(table)).toBe(2);
    const read = () => errorName(aws.dynamodb.send(new ScanCommand({ TableName: table })));
    // The two items are 4.2 KB: a unit if read eventually consistent.
    for (let count = 0; count < 5; count++) expect(await read()).toBe('none');
    expect(await read()).toBe('ProvisionedThroughputExceededException');
  });

  it('throttles each statement of a batch that it has no units for', async () => {
    const table = await provisioned();
    expect(await put(table, { bytes: 100 })).toBe('none');
    expect(await put(table, { id: 'z', bytes: 8_200 })).toBe('none');
    now += 100;
    const Statements = ['x', 'z'].map(id => ({
      Statement: `UPDATE "${table}" SET n=? WHERE id=?`,
      Parameters: [{ N: '1' }, { S: id }],
    }));
    const { Responses } = await aws.dynamodb.send(new BatchExecuteStatementCommand({ Statements }));
    expect(Responses?.map(({ Error: failed }) => failed?.Code)).toEqual([
      undefined,
      'ProvisionedThroughputExceeded',
    ]);
  });

  it('cancels a transaction that it has no units for, and says of which item', async () => {
    const table = await provisioned();
    await taken(table);
    const error = await aws.dynamodb
      .send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: table, Item: sized('y', 100) } }],
        }),
      )
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'ProvisionedThroughputExceeded' }],
    });
  });

  it('is taken by a canceled transaction once for each item', async () => {
    const table = await provisioned();
    expect(await put(table, { bytes: 4 * 1_024 })).toBe('none');
    const guarded = {
      TableName: table,
      Item: sized('x', 100),
      ConditionExpression: 'attribute_not_exists(id)',
    };
    const canceled = new TransactWriteItemsCommand({ TransactItems: [{ Put: guarded }] });
    expect(await errorName(aws.dynamodb.send(canceled))).toBe('TransactionCanceledException');
    expect(await taken(table)).toBe(2);
  });

  it('takes more as soon as it is given more, and anything on demand', async () => {
    const table = await provisioned();
    await taken(table);
    await aws.dynamodb.send(
      new UpdateTableCommand({
        TableName: table,
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 40 },
      }),
    );
    now += 1_000;
    expect(await taken(table)).toBe(40);
    await aws.dynamodb.send(new UpdateTableCommand({ TableName: table, BillingMode: 'PAY_PER_REQUEST' }));
    expect(await put(table)).toBe('none');
  });
});
