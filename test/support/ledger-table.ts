import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A table with the keys of the ledger, as lib/storage/ledger.ts deploys it. */
export async function createLedger(dynamodb: DynamoDBClient, TableName: string): Promise<string> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [
        { AttributeName: 'run', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['run', 'item'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return TableName;
}
