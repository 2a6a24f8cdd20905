import {
  CreateTableCommand,
  type DynamoDBClient,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { DynamoDbRecords } from '../../lambda/adapters/dynamodb/records.ts';
import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import type { AttributeMap, StoreRecord } from '../../lambda/core/model/record.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

const NAME = 'Guarded';
const REASON = 'somebody has locked it';
const guards = ({ id }: AttributeMap) => [
  { key: { id: id!, part: { S: 'lock' } }, reason: REASON },
  { key: { id: id!, part: { S: 'lock2' } }, reason: `${REASON} otherwise` },
];
const change = (before: string, after: string) => [
  { path: ['edk'], before: { S: before }, after: { S: after } },
];
const TABLE = { name: NAME, keyNames: ['id', 'part'], guards };

describe('an item that has guards', () => {
  let aws: Embedded;
  let records: DynamoDbRecords;
  let record: StoreRecord;
  const key = (part: string) => ({ id: { S: 'a' }, part: { S: part } });
  const put = (part: string, edk: string) =>
    aws.dynamodb.send(new PutItemCommand({ TableName: NAME, Item: { ...key(part), edk: { S: edk } } }));
  const stored = async (part = 'x') =>
    (await aws.dynamodb.send(new GetItemCommand({ TableName: NAME, Key: key(part) }))).Item;
  beforeAll(async () => {
    aws = await embedded();
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: NAME,
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'part', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: ['id', 'part'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    records = new DynamoDbRecords(aws.dynamodb, TABLE);
  });
  beforeEach(async () => {
    for (const part of ['lock', 'lock2', 'new'])
      await aws.dynamodb.send(new DeleteItemCommand({ TableName: NAME, Key: key(part) }));
    await put('x', 'old');
    [record] = (await records.find([JSON.stringify(key('x'))])) as [StoreRecord];
  });
  afterEach(() => aws.aws.faults.clear());
  afterAll(() => aws.stop());

  it('is written while none of them is there', async () => {
    expect(await records.write(record, change('old', 'new'))).toEqual({ kind: 'written' });
    expect(await stored()).toEqual({ ...key('x'), edk: { S: 'new' } });
  });

  it.each([
    ['lock', REASON],
    ['lock2', `${REASON} otherwise`],
  ])('is left as it is while %s is there, and the guard says why', async (part, reason) => {
    await put(part, '-');
    expect(await records.write(record, change('old', 'new'))).toEqual({ kind: 'blocked', reason });
    expect(await stored()).toEqual({ ...key('x'), edk: { S: 'old' } });
  });

  it('has been replaced, whatever its guards say: whoever wrote it is named first', async () => {
    await put('lock', '-');
    await put('x', 'of another writer');
    expect(await records.write(record, change('old', 'new'))).toEqual({ kind: 'precondition-failed' });
  });

  it('is not made, either, while one of them is there', async () => {
    const source: StoreRecord = {
      ...{ kind: 'item', locator: JSON.stringify(key('new')), key: key('new'), absent: {} },
      attributes: { ...key('new'), edk: { S: 'old' } },
    };
    await put('lock', '-');
    expect(await records.create(source, change('old', 'new'))).toEqual({ kind: 'blocked', reason: REASON });
    expect(await stored('new')).toBeUndefined();
    await aws.dynamodb.send(new DeleteItemCommand({ TableName: NAME, Key: key('lock') }));
    expect(await records.create(source, change('old', 'new'))).toEqual({ kind: 'written' });
    expect(await stored('new')).toEqual({ ...key('new'), edk: { S: 'new' } });
  });

  it('is written once if the answer got lost', async () => {
    aws.aws.faults.inject({
      ...{ service: 'dynamodb', operation: 'TransactWriteItems', kind: 'lost-response', count: 1 },
    });
    const patient = new DynamoDbRecords(new AwsClients({ endpoint: aws.endpoint }).dynamodb(), TABLE);
    expect(await patient.write(record, change('old', 'new'))).toEqual({ kind: 'written' });
    expect(await stored()).toEqual({ ...key('x'), edk: { S: 'new' } });
  });

  it('waits for the same transaction, if that is still in progress', async () => {
    aws.aws.faults.inject({
      ...{ service: 'dynamodb', operation: 'TransactWriteItems', count: 2 },
      error: 'TransactionInProgressException',
    });
    expect(await records.write(record, change('old', 'new'))).toEqual({ kind: 'written' });
  });

  it('breaks the premise of the run if the role may not check guards', async () => {
    aws.aws.faults.inject({
      ...{ service: 'dynamodb', operation: 'TransactWriteItems', count: 9 },
      error: 'AccessDeniedException',
      message: 'not authorized to perform: dynamodb:ConditionCheckItem',
    });
    await put('y', 'old');
    const [other] = (await records.find([JSON.stringify(key('y'))])) as [StoreRecord];
    const fresh = new DynamoDbRecords(aws.dynamodb, TABLE);
    const writes = [record, other].map(one => fresh.write(one, change('old', 'new')));
    const ends = await Promise.allSettled(writes);
    for (const end of ends) expect(end).toMatchObject({ reason: expect.any(PremiseBroken) as unknown });
    expect(String((ends[0] as PromiseRejectedResult).reason)).toContain('dynamodb:ConditionCheckItem');
  });

  it('may be refused alone, where the same call works for another', async () => {
    const denied = { error: 'AccessDeniedException', message: 'by a policy about this item' };
    const fresh = new DynamoDbRecords(aws.dynamodb, TABLE);
    await put('y', 'old');
    const [other] = (await fresh.find([JSON.stringify(key('y'))])) as [StoreRecord];
    expect(await fresh.write(other, change('old', 'new'))).toEqual({ kind: 'written' });
    aws.aws.faults.inject({
      ...{ service: 'dynamodb', operation: 'TransactWriteItems', count: 1, ...denied },
    });
    expect(await fresh.write(record, change('old', 'new'))).toMatchObject({
      kind: 'blocked',
      reason: expect.stringContaining('dynamodb:UpdateItem in dynamodb:TransactWriteItems') as unknown,
    });
  });

  it('asks without effect for other items, in the form that transactions take', async () => {
    const fresh = new DynamoDbRecords(aws.dynamodb, TABLE);
    for (const part of ['y', 'z']) await put(part, 'old');
    await put('w', 'new');
    const found = (await fresh.find(['x', 'y', 'z', 'w'].map(part => JSON.stringify(key(part))))) as [
      StoreRecord,
      StoreRecord,
    ];
    aws.aws.faults.inject({
      ...{ service: 'dynamodb', operation: 'TransactWriteItems', count: 2, error: 'AccessDeniedException' },
    });
    const ends = await Promise.all(found.slice(0, 2).map(one => fresh.write(one, change('old', 'new'))));
    expect(ends.map(({ kind }) => kind)).toEqual(['blocked', 'blocked']);
    expect(await stored('w')).toEqual({ ...key('w'), edk: { S: 'new' } });
  });
});

describe('a transaction that was canceled', () => {
  /** A client whose transactions are canceled for such reasons, as AWS lists them: in the order of the actions. */
  const canceled = (...reasons: readonly { readonly Code: string; readonly Message?: string }[]) =>
    ({
      send: () =>
        Promise.reject(
          Object.assign(new Error('Transaction cancelled'), {
            name: 'TransactionCanceledException',
            $metadata: { httpStatusCode: 400 },
            CancellationReasons: reasons,
          }),
        ),
    }) as unknown as DynamoDBClient;
  const none = { Code: 'None' };
  const record: StoreRecord = {
    kind: 'item',
    locator: '{"id":{"S":"a"},"part":{"S":"x"}}',
    key: { id: { S: 'a' }, part: { S: 'x' } },
    attributes: { edk: { S: 'old' } },
  };
  const write = (...reasons: readonly { readonly Code: string; readonly Message?: string }[]) =>
    new DynamoDbRecords(canceled(...reasons), TABLE).write(record, change('old', 'new'));

  it.each([
    [[{ Code: 'ConditionalCheckFailed' }, none, none], { kind: 'precondition-failed' }],
    [[none, none, { Code: 'ConditionalCheckFailed' }], { kind: 'blocked', reason: `${REASON} otherwise` }],
    [
      [none, { Code: 'TransactionConflict' }, none],
      {
        ...{ kind: 'unavailable', busy: 'contended' },
        reason: 'DynamoDB did not take the write: TransactionConflictException',
      },
    ],
    [
      [{ Code: 'ThrottlingError' }, none, none],
      {
        ...{ kind: 'unavailable', busy: 'throttled' },
        reason: 'DynamoDB did not take the write: ThrottlingException',
      },
    ],
    [
      [{ Code: 'ProvisionedThroughputExceeded' }, none, none],
      {
        ...{ kind: 'unavailable', busy: 'throttled' },
        reason: 'DynamoDB did not take the write: ProvisionedThroughputExceededException',
      },
    ],
  ])('%j ends as the same write without guards would', async (reasons, result) => {
    expect(await write(...reasons)).toEqual(result);
  });

  it('because the item is full leaves that item', async () => {
    const Message = 'Item size to update has exceeded the maximum allowed size';
    expect(await write({ Code: 'ValidationError', Message }, none, none)).toMatchObject({
      kind: 'blocked',
      reason: expect.stringContaining('400 KB') as unknown,
    });
  });

  it('for a reason that AWS does not document leaves that item, too', async () => {
    expect(await write(none, { Code: 'SomethingNew' }, none)).toMatchObject({
      kind: 'blocked',
      reason: expect.stringContaining('TransactionCanceledException') as unknown,
    });
  });
});
