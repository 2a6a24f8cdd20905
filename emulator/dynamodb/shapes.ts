/** The shape of a member of a request, as the API Reference has it. */
export type Shape =
  | { readonly kind: 'string' | 'boolean' | 'unchecked' }
  | { readonly kind: 'one of'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'list' | 'map'; readonly of: () => Shape }
  | { readonly kind: 'structure'; readonly members: Readonly<Record<string, Shape>> };

const string: Shape = { kind: 'string' };
const boolean: Shape = { kind: 'boolean' };
const unchecked: Shape = { kind: 'unchecked' };
/** What a write shows of an item whose condition failed. */
const shownOnFailure: Shape = {
  ...{ kind: 'one of', name: 'returnValuesOnConditionCheckFailure' },
  values: ['ALL_OLD', 'NONE'],
};
const list = (of: Shape): Shape => ({ kind: 'list', of: () => of });
const map = (of: Shape): Shape => ({ kind: 'map', of: () => of });
const structure = (members: Readonly<Record<string, Shape>>): Shape => ({ kind: 'structure', members });

/** dynalite looks at the bytes, and at what it takes for a truth value. */
const attribute: Shape = structure({
  ...{ S: string, N: string, B: string, SS: list(string), NS: list(string), BS: list(string) },
  ...{ BOOL: unchecked, NULL: unchecked },
  L: { kind: 'list', of: () => attribute },
  M: { kind: 'map', of: () => attribute },
});

const attributes = map(attribute);
const conditions = map(structure({ Value: attribute, AttributeValueList: list(attribute) }));

/** What single operations, and the actions of batches and transactions, say of an item. */
const ofItem: Readonly<Record<string, Shape>> = {
  ...{ TableName: string, Key: attributes, Item: attributes },
  ...{ ConditionExpression: string, UpdateExpression: string, ProjectionExpression: string },
  ...{ ExpressionAttributeNames: map(string), ExpressionAttributeValues: attributes },
  ReturnValuesOnConditionCheckFailure: shownOnFailure,
};
const action = structure(ofItem);
const throughput = structure({ ReadCapacityUnits: unchecked, WriteCapacityUnits: unchecked });
const tag = structure({ Key: string, Value: string });

/** A member of one name has one shape in all operations, but for `RequestItems`. */
const ofAll: Readonly<Record<string, Shape>> = {
  ...ofItem,
  ...{ ResourceArn: string, IndexName: string, ClientRequestToken: string, BillingMode: string },
  ...{ KeyConditionExpression: string, FilterExpression: string, ReturnConsumedCapacity: string },
  ...{ Expected: conditions, AttributeUpdates: conditions, KeyConditions: conditions },
  ...{ QueryFilter: conditions, ScanFilter: conditions, ExclusiveStartKey: attributes },
  ...{ AttributesToGet: list(string), TagKeys: list(string), Tags: list(tag) },
  ...{ ProvisionedThroughput: throughput, GlobalSecondaryIndexUpdates: list(structure({})) },
  SSESpecification: structure({ Enabled: boolean, SSEType: string, KMSMasterKeyId: string }),
  StreamSpecification: structure({ StreamEnabled: boolean, StreamViewType: string }),
  TimeToLiveSpecification: structure({ Enabled: boolean, AttributeName: string }),
  TransactItems: list(
    structure({ ConditionCheck: action, Put: action, Update: action, Delete: action, Get: action }),
  ),
  Statements: list(
    structure({
      ...{ Statement: string, Parameters: list(attribute) },
      ReturnValuesOnConditionCheckFailure: shownOnFailure,
    }),
  ),
};

const keysOfTable = structure({ ...ofItem, Keys: list(attributes), AttributesToGet: list(string) });
const writesOfTable = list(structure({ PutRequest: action, DeleteRequest: action }));

export function shapeOf(operation: string): Shape {
  const requestItems = operation === 'BatchGetItem' ? keysOfTable : writesOfTable;
  return structure({ ...ofAll, RequestItems: map(requestItems) });
}
