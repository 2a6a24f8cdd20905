import { dynamoDbService } from '../../emulator/dynamodb/service.ts';
import { TableStreams } from '../../emulator/dynamodb/streams.ts';
import { EVERYTHING } from '../../emulator/protocol/authorization.ts';

/** So many that a change which is carried out a moment after its answer is seen unfinished. */
const MANY = Array.from({ length: 50 }, (_, index) => `Table${index}`);
const CAPACITY = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };

describe('a table of DynamoDB on loopback, to whoever has the answer', () => {
  /** Calls without a socket, so that nothing lies between an answer and the next request. */
  function service() {
    const tables = dynamoDbService(
      { use: () => undefined, choose: key => key },
      { streams: new TableStreams() },
    );
    return async (operation: string, input: object): Promise<Record<string, unknown>> => {
      const { body } = await tables.handle({
        method: 'POST',
        path: '/',
        query: new URLSearchParams(),
        headers: {
          host: 'dynamodb.eu-west-1.amazonaws.com',
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          authorization: `AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b`,
          'x-amz-date': '20260101T000000Z',
        },
        body: Buffer.from(JSON.stringify(input)),
        service: 'dynamodb',
        region: 'eu-west-1',
        caller: { accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/one' },
        iam: EVERYTHING,
        requestId: 'request',
      });
      return JSON.parse(String(body)) as Record<string, unknown>;
    };
  }
  const create = (TableName: string) => ({
    TableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    ProvisionedThroughput: CAPACITY,
  });

  it('is there as soon as CreateTable has answered', async () => {
    const call = service();
    for (const TableName of MANY) {
      expect(await call('CreateTable', create(TableName))).toMatchObject({
        TableDescription: { TableStatus: 'CREATING' },
      });
      expect(await call('PutItem', { TableName, Item: { id: { S: 'x' } } })).toEqual({});
    }
  });

  it('has its new capacity as soon as UpdateTable has answered', async () => {
    const call = service();
    await call('CreateTable', create('Table'));
    for (const units of MANY.keys()) {
      const ProvisionedThroughput = { ReadCapacityUnits: 6 + units, WriteCapacityUnits: 6 };
      expect(await call('UpdateTable', { TableName: 'Table', ProvisionedThroughput })).toMatchObject({
        TableDescription: { TableStatus: 'UPDATING' },
      });
      expect(await call('DescribeTable', { TableName: 'Table' })).toMatchObject({
        Table: { TableStatus: 'ACTIVE', ProvisionedThroughput },
      });
    }
  });

  it('is gone as soon as DeleteTable has answered, and its name is free', async () => {
    const call = service();
    for (const _ of MANY) {
      expect(await call('CreateTable', create('Table'))).toHaveProperty('TableDescription');
      expect(await call('DeleteTable', { TableName: 'Table' })).toMatchObject({
        TableDescription: { TableStatus: 'DELETING' },
      });
    }
  });
});
