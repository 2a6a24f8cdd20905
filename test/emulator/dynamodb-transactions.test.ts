import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  type AttributeValue,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

interface Failure {
  readonly name: string;
  readonly message: string;
  readonly CancellationReasons?: readonly object[];
}

describe('a transaction of DynamoDB on loopback', () => {
  let aws: Embedded;
  let now = Date.parse('2026-01-01T00:00:00Z');

  beforeAll(async () => {
    aws = await embedded({ now: () => now });
    for (const TableName of ['Keys', 'Other'])
      await aws.dynamodb.send(
        new CreateTableCommand({
          TableName,
          KeySchema: [
            { AttributeName: 'id', KeyType: 'HASH' },
            { AttributeName: 'type', KeyType: 'RANGE' },
          ],
          AttributeDefinitions: ['id', 'type'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
          BillingMode: 'PAY_PER_REQUEST',
        }),
      );
  });
  afterAll(() => aws.stop());

  const keyOf = (type: string) => ({ id: { S: 'k' }, type: { S: type } });
  const item = (type: string, value: string) => ({ ...keyOf(type), value: { S: value } });
  const put = (type: string, value: string) =>
    aws.dynamodb.send(new PutItemCommand({ TableName: 'Keys', Item: item(type, value) }));
  const valueOf = async (type: string, TableName = 'Keys'): Promise<string | undefined> =>
    (await aws.dynamodb.send(new GetItemCommand({ TableName, Key: keyOf(type) }))).Item?.['value']?.S;
  const write = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
    aws.dynamodb.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));
  const failureOf = (call: Promise<unknown>): Promise<Failure> =>
    call.then(
      () => ({ name: 'none', message: '' }),
      (error: unknown) => error as Failure,
    );
  const checks = (type: string, value: string) => ({
    TableName: 'Keys',
    Key: keyOf(type),
    ConditionExpression: '#v = :v',
    ExpressionAttributeNames: { '#v': 'value' },
    ExpressionAttributeValues: { ':v': { S: value } },
  });
  const swaps = (type: string, from: string, to: string) => ({
    ...checks(type, from),
    UpdateExpression: 'SET #v = :to',
    ExpressionAttributeValues: { ':v': { S: from }, ':to': { S: to } },
  });

  it('carries out all of its actions, in several tables', async () => {
    await Promise.all([put('updated', 'a'), put('deleted', 'b'), put('checked', 'c')]);
    await write([
      { Update: swaps('updated', 'a', 'A') },
      { Delete: checks('deleted', 'b') },
      { ConditionCheck: checks('checked', 'c') },
      { Put: { TableName: 'Other', Item: item('put', 'd') } },
    ]);
    expect(await Promise.all(['updated', 'deleted', 'checked'].map(type => valueOf(type)))).toEqual([
      'A',
      undefined,
      'c',
    ]);
    expect(await valueOf('put', 'Other')).toBe('d');
  });

  it('changes nothing when a condition fails, and gives the reasons in order', async () => {
    await Promise.all([put('one', '1'), put('two', '2'), put('four', '4')]);
    const failure = await failureOf(
      write([
        { Update: swaps('one', '1', 'changed') },
        { Update: { ...swaps('two', 'not this', 'x'), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
        { Put: { TableName: 'Keys', Item: item('three', 'new') } },
        { Delete: checks('four', 'nor this') },
        { Put: { TableName: 'Keys', Item: item('five', 'new') } },
      ]),
    );
    expect(failure).toMatchObject({
      name: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, None, ConditionalCheckFailed, None]',
      CancellationReasons: [
        { Code: 'None' },
        {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          Item: { value: { S: '2' } },
        },
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed' },
        { Code: 'None' },
      ],
    });
    expect(failure.CancellationReasons?.[3]).not.toHaveProperty('Item');
    expect(await Promise.all(['one', 'two', 'three', 'four', 'five'].map(type => valueOf(type)))).toEqual([
      '1',
      '2',
      undefined,
      '4',
      undefined,
    ]);
  });

  it('leaves no trace of an item whose absence it checked', async () => {
    await write([
      {
        ConditionCheck: {
          TableName: 'Keys',
          Key: keyOf('absent'),
          ConditionExpression: 'attribute_not_exists(id)',
        },
      },
      { Put: { TableName: 'Keys', Item: item('beside', 'x') } },
    ]);
    const { Items = [] } = await aws.dynamodb.send(new ScanCommand({ TableName: 'Keys' }));
    expect(Items.map(({ type }) => type?.S)).not.toContain('absent');
  });

  it('counts a mistake that shows at the item as a reason, and any other as a refusal', async () => {
    await put('text', 'not a number');
    const adds = {
      TableName: 'Keys',
      Key: keyOf('text'),
      UpdateExpression: 'ADD #v :one',
      ExpressionAttributeNames: { '#v': 'value' },
      ExpressionAttributeValues: { ':one': { N: '1' } },
    };
    const first = { Put: { TableName: 'Keys', Item: item('first', 'x') } };
    expect(await failureOf(write([first, { Update: adds }]))).toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [
        { Code: 'None' },
        {
          Code: 'ValidationError',
          Message: 'An operand in the update expression has an incorrect data type',
        },
      ],
    });
    const wrongKey = { TableName: 'Keys', Key: { id: { S: 'k' } } };
    expect(await failureOf(write([first, { Delete: wrongKey }]))).toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ValidationError', Message: 'The provided key element does not match the schema' },
      ],
    });
    const nonsense = { ...adds, UpdateExpression: 'nonsense' };
    expect(await errorName(write([first, { Update: nonsense }]))).toBe('ValidationException');
    const elsewhere = { ...wrongKey, TableName: 'missing' };
    expect(await errorName(write([first, { Delete: elsewhere }]))).toBe('ResourceNotFoundException');
    expect(await valueOf('first')).toBeUndefined();
  });

  it('refuses no action, more than 100, two in one, and two on one item', async () => {
    const puts = (count: number): TransactWriteItem[] =>
      Array.from({ length: count }, (_, index) => ({
        Put: { TableName: 'Other', Item: item(`n${index}`, 'x') },
      }));
    expect(await errorName(write([]))).toBe('ValidationException');
    expect(await errorName(write(puts(101)))).toBe('ValidationException');
    const [two = {}] = puts(1);
    expect(await errorName(write([{ ...two, Delete: checks('one', '1') }]))).toBe('ValidationException');
    expect(
      await failureOf(write([...puts(1), { Delete: { TableName: 'Other', Key: keyOf('n0') } }])),
    ).toMatchObject({ message: 'Transaction request cannot include multiple operations on one item' });
    expect(await errorName(write(puts(100)))).toBe('none');
    expect(await valueOf('n99', 'Other')).toBe('x');
  });

  it('refuses more than 4 MB of items', async () => {
    const large = (count: number): TransactWriteItem[] =>
      Array.from({ length: count }, (_, index) => ({
        Put: { TableName: 'Other', Item: item(`large${index}`, 'x'.repeat(390_000)) },
      }));
    expect(await errorName(write(large(11)))).toBe('ValidationException');
    expect(await valueOf('large0', 'Other')).toBeUndefined();
    expect(await errorName(write(large(10)))).toBe('none');
  });

  it('has its effect once for each client token, for ten minutes', async () => {
    const add = (amount: string): TransactWriteItem[] => [
      {
        Update: {
          TableName: 'Keys',
          Key: keyOf('counter'),
          UpdateExpression: 'ADD amount :amount',
          ExpressionAttributeValues: { ':amount': { N: amount } },
        },
      },
    ];
    const counted = async (): Promise<AttributeValue | undefined> =>
      (await aws.dynamodb.send(new GetItemCommand({ TableName: 'Keys', Key: keyOf('counter') }))).Item?.[
        'amount'
      ];
    await write(add('1'), 'token');
    now += 600_000;
    await write(add('1'), 'token');
    expect(await counted()).toEqual({ N: '1' });
    expect(await errorName(write(add('2'), 'token'))).toBe('IdempotentParameterMismatchException');
    now += 1;
    await write(add('2'), 'token');
    expect(await counted()).toEqual({ N: '3' });
    expect(await errorName(write(add('1'), 't'.repeat(37)))).toBe('ValidationException');
  });

  it('may be tried again with its token after it was canceled', async () => {
    await put('again', 'before');
    const swap: TransactWriteItem[] = [{ Update: swaps('again', 'ready', 'done') }];
    expect(await errorName(write(swap, 'again'))).toBe('TransactionCanceledException');
    await put('again', 'ready');
    await write(swap, 'again');
    expect(await valueOf('again')).toBe('done');
  });

  it('is seen whole or not at all, and only one of many on an item wins', async () => {
    await Promise.all([put('left', '0'), put('right', '0')]);
    const pairs: Promise<unknown>[] = [];
    const outcomes = Array.from({ length: 10 }, (_, index) => {
      const both = ['left', 'right'].map(type => ({ Update: swaps(type, '0', `w${index}`) }));
      const written = errorName(write(both));
      pairs.push(
        aws.dynamodb
          .send(
            new TransactGetItemsCommand({
              TransactItems: ['left', 'right'].map(type => ({
                Get: { TableName: 'Keys', Key: keyOf(type) },
              })),
            }),
          )
          .then(({ Responses = [] }) => new Set(Responses.map(({ Item }) => Item?.['value']?.S)).size),
      );
      return written;
    });
    const names = await Promise.all(outcomes);
    expect(names.filter(name => name === 'none')).toHaveLength(1);
    expect(names.filter(name => name === 'TransactionCanceledException')).toHaveLength(9);
    expect(new Set(await Promise.all(pairs))).toEqual(new Set([1]));
    expect(await valueOf('left')).toBe(await valueOf('right'));
  });

  it('reads items in order, with gaps where there are none', async () => {
    await put('read', 'r');
    const get = (type: string, more = {}) => ({ Get: { TableName: 'Keys', Key: keyOf(type), ...more } });
    const { Responses } = await aws.dynamodb.send(
      new TransactGetItemsCommand({
        TransactItems: [get('nobody'), get('read', { ProjectionExpression: 'id' })],
      }),
    );
    expect(Responses).toEqual([{}, { Item: { id: { S: 'k' } } }]);
    const missing = { Get: { TableName: 'missing', Key: keyOf('x') } };
    expect(
      await errorName(aws.dynamodb.send(new TransactGetItemsCommand({ TransactItems: [missing] }))),
    ).toBe('ResourceNotFoundException');
  });

  it('fails as a fault says, without an effect', async () => {
    aws.aws.faults.inject({
      service: 'dynamodb',
      operation: 'TransactWriteItems',
      error: 'TransactionInProgressException',
      count: 1,
    });
    const once: TransactWriteItem[] = [{ Put: { TableName: 'Keys', Item: item('faulty', 'x') } }];
    expect(await errorName(write(once))).toBe('TransactionInProgressException');
    expect(await valueOf('faulty')).toBeUndefined();
    await write(once);
    expect(await valueOf('faulty')).toBe('x');
  });

  it('shows the item that a single conditional put found', async () => {
    await put('there', 'old');
    const failure = await failureOf(
      aws.dynamodb.send(
        new PutItemCommand({
          TableName: 'Keys',
          Item: item('there', 'new'),
          ConditionExpression: 'attribute_not_exists(id)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    expect(failure).toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { value: { S: 'old' } },
    });
  });
  it('asks IAM for the action of each member, in a transaction', async () => {
    const Resource = 'arn:aws:dynamodb:us-east-1:111122223333:table/*';
    const clientOf = (name: string, statement: object): DynamoDBClient => {
      const Statement = [{ Effect: 'Allow', Resource, ...statement }];
      const credentials = aws.aws.createUser(name, [{ Version: '2012-10-17', Statement }]);
      return new DynamoDBClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
    };
    const absent = { TableName: 'Keys', Key: keyOf('q'), ConditionExpression: 'attribute_not_exists(id)' };
    const TransactItems: TransactWriteItem[] = [
      { Put: { TableName: 'Other', Item: item('permitted', 'x') } },
      { ConditionCheck: absent },
    ];
    const outcomes: string[] = [];
    const only = { 'dynamodb:EnclosingOperation': 'TransactWriteItems' };
    for (const [name, statement] of [
      ['all', { Action: ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'] }],
      ['no-check', { Action: ['dynamodb:PutItem', 'dynamodb:TransactWriteItems'] }],
      ['elsewhere', { Action: 'dynamodb:*', Resource: `${Resource.slice(0, -1)}Keys` }],
      ['enclosed', { Action: 'dynamodb:*', Condition: { StringEquals: only } }],
    ] as const) {
      const client = clientOf(name, statement);
      outcomes.push(await errorName(client.send(new TransactWriteItemsCommand({ TransactItems }))));
      const alone = new PutItemCommand({ TableName: 'Other', Item: item('alone', 'x') });
      if (name === 'enclosed') outcomes.push(await errorName(client.send(alone)));
      client.destroy();
    }
    const denied = 'AccessDeniedException';
    expect(outcomes).toEqual(['none', denied, denied, 'none', denied]);
  });
});
