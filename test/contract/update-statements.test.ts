import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { BATCH_EXECUTE_STATEMENT } from '../../lambda/adapters/dynamodb/batch-execute-statement-operation.ts';
import type { SdkItem } from '../../lambda/adapters/dynamodb/item-key.ts';
import { updateExpression } from '../../lambda/adapters/dynamodb/update-expression.ts';
import { updateStatement } from '../../lambda/adapters/dynamodb/update-statement.ts';
import type { PlaceChange } from '../../lambda/core/model/place.ts';
import type { AttributeValue } from '../../lambda/core/model/record.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { simpleTable } from '../support/simple-table.ts';

/** A place of an item, what a change expects there and puts there, and what is there in truth. */
interface Place {
  readonly name: string;
  readonly inner: string | undefined;
  readonly before: AttributeValue | undefined;
  readonly after: AttributeValue | undefined;
  readonly surprise: AttributeValue | undefined;
}

const Key: SdkItem = { id: { S: 'it' } };
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.string().map(S => ({ S })),
  fc.integer().map(n => ({ N: String(n) })),
  fc.uint8Array({ maxLength: 9 }).map(bytes => ({ B: Buffer.from(bytes) })),
  fc.boolean().map(BOOL => ({ BOOL })),
);
const name = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('size', 'select', '_a-1', 'Z', 'is', 'MISSING') },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 4 }) },
);
const perhaps = <One>(one: fc.Arbitrary<One>, freq = 1) => fc.option(one, { nil: undefined, freq });
const place: fc.Arbitrary<Place> = fc.record({
  ...{ name, inner: perhaps(name), before: perhaps(value, 3), after: perhaps(value, 3) },
  surprise: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value }),
});
const places = fc
  .uniqueArray(place, { selector: one => one.name, minLength: 1, maxLength: 4 })
  .map(all => all.filter(one => one.name !== 'id'));

function changeOf({ name: outer, inner, before, after }: Place): PlaceChange {
  return { path: inner === undefined ? [outer] : [outer, inner], before, after };
}

function itemOf(all: readonly Place[]): SdkItem {
  const held = all.flatMap(({ name: outer, inner, before, surprise }): [string, AttributeValue][] => {
    const there = surprise ?? before;
    if (inner !== undefined) return [[outer, { M: there === undefined ? {} : { [inner]: there } }]];
    return there === undefined ? [] : [[outer, there]];
  });
  return { ...Key, ...(Object.fromEntries(held) as SdkItem) };
}

describe('the statement of a change', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    for (const table of ['Stated', 'Updated']) await simpleTable(aws.dynamodb, table);
  });
  afterAll(() => aws.stop());

  const itemIn = async (TableName: string) =>
    (await aws.dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
  const updated = async (changes: readonly PlaceChange[]): Promise<string> => {
    const { ExpressionAttributeValues: values, ...update } = updateExpression(changes);
    const given = Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values };
    const command = new UpdateItemCommand({ TableName: 'Updated', Key, ...update, ...given });
    return aws.dynamodb.send(command).then(
      () => 'done',
      (error: unknown) => (error as Error).name,
    );
  };
  const NAMES: Readonly<Record<string, string>> = {
    ConditionalCheckFailed: 'ConditionalCheckFailedException',
    ValidationError: 'ValidationException',
  };
  const stated = async (statement: NonNullable<ReturnType<typeof updateStatement>>): Promise<string> => {
    const clients = new AwsClients({ endpoint: aws.endpoint, region: 'us-east-1' });
    const send = clients.lean(clients.dynamodb(), BATCH_EXECUTE_STATEMENT);
    const [code] = (await send({ Statements: [statement] })).codes;
    return code === undefined ? 'done' : (NAMES[code] ?? code);
  };

  it('does to the item what the UpdateItem of the same change does', async () => {
    const ends: string[] = [];
    await fc.assert(
      fc.asyncProperty(places, async all => {
        const changes = all.map(changeOf);
        const statement = updateStatement('Stated', Key, changes);
        if (statement === undefined) return;
        for (const TableName of ['Stated', 'Updated'])
          await aws.dynamodb.send(new PutItemCommand({ TableName, Item: itemOf(all) }));
        const end = await stated(statement);
        expect(end).toBe(await updated(changes));
        expect(await itemIn('Stated')).toEqual(await itemIn('Updated'));
        ends.push(end);
      }),
      { numRuns: 300 },
    );
    // Enough of both have been compared.
    for (const end of ['done', 'ConditionalCheckFailedException'])
      expect(ends.filter(one => one === end).length).toBeGreaterThan(10);
  });

  const EDK: PlaceChange = { path: ['edk'], before: { S: 'old' }, after: { S: 'new' } };

  it('names the table, what is set, the whole key, and every condition, in this order', () => {
    const label: PlaceChange = { path: ['keys', 0, 'label'], before: undefined, after: { S: 'arn' } };
    const kept: PlaceChange = { path: ['v'], before: { N: '1' }, after: { N: '1' } };
    expect(updateStatement('My.Table', { id: { S: 'a' }, n: { N: '1' } }, [EDK, label, kept])).toEqual({
      Statement:
        'UPDATE "My.Table" SET "edk"=? SET "keys"[0]."label"=? WHERE "id"=? AND "n"=? AND "edk"=? AND "keys"[0]."label" IS MISSING AND "v"=?',
      Parameters: [{ S: 'new' }, { S: 'arn' }, { S: 'a' }, { N: '1' }, { S: 'old' }, { N: '1' }],
    });
  });

  it.each<[string, SdkItem, readonly PlaceChange[]]>([
    ['a name with a dot', Key, [{ ...EDK, path: ['a.b'] }]],
    ['a name with a quote', Key, [EDK, { ...EDK, path: ['map', 'a"b'] }]],
    ['a name that begins with #', Key, [{ ...EDK, path: ['#a'] }]],
    ['an empty name', Key, [{ ...EDK, path: ['map', ''] }]],
    ['a key with such a name', { 'a.b': { S: 'x' } }, [EDK]],
    ['nothing to write', Key, [{ ...EDK, after: EDK.before }]],
    ['more than 8,192 characters', Key, [{ ...EDK, path: ['x'.repeat(4_100)] }]],
  ])('is none for %s', (_, key, changes) => {
    expect(updateStatement('Table', key, changes)).toBeUndefined();
  });
});
