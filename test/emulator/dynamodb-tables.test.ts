import { dynamoDbCalls } from '../support/dynamodb-calls.ts';

/** So many that a change which is carried out a moment after its answer is seen unfinished. */
const MANY = Array.from({ length: 50 }, (_, index) => `Table${index}`);
const CAPACITY = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };

describe('a table of DynamoDB on loopback, to whoever has the answer', () => {
  function service() {
    const call = dynamoDbCalls();
    return async (operation: string, input: object) => (await call(operation, input)).output;
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
