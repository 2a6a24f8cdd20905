import {
  BatchExecuteStatementCommand,
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  type BatchExecuteStatementCommandInput,
  type BatchStatementRequest,
} from '@aws-sdk/client-dynamodb';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

/** `WHERE` names both keys of the item `n`. */
const change = (
  n: number,
  [actions, ...set]: readonly [string, ...object[]],
  [conditions, ...held]: readonly [string, ...object[]] = [''],
): BatchStatementRequest => ({
  Statement: `UPDATE "Table" ${actions} WHERE "pk"=? AND "sk"=?${conditions}`,
  Parameters: [...set, { S: 'a' }, { N: String(n) }, ...held] as BatchStatementRequest['Parameters'],
});
const write = (n: number, from: string, to: string): BatchStatementRequest =>
  change(n, ['SET "v"=?', { S: to }], [' AND "v"=?', { S: from }]);

describe('BatchExecuteStatement of the embedded DynamoDB', () => {
  let aws: Embedded;
  beforeEach(async () => {
    aws = await embedded();
    await aws.dynamodb.send(
      new CreateTableCommand({
        ...{ TableName: 'Table', BillingMode: 'PAY_PER_REQUEST' },
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'N' },
        ],
      }),
    );
    for (const n of [1, 2]) await put(n, { v: { S: 'old' } });
  });
  afterEach(() => aws.stop());

  const put = (n: number, more: object): Promise<unknown> =>
    aws.dynamodb.send(
      new PutItemCommand({ TableName: 'Table', Item: { pk: { S: 'a' }, sk: { N: String(n) }, ...more } }),
    );
  const item = async (n: number) => {
    const Key = { pk: { S: 'a' }, sk: { N: String(n) } };
    const { Item } = await aws.dynamodb.send(
      new GetItemCommand({ TableName: 'Table', Key, ConsistentRead: true }),
    );
    return Item;
  };
  const run = (
    Statements: readonly BatchStatementRequest[],
    more: Partial<BatchExecuteStatementCommandInput> = {},
  ) => aws.dynamodb.send(new BatchExecuteStatementCommand({ Statements: [...Statements], ...more }));
  const codes = async (statements: readonly BatchStatementRequest[]) =>
    (await run(statements)).Responses?.map(({ Error: failed }) => failed?.Code ?? 'done');

  it('answers each statement by itself, in their order', async () => {
    const { Responses } = await run([write(1, 'other', 'new'), write(2, 'old', 'new')]);
    expect(Responses).toEqual([
      {
        TableName: 'Table',
        Error: { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      },
      { TableName: 'Table' },
    ]);
    expect([(await item(1))?.['v'], (await item(2))?.['v']]).toEqual([{ S: 'old' }, { S: 'new' }]);
  });

  it('makes no item that is not there, whatever the condition', async () => {
    const missing = change(3, ['SET "v"=?', { S: 'x' }], [' AND "v" IS MISSING']);
    expect(await codes([missing])).toEqual(['ConditionalCheckFailed']);
    expect(await item(3)).toBeUndefined();
  });

  it('sets and removes places within maps and lists, under conditions on other places', async () => {
    await put(1, {
      'a.b': { M: { 'say "x"': { L: [{ B: Buffer.from('old') }, { S: 'y' }] } } },
      n: { N: '1' },
    });
    const place = '"a.b"."say ""x"""[0]';
    const changed = change(
      1,
      [`SET ${place}=? REMOVE "n" SET "set"=?`, { B: Buffer.from('new') }, { SS: ['b', 'a'] }],
      [` AND ${place}=? AND n=? AND "none" IS MISSING`, { B: Buffer.from('old') }, { N: '1.0' }],
    );
    expect(await codes([changed])).toEqual(['done']);
    const { n, set, 'a.b': map } = (await item(1)) ?? {};
    expect([n, new Set(set?.SS)]).toEqual([undefined, new Set(['a', 'b'])]);
    const { M: { 'say "x"': { L: list } = {} } = {} } = map as { M?: Record<string, { L?: unknown[] }> };
    expect(list).toEqual([{ B: new Uint8Array(Buffer.from('new')) }, { S: 'y' }]);
  });

  it.each([
    ['another statement', { Statement: `SELECT * FROM "Table" WHERE pk='a'` }],
    ['a literal', { Statement: `UPDATE "Table" SET "v"='x' WHERE "pk"='a' AND "sk"=1` }],
    ['an alternative', change(1, ['SET "v"=?', { S: 'x' }], [' OR "v"=?', { S: 'old' }])],
    ['a comparison', change(1, ['SET "v"=?', { S: 'x' }], [' AND "v">?', { S: 'o' }])],
    ['RETURNING', change(1, ['SET "v"=?', { S: 'x' }], [' RETURNING ALL OLD *'])],
    ['no action', change(1, [''])],
    ['an open quote', { Statement: 'UPDATE "Table' }],
    [
      'a key that is not whole',
      { Statement: 'UPDATE "Table" SET v=? WHERE pk=?', Parameters: [{ S: 'x' }, { S: 'a' }] },
    ],
    [
      'a parameter too few',
      { Statement: 'UPDATE "Table" SET v=? WHERE pk=? AND sk=?', Parameters: [{ S: 'x' }] },
    ],
    ['a place that is not there', change(1, ['SET "none"."v"=?', { S: 'x' }])],
    ['an item that would be too large', change(1, ['SET "w"=?', { S: 'x'.repeat(410_000) }])],
  ] as [string, BatchStatementRequest][])(
    'refuses %s for itself, and carries out the others',
    async (_, bad) => {
      expect(await codes([bad, write(2, 'old', 'new')])).toEqual(['ValidationError', 'done']);
      expect(await item(1)).toEqual(expect.objectContaining({ v: { S: 'old' } }));
    },
  );

  it('says for each statement that its table is not there', async () => {
    const elsewhere = { Statement: 'UPDATE "None" SET v=? WHERE pk=?', Parameters: [{ S: 'x' }, { S: 'a' }] };
    expect(await codes([elsewhere, write(2, 'old', 'new')])).toEqual(['ResourceNotFound', 'done']);
  });

  it.each([
    ['no statement', []],
    ['26 statements', Array.from({ length: 26 }, (_, n) => write(n, 'old', 'new'))],
    ['an empty statement', [{ Statement: '' }]],
    [
      '8,193 characters',
      [{ ...write(1, 'old', 'new'), Statement: write(1, 'old', 'new').Statement!.padEnd(8_193) }],
    ],
    ['two statements about one item', [write(1, 'old', 'new'), write(1, 'new', 'newer')]],
  ] as [string, BatchStatementRequest[]][])('refuses a request with %s as a whole', async (_, statements) => {
    expect(await errorName(run(statements))).toBe('ValidationException');
    expect((await item(1))?.['v']).toEqual({ S: 'old' });
  });

  it('takes 25 statements of 8,192 characters', async () => {
    const { Statement = '', ...long } = write(1, 'old', 'new');
    const all = [{ ...long, Statement: Statement.padEnd(8_192) }];
    for (let n = 2; n <= 25; n++) all.push(write(n, 'old', 'new') as (typeof all)[number]);
    const found = await codes(all);
    expect(found?.map(code => code === 'done')).toEqual(all.map((_, index) => index < 2));
  });

  it('returns the item of a failed condition to whom asks for it', async () => {
    const asking = { ...write(1, 'other', 'new'), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
    const { Responses } = await run([asking]);
    expect(Responses?.[0]?.Error?.Item).toEqual(expect.objectContaining({ v: { S: 'old' } }));
  });
});
