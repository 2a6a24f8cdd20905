import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type AttributeValue,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { embedded, type Embedded } from '../support/embedded.ts';

type Item = Record<string, AttributeValue>;

describe('expressions of DynamoDB on loopback', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: 'Table',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  });
  afterAll(() => aws.stop());

  const put = (id: string, item: Item) =>
    aws.dynamodb.send(new PutItemCommand({ TableName: 'Table', Item: { id: { S: id }, ...item } }));
  const read = async (id: string): Promise<Item | undefined> => {
    const { Item } = await aws.dynamodb.send(
      new GetItemCommand({ TableName: 'Table', Key: { id: { S: id } }, ConsistentRead: true }),
    );
    return Item;
  };
  const update = (id: string, input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>) =>
    aws.dynamodb.send(new UpdateItemCommand({ TableName: 'Table', Key: { id: { S: id } }, ...input }));
  const ended = (id: string, input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>) =>
    update(id, input).then(
      () => 'done',
      (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
    );

  describe('a condition', () => {
    const MET = 'done';
    const NOT_MET = 'ConditionalCheckFailedException: The conditional request failed';
    const stored: Item = {
      places: { L: [{ N: '1' }, { M: { x: { SS: ['b', 'a'] } } }] },
      nested: { M: { y: { BOOL: true }, z: { NULL: true } } },
      bytes: { B: Buffer.from([0xff, 0xfe, 1]) },
      words: { S: 'ab' },
      nothing: { S: '' },
      numbers: { NS: ['1', '2'] },
    };
    beforeAll(() => put('condition', stored));
    const check = (ConditionExpression: string, values: Item = {}) =>
      ended('condition', {
        ConditionExpression,
        UpdateExpression: 'SET seen = :seen',
        ExpressionAttributeValues: { ':seen': { N: '1' }, ...values },
      });

    it.each<[string, string, Item, string]>([
      [
        'a list equals one that holds the same',
        'places = :v',
        { ':v': { L: [{ N: '1.0' }, { M: { x: { SS: ['a', 'b'] } } }] } },
        MET,
      ],
      ['and not one that holds more', 'places = :v', { ':v': { L: [{ N: '1' }] } }, NOT_MET],
      [
        'a map equals one that holds the same',
        'nested = :v',
        { ':v': { M: { z: { NULL: true }, y: { BOOL: true } } } },
        MET,
      ],
      [
        'and differs from one that does not',
        'nested <> :v',
        { ':v': { M: { y: { BOOL: false }, z: { NULL: true } } } },
        MET,
      ],
      [
        'two equal maps do not differ',
        'nested <> :v',
        { ':v': { M: { y: { BOOL: true }, z: { NULL: true } } } },
        NOT_MET,
      ],
      [
        'a list is found among others',
        'places IN (:w, :v)',
        { ':w': { S: 'x' }, ':v': { L: [{ N: '1' }, { M: { x: { SS: ['a', 'b'] } } }] } },
        MET,
      ],
      [
        'binary begins with its first bytes',
        'begins_with(bytes, :v)',
        { ':v': { B: Buffer.from([0xff]) } },
        MET,
      ],
      [
        'and not with other bytes that are no text either',
        'begins_with(bytes, :v)',
        { ':v': { B: Buffer.from([0xfe]) } },
        NOT_MET,
      ],
      [
        'binary contains bytes in their order',
        'contains(bytes, :v)',
        { ':v': { B: Buffer.from([0xfe, 1]) } },
        MET,
      ],
      ['and not others', 'contains(bytes, :v)', { ':v': { B: Buffer.from([0xfd]) } }, NOT_MET],
      [
        'a list contains a map that it holds',
        'contains(places, :v)',
        { ':v': { M: { x: { SS: ['a', 'b'] } } } },
        MET,
      ],
      ['an empty string has the size 0', 'size(nothing) = :v', { ':v': { N: '0' } }, MET],
      ['two attributes that are not there are not equal', 'gone = lost', {}, NOT_MET],
      ['but differ', 'gone <> lost', {}, MET],
      ['and are not in order', 'gone <= lost OR gone BETWEEN lost AND left_out', {}, NOT_MET],
      ['nothing is in a list of nothing', 'words IN (gone, lost)', {}, NOT_MET],
    ])('%s', async (_, condition, values, expected) => {
      expect(await check(condition, values)).toBe(expected);
    });

    const deep = (condition: string, levels: number) =>
      `${'NOT ('.repeat(levels)}${condition}${')'.repeat(levels)}`;
    it.each<[string, string]>([
      ['size(words) = :two AND words = :v', MET],
      ['size(words) = :two AND (words <> :v OR (words = :two OR NOT words = :v))', NOT_MET],
      ['words BETWEEN :v AND :v AND :two BETWEEN :two AND :two', MET],
      ['words IN (:two, :v) OR words = :two AND words = :two', MET],
      ['(words) = (:v) AND :two = :two', MET],
    ])('means the same at any depth: %s', async (condition, expected) => {
      const values = { ':v': { S: 'ab' }, ':two': { N: '2' } };
      for (const levels of [0, 2, 4, 120])
        expect(await check(deep(condition, levels), values)).toBe(expected);
      expect(await check(deep(condition, 121), values)).toBe(expected === MET ? NOT_MET : MET);
    });

    it('takes as many levels as it may have operators, and refuses what is not nested well', async () => {
      const values = { ':v': { S: 'ab' } };
      const levels = (count: number) => `words = :v ${'OR (words = :v '.repeat(count)}${')'.repeat(count)}`;
      expect(await check(levels(149), values)).toBe(MET);
      expect(await check('NOT NOT NOT NOT words = :v', values)).toBe(MET);
      expect(await check(`${'('.repeat(99)}words = :v${')'.repeat(99)}`, values)).toBe(
        'ValidationException: Invalid ConditionExpression: The expression has redundant parentheses;',
      );
      for (const wrong of [
        '('.repeat(4_000),
        `${deep('words = :v', 9)})`,
        `(${deep('words = :v', 9)}`,
        deep('', 9),
      ])
        expect(await check(wrong, values)).toMatch(
          /^ValidationException: Invalid ConditionExpression: Syntax/,
        );
    });

    it.each(['<', '<=', '>', '>='])('refuses %s with a value that has no order', async operator => {
      expect(await check(`words ${operator} :v`, { ':v': { BOOL: true } })).toBe(
        `ValidationException: Invalid ConditionExpression: Incorrect operand type for operator or function; operator: ${operator}, operand type: BOOL`,
      );
    });

    it('in the legacy form asks for one of several with OR', async () => {
      const expected = { words: { Value: { S: 'else' } }, nothing: { Value: { S: '' } } };
      const input = { Expected: expected, AttributeUpdates: { seen: { Value: { N: '2' } } } };
      expect(await ended('condition', { ...input, ConditionalOperator: 'OR' })).toBe(MET);
      expect(await ended('condition', { ...input, ConditionalOperator: 'AND' })).toBe(NOT_MET);
    });
  });

  describe('an update', () => {
    const set = async (item: Item, UpdateExpression: string, values?: Item) => {
      await put('update', item);
      const ExpressionAttributeValues = values;
      const end = await ended('update', { UpdateExpression, ...(values && { ExpressionAttributeValues }) });
      return end === 'done' ? read('update') : end;
    };
    const numbers = (...all: readonly string[]) => ({ L: all.map(N => ({ N })) });

    it('removes from a list what stood at each position before', async () => {
      expect(await set({ a: numbers('0', '1', '2', '3') }, 'REMOVE a[1], a[2]')).toMatchObject({
        a: numbers('0', '3'),
      });
      expect(
        await set({ a: numbers('0', '1') }, 'REMOVE a[0], a[7] SET a[5] = :v', { ':v': { N: '9' } }),
      ).toMatchObject({
        a: numbers('1', '9'),
      });
    });

    it('means by every operand the item as it was', async () => {
      const swapped = await set({ a: { S: 'one' }, b: { S: 'two' } }, 'SET a = b, b = a');
      expect(swapped).toMatchObject({ a: { S: 'two' }, b: { S: 'one' } });
    });

    it('refuses a sum that DynamoDB cannot keep', async () => {
      const sum = (v: string, w: string) => set({}, 'SET a = :v + :w', { ':v': { N: v }, ':w': { N: w } });
      const overflow =
        'ValidationException: Number overflow. Attempting to store a number with magnitude larger than supported range';
      expect(await sum('9e125', '9e125')).toBe(overflow);
      expect(await sum('1e50', '1')).toBe(overflow);
      expect(await sum('0.1', '-3')).toMatchObject({ a: { N: '-2.9' } });
      expect(await sum('1e37', '1')).toMatchObject({ a: { N: `1${'0'.repeat(36)}1` } });
    });

    it('that only removes makes no item', async () => {
      expect(
        await update('none', { UpdateExpression: 'REMOVE a', ReturnValues: 'ALL_NEW' }),
      ).not.toHaveProperty('Attributes');
      expect(await read('none')).toBeUndefined();
      await update('none', { AttributeUpdates: { a: { Action: 'DELETE' } } });
      expect(await read('none')).toBeUndefined();
    });

    it('shows no attributes where there are none to show', async () => {
      await put('shown', { a: { S: 'x' } });
      const removed = await update('shown', { UpdateExpression: 'REMOVE a', ReturnValues: 'UPDATED_NEW' });
      const added = await update('shown', {
        ...{ UpdateExpression: 'SET a = :v', ReturnValues: 'UPDATED_OLD' },
        ExpressionAttributeValues: { ':v': { S: 'y' } },
      });
      for (const answer of [removed, added]) expect(answer.Attributes).toBeUndefined();
    });

    it('may make an item of 400 KB, counted in bytes, and none of more', async () => {
      const fits = 'é'.repeat((409_600 - 'idlarges'.length) / 2);
      await put('large', { s: { S: fits } });
      await expect(put('large', { s: { S: `${fits}x` } })).rejects.toThrow(
        'Item size has exceeded the maximum allowed size',
      );
      await expect(
        update('large', {
          UpdateExpression: 'SET s = :v',
          ExpressionAttributeValues: { ':v': { S: `${fits}x` } },
        }),
      ).rejects.toThrow('Item size to update has exceeded the maximum allowed size');
    });
  });

  describe('a filter', () => {
    beforeAll(async () => {
      await put('filter', { map: { M: { y: { L: [] } } }, rest: { S: 'shown' }, b: { N: '1' } });
    });
    const input = {
      TableName: 'Table',
      FilterExpression: '#map = :v AND (b > c OR attribute_exists(b))',
      ProjectionExpression: 'rest',
      ExpressionAttributeNames: { '#map': 'map' },
      ExpressionAttributeValues: { ':v': { M: { y: { L: [] } } } },
    };

    it('of a Scan looks at what the projection leaves out', async () => {
      const { Items, Count, ScannedCount } = await aws.dynamodb.send(new ScanCommand(input));
      expect({ Items, Count }).toEqual({ Items: [{ rest: { S: 'shown' } }], Count: 1 });
      expect(ScannedCount).toBeGreaterThan(1);
    });

    it('of a Query may only count', async () => {
      const { ProjectionExpression: _, ...counting } = input;
      const answer = await aws.dynamodb.send(
        new QueryCommand({
          ...counting,
          Select: 'COUNT',
          KeyConditionExpression: 'id = :id',
          ExpressionAttributeValues: { ...input.ExpressionAttributeValues, ':id': { S: 'filter' } },
        }),
      );
      expect(answer).toMatchObject({ Count: 1, ScannedCount: 1 });
      expect(answer.Items).toBeUndefined();
    });
  });
});
