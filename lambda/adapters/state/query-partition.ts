import { paginateQuery, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Every item of a partition of the ledger table, read strongly consistently over all pages. */
export async function* queryPartition(
  client: DynamoDBClient,
  table: string,
  partition: string,
): AsyncGenerator<Record<string, AttributeValue>> {
  const query = {
    TableName: table,
    KeyConditionExpression: 'run = :partition',
    ExpressionAttributeValues: { ':partition': { S: partition } },
    ConsistentRead: true,
  };
  for await (const { Items } of paginateQuery({ client }, query)) yield* Items ?? [];
}
