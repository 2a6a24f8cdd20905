import {
  BatchExecuteStatementCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  type StreamViewType,
} from '@aws-sdk/client-dynamodb';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const TableName = 'Table';

describe('the stream of a table on loopback', () => {
  let aws: Embedded;

  beforeEach(async () => (aws = await embedded()));
  afterEach(() => aws.stop());

  async function create(StreamViewType: StreamViewType = 'KEYS_ONLY'): Promise<string> {
    const { TableDescription } = await aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType },
      }),
    );
    return TableDescription!.LatestStreamArn!;
  }
  const put = (id: string, text = 'a') =>
    aws.dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id }, text: { S: text } } }));
  const told = (arn: string) =>
    aws.aws.streamed.streams
      .read(arn, 0, 100)
      ?.map(({ eventName, dynamodb }) => `${eventName} ${dynamodb.Keys['id']!['S'] as string}`);

  it('is told by the description of its table, also when it is switched on later and off again', async () => {
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const describe = async () => (await aws.dynamodb.send(new DescribeTableCommand({ TableName }))).Table!;
    expect((await describe()).LatestStreamArn).toBeUndefined();
    const specify = (StreamSpecification: { StreamEnabled: boolean; StreamViewType?: StreamViewType }) =>
      aws.dynamodb.send(new UpdateTableCommand({ TableName, StreamSpecification }));
    await specify({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' });
    const { LatestStreamArn, LatestStreamLabel, StreamSpecification } = await describe();
    expect(LatestStreamArn).toBe(
      `arn:aws:dynamodb:us-east-1:111122223333:table/Table/stream/${LatestStreamLabel}`,
    );
    expect(StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' });
    expect(await errorName(specify({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }))).toBe(
      'ValidationException',
    );
    await specify({ StreamEnabled: false });
    await put('after');
    expect([(await describe()).StreamSpecification, told(LatestStreamArn!)]).toEqual([undefined, []]);
  });

  it('has a record for each write that changes an item, in their order, and none for one that changes nothing', async () => {
    const arn = await create();
    await put('1');
    await put('1');
    await put('1', 'b');
    await aws.dynamodb.send(
      new UpdateItemCommand({
        ...{ TableName, Key: { id: { S: '2' } }, UpdateExpression: 'SET n = :n' },
        ExpressionAttributeValues: { ':n': { N: '1' } },
      }),
    );
    await aws.dynamodb.send(new DeleteItemCommand({ TableName, Key: { id: { S: '1' } } }));
    await aws.dynamodb.send(new DeleteItemCommand({ TableName, Key: { id: { S: '1' } } }));
    expect(told(arn)).toEqual(['INSERT 1', 'MODIFY 1', 'INSERT 2', 'REMOVE 1']);
    const sequence = aws.aws.streamed.streams.read(arn, 0, 9)!.map(({ dynamodb }) => dynamodb.SequenceNumber);
    expect(sequence).toEqual([...sequence].sort());
  });

  it('has records of batches and transactions, and none of a write that was refused', async () => {
    const arn = await create();
    const Item = (id: string) => ({ id: { S: id } });
    await aws.dynamodb.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [TableName]: [{ PutRequest: { Item: Item('1') } }, { PutRequest: { Item: Item('2') } }],
        },
      }),
    );
    const ConditionExpression = 'attribute_not_exists(id)';
    const put = (id: string) => ({
      Put: { TableName, Item: { ...Item(id), n: { N: '1' } }, ConditionExpression },
    });
    const transact = (...ids: string[]) =>
      errorName(aws.dynamodb.send(new TransactWriteItemsCommand({ TransactItems: ids.map(put) })));
    expect(await transact('3', '1')).toBe('TransactionCanceledException');
    expect(await transact('3', '4')).toBe('none');
    expect(told(arn)).toEqual(['INSERT 1', 'INSERT 2', 'INSERT 3', 'INSERT 4']);
  });

  it('has a record of each statement of a batch that changes an item, and none of one whose condition fails', async () => {
    const arn = await create();
    await put('1');
    await put('2');
    const statement = (id: string, text: string) => ({
      Statement: `UPDATE "${TableName}" SET "text" = ? WHERE "id" = ? AND "text" = ?`,
      Parameters: [{ S: 'b' }, { S: id }, { S: text }],
    });
    const Statements = [statement('1', 'a'), statement('2', 'other')];
    const { Responses } = await aws.dynamodb.send(new BatchExecuteStatementCommand({ Statements }));
    expect(Responses!.map(({ Error: error }) => error?.Code)).toEqual([undefined, 'ConditionalCheckFailed']);
    expect(told(arn)).toEqual(['INSERT 1', 'INSERT 2', 'MODIFY 1']);
  });

  it('shows of an item what its view type says', async () => {
    const arn = await create('NEW_AND_OLD_IMAGES');
    await put('1');
    await put('1', 'b');
    expect(aws.aws.streamed.streams.read(arn, 1, 1)).toMatchObject([
      {
        ...{ eventSource: 'aws:dynamodb', awsRegion: 'us-east-1', eventSourceARN: arn },
        dynamodb: {
          ...{ Keys: { id: { S: '1' } }, StreamViewType: 'NEW_AND_OLD_IMAGES' },
          OldImage: { text: { S: 'a' } },
          NewImage: { text: { S: 'b' } },
        },
      },
    ]);
  });
});
