export const KEY = { id: { S: 'a' }, nr: { N: '1' } };
const VALUES = { ':v': { S: 'a' }, ':n': { N: '1' } };
const THROUGHPUT = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
const ofTable = { TableName: 'Table' };
const INDEX = {
  IndexName: 'by-kind',
  KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['word'] },
};

/** A table with both kinds of index, and all types of keys. */
export const TABLE = {
  ...ofTable,
  KeySchema: [
    { AttributeName: 'id', KeyType: 'HASH' },
    { AttributeName: 'nr', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'nr', AttributeType: 'N' },
    { AttributeName: 'kind', AttributeType: 'S' },
    { AttributeName: 'bin', AttributeType: 'B' },
  ],
  GlobalSecondaryIndexes: [INDEX],
  LocalSecondaryIndexes: [
    {
      IndexName: 'by-bin',
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'bin', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  BillingMode: 'PAY_PER_REQUEST',
};

export const ITEM = {
  ...KEY,
  word: { S: 'x' },
  kind: { S: 'e' },
  bin: { B: 'AAEC' },
  tree: { L: [{ M: { n: { NS: ['1', '2'] } } }, { NULL: true }, { BOOL: false }, { BS: ['AA=='] }] },
};
export const ARN = 'arn:aws:dynamodb:eu-west-1:111122223333:table/Table';
const update = {
  ...{ ...ofTable, Key: KEY, UpdateExpression: 'SET #s = :v ADD cnt :n REMOVE tree[0]' },
  ExpressionAttributeNames: { '#s': 'word' },
  ...{ ExpressionAttributeValues: VALUES, ReturnValues: 'ALL_NEW' },
};
const condition = { ConditionExpression: 'id = :v OR size(tree) > :n', ExpressionAttributeValues: VALUES };

/** A request that is right, of each operation; several of those that have several forms. */
export const RIGHT: readonly (readonly [string, object])[] = [
  ['BatchGetItem', { RequestItems: { Table: { Keys: [KEY], ProjectionExpression: 'id, tree[0].n' } } }],
  [
    'BatchWriteItem',
    {
      RequestItems: {
        Table: [{ PutRequest: { Item: ITEM } }, { DeleteRequest: { Key: { ...KEY, nr: { N: '2' } } } }],
      },
    },
  ],
  ['CreateTable', { ...TABLE, TableName: 'Other' }],
  ['DeleteItem', { ...ofTable, Key: KEY, ...condition, ReturnValues: 'ALL_OLD' }],
  [
    'DeleteItem',
    {
      ...ofTable,
      Key: KEY,
      Expected: { word: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'x' }] } },
    },
  ],
  ['DeleteTable', { TableName: 'Other' }],
  ['DescribeTable', ofTable],
  ['DescribeTimeToLive', ofTable],
  ['DescribeContinuousBackups', ofTable],
  ['GetItem', { ...ofTable, Key: KEY, ConsistentRead: true, ProjectionExpression: 'tree[0], word.thing' }],
  ['GetItem', { ...ofTable, Key: KEY, AttributesToGet: ['id'] }],
  ['ListTables', { Limit: 1, ExclusiveStartTableName: 'Table' }],
  ['PutItem', { ...ofTable, Item: ITEM, ...condition, ReturnConsumedCapacity: 'TOTAL' }],
  ['PutItem', { ...ofTable, Item: ITEM, Expected: { cnt: { Exists: false } } }],
  [
    'Query',
    {
      ...{
        ...ofTable,
        KeyConditionExpression: 'id = :v AND nr BETWEEN :n AND :n',
        FilterExpression: 'word <> :v',
      },
      ...{ ExpressionAttributeValues: VALUES, Limit: 2, ScanIndexForward: false, ExclusiveStartKey: KEY },
    },
  ],
  [
    'Query',
    {
      ...{ ...ofTable, IndexName: 'by-bin', Select: 'ALL_ATTRIBUTES', ReturnConsumedCapacity: 'INDEXES' },
      KeyConditions: { id: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } },
      QueryFilter: { word: { ComparisonOperator: 'NOT_CONTAINS', AttributeValueList: [{ S: 'a' }] } },
    },
  ],
  ['Scan', { ...ofTable, IndexName: 'by-kind', Limit: 1, ExclusiveStartKey: { ...KEY, kind: { S: 'e' } } }],
  [
    'Scan',
    {
      ...{ ...ofTable, Segment: 1, TotalSegments: 3, Select: 'COUNT', ConditionalOperator: 'OR' },
      ScanFilter: { word: { ComparisonOperator: 'IN', AttributeValueList: [{ S: 'a' }, { S: 'b' }] } },
    },
  ],
  ['TagResource', { ResourceArn: ARN, Tags: [{ Key: 'a', Value: 'b' }] }],
  ['UntagResource', { ResourceArn: ARN, TagKeys: ['a'] }],
  ['ListTagsOfResource', { ResourceArn: ARN }],
  ['UpdateItem', update],
  [
    'UpdateItem',
    {
      ...ofTable,
      Key: KEY,
      AttributeUpdates: { cnt: { Action: 'ADD', Value: { N: '1' } }, tree: { Action: 'DELETE' } },
    },
  ],
  [
    'UpdateTable',
    {
      ...{ ...ofTable, BillingMode: 'PROVISIONED', ProvisionedThroughput: THROUGHPUT },
      GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'by-kind', ProvisionedThroughput: THROUGHPUT } }],
    },
  ],
  ['UpdateTable', { ...ofTable, SSESpecification: { Enabled: true } }],
  [
    'UpdateTable',
    { ...ofTable, StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } },
  ],
  ['UpdateTimeToLive', { ...ofTable, TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } }],
  [
    'TransactWriteItems',
    {
      TransactItems: [
        { Put: { ...ofTable, Item: ITEM } },
        { Update: { ...update, Key: { ...KEY, nr: { N: '3' } }, ReturnValues: undefined } },
        { ConditionCheck: { ...ofTable, Key: { ...KEY, nr: { N: '2' } }, ...condition } },
      ],
      ClientRequestToken: 'token',
    },
  ],
  ['TransactGetItems', { TransactItems: [{ Get: { ...ofTable, Key: KEY, ProjectionExpression: 'word' } }] }],
  [
    'BatchExecuteStatement',
    {
      Statements: [
        {
          Statement: 'UPDATE "Table" SET word = ? WHERE id = ? AND nr = ?',
          Parameters: [{ S: 'x' }, { S: 'a' }, { N: '1' }],
        },
      ],
    },
  ],
];
