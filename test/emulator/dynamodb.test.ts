import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TagResourceCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

describe('DynamoDB on loopback', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await createTable(aws.dynamodb);
  });
  afterAll(() => aws.stop());

  const createTable = (client: DynamoDBClient) =>
    client.send(
      new CreateTableCommand({
        TableName: 'Table',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );

  const swap = (before: string, after: string) =>
    aws.dynamodb.send(
      new UpdateItemCommand({
        TableName: 'Table',
        Key: { id: { S: 'x' } },
        UpdateExpression: 'SET edk = :new',
        ConditionExpression: 'edk = :old',
        ExpressionAttributeValues: { ':new': { B: Buffer.from(after) }, ':old': { B: Buffer.from(before) } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );

  it('writes conditionally, and shows the item if the condition failed', async () => {
    await aws.dynamodb.send(
      new PutItemCommand({ TableName: 'Table', Item: { id: { S: 'x' }, edk: { B: Buffer.from('one') } } }),
    );
    await swap('one', 'two');
    const error = await swap('one', 'three').catch(
      (caught: unknown) => caught as { name: string; Item?: { edk: { B: Uint8Array } } },
    );
    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(Buffer.from((error as { Item: { edk: { B: Uint8Array } } }).Item.edk.B).toString()).toBe('two');
  });

  it('shows the item of a condition that failed, or nothing', async () => {
    const show = (ReturnValuesOnConditionCheckFailure: string) =>
      errorName(
        aws.dynamodb.send(
          new PutItemCommand({
            ...{ TableName: 'Table', Item: { id: { S: 'shown' } } },
            ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure as 'ALL_OLD',
          }),
        ),
      );
    for (const right of ['ALL_OLD', 'NONE']) expect(await show(right)).toBe('none');
    for (const wrong of ['ALL_NEW', 'all_old', '']) expect(await show(wrong)).toBe('ValidationException');
  });

  it('lets only one of many concurrent writers win', async () => {
    await aws.dynamodb.send(
      new PutItemCommand({ TableName: 'Table', Item: { id: { S: 'x' }, edk: { B: Buffer.from('start') } } }),
    );
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => errorName(swap('start', `writer ${index}`))),
    );
    expect(results.filter(result => result === 'none')).toHaveLength(1);
  });

  describe('refuses an expression', () => {
    const update = (UpdateExpression: string, ConditionExpression = 'attribute_exists(id)') =>
      aws.dynamodb
        .send(
          new UpdateItemCommand({
            TableName: 'Table',
            Key: { id: { S: 'limits' } },
            ...{ UpdateExpression, ConditionExpression },
            ExpressionAttributeValues: { ':v': { S: 'x' } },
          }),
        )
        .then(
          () => 'none',
          (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
        );
    const padded = (bytes: number): string => `SET ${'a'.repeat(bytes - 'SET  = :v'.length)} = :v`;
    const holds = (comparisons: number): string =>
      Array.from({ length: comparisons }, () => 'id = :v').join(' AND ');

    it('of more than 4,096 bytes', async () => {
      expect(await update(padded(4_096))).toMatch(/^ConditionalCheckFailedException/);
      expect(await update(padded(4_097))).toBe(
        'ValidationException: Invalid UpdateExpression: Expression size has exceeded the maximum allowed size; expression size: 4097',
      );
    });

    it('of more than 300 operators, not counting the = of a SET', async () => {
      expect(await update('SET a = :v', holds(150))).toMatch(/^ConditionalCheckFailedException/);
      expect(await update('SET a = :v', `attribute_exists(id) AND ${holds(150)}`)).toBe(
        'ValidationException: Invalid ConditionExpression: The expression contains too many operators; operator count: 301',
      );
      const assignments = Array.from({ length: 310 }, (_, index) => `a${index} = :v`).join(', ');
      expect(await update(`SET ${assignments}`)).toMatch(/^ConditionalCheckFailedException/);
    });
  });

  it('keeps Regions and accounts apart, and names both in ARNs', async () => {
    const other = new DynamoDBClient({
      endpoint: aws.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: '444455556666', secretAccessKey: 'x' },
    });
    expect(await errorName(other.send(new DescribeTableCommand({ TableName: 'Table' })))).toBe(
      'ResourceNotFoundException',
    );
    await createTable(other);
    expect((await other.send(new DescribeTableCommand({ TableName: 'Table' }))).Table?.TableArn).toBe(
      'arn:aws:dynamodb:eu-west-1:444455556666:table/Table',
    );
    expect(
      (await other.send(new GetItemCommand({ TableName: 'Table', Key: { id: { S: 'x' } } }))).Item,
    ).toBeUndefined();
    other.destroy();
  });

  it.each([[{ Key: 'team' }], [{ Key: '', Value: 'x' }]])('refuses the tag %j', async tag => {
    const { Table } = await aws.dynamodb.send(new DescribeTableCommand({ TableName: 'Table' }));
    const Tags = [tag as { readonly Key: string; readonly Value: string }];
    expect(
      await errorName(aws.dynamodb.send(new TagResourceCommand({ ResourceArn: Table?.TableArn, Tags }))),
    ).toBe('ValidationException');
  });

  it('answers about backups of tables that exist', async () => {
    expect(
      await errorName(aws.dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: 'Table' }))),
    ).toBe('none');
    expect(
      await errorName(aws.dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: 'missing' }))),
    ).toBe('ResourceNotFoundException');
  });

  it('refuses a value whose type differs from that of an index key', async () => {
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: 'Indexed',
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: ['id', 'at', 'ver', 'sku'].map(AttributeName => ({
          AttributeName,
          AttributeType: AttributeName === 'ver' ? 'N' : 'S',
        })),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-ver',
            KeySchema: [{ AttributeName: 'ver', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        LocalSecondaryIndexes: [
          {
            IndexName: 'by-sku',
            KeySchema: [
              { AttributeName: 'id', KeyType: 'HASH' },
              { AttributeName: 'sku', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const update = (name: string) =>
      aws.dynamodb.send(
        new UpdateItemCommand({
          TableName: 'Indexed',
          Key: { id: { S: 'x' }, at: { S: '1' } },
          UpdateExpression: `SET ${name} = :text`,
          ExpressionAttributeValues: { ':text': { S: 'text' } },
        }),
      );
    await expect(update('ver')).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Type mismatch for Index Key ver Expected: N Actual: S'),
    });
    await update('sku');
    await update('more');
  });
});
