import { paginateQuery, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A partition of the ledger table, or those of its items whose sort keys begin with something. */
type Part = string | { readonly partition: string; readonly beginsWith: string };

/** Every item of a partition of the ledger table, read strongly consistently over all pages. */
export async function* queryPartition(
  client: DynamoDBClient,
  table: string,
  part: Part,
): AsyncGenerator<Record<string, AttributeValue>> {
  const { partition, beginsWith } = typeof part === 'string' ? { partition: part, beginsWith: '' } : part;
  const query = {
    TableName: table,
    KeyConditionExpression: `run = :partition${beginsWith === '' ? '' : ' AND begins_with(#item, :begin)'}`,
    // ITEM is a reserved word of DynamoDB.
    ...(beginsWith !== '' && { ExpressionAttributeNames: { '#item': 'item' } }),
    ExpressionAttributeValues: {
      ':partition': { S: partition },
      ...(beginsWith !== '' && { ':begin': { S: beginsWith } }),
    },
    ConsistentRead: true,
  };
  for await (const { Items } of paginateQuery({ client }, query)) yield* Items ?? [];
}
