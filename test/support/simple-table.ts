import { CreateTableCommand, type DynamoDBClient, type SSESpecification } from '@aws-sdk/client-dynamodb';

/** A table on demand whose only key is a text, `id`. */
export async function simpleTable(
  dynamodb: DynamoDBClient,
  TableName: string,
  encryption?: SSESpecification,
): Promise<void> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...(encryption !== undefined && { SSESpecification: encryption }),
    }),
  );
}
