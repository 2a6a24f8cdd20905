import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SdkItem } from '../../lambda/adapters/dynamodb/item-key.ts';
import { DynamoDbRecords } from '../../lambda/adapters/dynamodb/records.ts';
import { TableCapacity } from '../../lambda/adapters/records/table-capacity.ts';
import type { PlaceChange } from '../../lambda/core/model/place.ts';
import type { AttributeMap, ItemRecord } from '../../lambda/core/model/record.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { leanBatches, leanUpdates } from '../support/lean-updates.ts';

const B = (text: string) => ({ B: Buffer.from(text) });
const EDK: PlaceChange = { path: ['edk'], before: B('old'), after: B('new') };
const LABEL: PlaceChange = { path: ['label'], before: undefined, after: { S: 'arn' } };
/** A key of 38 digits, and one that is text. */
const keyOf = (n: number): SdkItem => ({
  id: { S: `it's "${n}"` },
  'sort-key': { N: `123456789012345678901234567890123456${10 + n}` },
});

let aws: Embedded;
let tables = 0;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

/** A table, written in batches or one by one. */
class Subject {
  readonly name = `My.Table-${++tables}_`;
  readonly refused: string[] = [];
  readonly store: DynamoDbRecords;

  constructor(isBatched: boolean, capacity?: TableCapacity) {
    this.store = new DynamoDbRecords(aws.dynamodb, {
      ...{ name: this.name, keyNames: ['id', 'sort-key'], update: leanUpdates(aws.endpoint) },
      ...(capacity !== undefined && { capacity }),
      ...(isBatched && { batches: leanBatches(aws.endpoint, why => this.refused.push(why)) }),
    });
  }

  async create(): Promise<this> {
    await aws.dynamodb.send(
      new CreateTableCommand({
        ...{ TableName: this.name, BillingMode: 'PAY_PER_REQUEST' },
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'sort-key', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'sort-key', AttributeType: 'N' },
        ],
      }),
    );
    return this;
  }

  /** The record as it is read, before anybody else changes it. */
  async put(n: number, more: object = {}): Promise<ItemRecord> {
    const Item = { ...keyOf(n), edk: B('old'), ...more } as SdkItem;
    await aws.dynamodb.send(new PutItemCommand({ TableName: this.name, Item }));
    const attributes = Item as unknown as AttributeMap;
    return { kind: 'item', locator: `item ${n}`, key: keyOf(n) as unknown as AttributeMap, attributes };
  }

  async items(count: number): Promise<readonly unknown[]> {
    const all = Array.from({ length: count }, (_, n) => n);
    return Promise.all(
      all.map(async n => {
        const get = { TableName: this.name, Key: keyOf(n), ConsistentRead: true };
        return (await aws.dynamodb.send(new GetItemCommand(get))).Item;
      }),
    );
  }
}

/** What a run of writes that are ready together ends with: each one's result, and the items. */
async function ends(
  of: Subject,
  records: readonly ItemRecord[],
  changes: readonly (readonly PlaceChange[])[],
): Promise<{ readonly results: readonly unknown[]; readonly items: readonly unknown[] }> {
  const results = await Promise.all(
    records.map((record, index) => of.store.write(record, changes[index] ?? [])),
  );
  return { results, items: await of.items(records.length) };
}

async function sent(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const before = aws.aws.meter.read().requests;
  await work();
  const count = (name: string, from: typeof before): number =>
    from.find(({ operation }) => operation === name)?.requests ?? 0;
  const after = aws.aws.meter.read().requests;
  return Object.fromEntries(
    ['BatchExecuteStatement', 'UpdateItem'].map(name => [name, count(name, after) - count(name, before)]),
  );
}

const LIST = { L: [{ M: { edk: B('old') } }, { S: 'kept' }] };
const SCENES: readonly (readonly [string, object, readonly PlaceChange[]])[] = [
  ['a data key and its label', {}, [EDK, LABEL]],
  ['a data key that another writer has replaced', {}, [{ ...EDK, before: B('other') }, LABEL]],
  ['a label that is there already', { label: { S: 'x' } }, [EDK, LABEL]],
  [
    'places within lists and maps',
    { keys: LIST },
    [
      { path: ['keys', 0, 'edk'], before: B('old'), after: B('new') },
      { path: ['keys', 0, 'key'], before: undefined, after: { S: 'arn' } },
    ],
  ],
  [
    'a place that is taken away',
    { label: { S: 'x' } },
    [EDK, { path: ['label'], before: { S: 'x' }, after: undefined }],
  ],
  [
    'a place that is only a condition',
    { v: { N: '7' } },
    [EDK, { path: ['v'], before: { N: '7' }, after: { N: '7' } }],
  ],
  [
    'a number of 38 digits',
    { v: { N: '9'.repeat(38) } },
    [{ path: ['v'], before: { N: '9'.repeat(38) }, after: { N: '-1e-130' } }],
  ],
  [
    'a set',
    { set: { SS: ['b', 'a'] } },
    [{ path: ['set'], before: { SS: ['a', 'b'] }, after: { SS: ['c'] } }, EDK],
  ],
  [
    'reserved words',
    { size: { S: '' } },
    [
      { path: ['size'], before: { S: '' }, after: { S: 'x' } },
      { path: ['select'], before: undefined, after: { BOOL: true } },
    ],
  ],
  [
    'a name that UpdateItem alone can write',
    { '#:a."b': B('old') },
    [{ path: ['#:a."b'], before: B('old'), after: B('new') }],
  ],
  [
    'a place whose map is not there',
    {},
    [EDK, { path: ['none', 'label'], before: undefined, after: { S: 'arn' } }],
  ],
  [
    'an item that would be too large',
    {},
    [EDK, { path: ['big'], before: undefined, after: { S: 'x'.repeat(410_000) } }],
  ],
];

describe('writes in a batch', () => {
  it.each(SCENES)('end as each would by itself: %s', async (_, more, places) => {
    const told: unknown[] = [];
    for (const isBatched of [true, false]) {
      const of = await new Subject(isBatched).create();
      const records = [await of.put(0, more), await of.put(1), await of.put(2)];
      told.push(
        await ends(of, records, [places, [EDK], [{ ...EDK, before: B('lost race') }]]).catch(messageOf),
      );
    }
    expect(told[0]).toEqual(told[1]);
  });

  const messageOf = (error: unknown): string => (error as Error).message.replace(/My\.Table-\d+_/, 'table');

  it('are one request for 25 items, and none of them is an UpdateItem', async () => {
    const of = await new Subject(true).create();
    const records = await Promise.all(Array.from({ length: 25 }, (_, n) => of.put(n)));
    const counted = await sent(() =>
      ends(
        of,
        records,
        records.map(() => [EDK, LABEL]),
      ),
    );
    expect(counted).toEqual({ BatchExecuteStatement: 1, UpdateItem: 0 });
    const items = (await of.items(25)) as { readonly edk: { readonly B: Uint8Array } }[];
    expect(items.every(({ edk }) => Buffer.from(edk.B).toString() === 'new')).toBe(true);
  });

  it('are as many as a second has units for, where the job limits what is written, and each under its own condition', async () => {
    const time = { now: 0 };
    const sleep = (ms: number): Promise<void> => Promise.resolve(void (time.now += ms));
    const ports = { now: () => time.now, sleep };
    const capacity = new TableCapacity({ read: Infinity, write: 4 }, ports);
    const of = await new Subject(true, capacity).create();
    const records = await Promise.all(Array.from({ length: 7 }, (_, n) => of.put(n)));
    const raced: PlaceChange = { ...EDK, before: B('another') };
    const changes = records.map((_, n) => [n === 2 ? raced : EDK]);
    const told: { results?: readonly unknown[]; items?: readonly unknown[] } = {};
    const counted = await sent(async () => Object.assign(told, await ends(of, records, changes)));
    // Four, three, and by itself the one whose condition has failed.
    expect(counted).toEqual({ BatchExecuteStatement: 2, UpdateItem: 1 });
    expect(told.results).toEqual(
      records.map((_, n) => ({ kind: n === 2 ? 'precondition-failed' : 'written' })),
    );
    const items = told.items as { readonly edk: { readonly B: Uint8Array } }[];
    expect(items.map(({ edk }) => Buffer.from(edk.B).toString())).toEqual(
      records.map((_, n) => (n === 2 ? 'old' : 'new')),
    );
    // Eight units, at four a second: those of the failed condition twice.
    expect(time.now).toBeGreaterThanOrEqual(1_750);
    expect(capacity.takeConsumed().write?.units).toBe(8);
  });

  it('make no item that is gone', async () => {
    const of = await new Subject(true).create();
    const there = await of.put(0);
    const gone = { ...there, key: keyOf(1) as unknown as AttributeMap };
    const { results, items } = await ends(of, [there, gone], [[EDK], [EDK, LABEL]]);
    expect(results).toEqual([{ kind: 'written' }, { kind: 'precondition-failed' }]);
    expect(items[1]).toBeUndefined();
  });

  it('are each found written or not, after the answer to all of them got lost', async () => {
    const of = await new Subject(true).create();
    const records = [await of.put(0), await of.put(1), await of.put(2)];
    aws.aws.faults.inject({
      ...{ service: 'dynamodb', operation: 'BatchExecuteStatement', kind: 'lost-response', count: 1 },
    });
    const changes = [[EDK], [EDK], [{ ...EDK, before: B('another') }]];
    const { results, items } = await ends(of, records, changes);
    // As after an UpdateItem whose answer got lost: a second try finds its own write, and the core reads the record again.
    expect(results).toEqual([1, 2, 3].map(() => ({ kind: 'precondition-failed' })));
    expect(items).toEqual([
      expect.objectContaining({ edk: { B: new Uint8Array(Buffer.from('new')) } }),
      expect.objectContaining({ edk: { B: new Uint8Array(Buffer.from('new')) } }),
      expect.objectContaining({ edk: { B: new Uint8Array(Buffer.from('old')) } }),
    ]);
  });

  it.each(['AccessDeniedException', 'UnknownOperationException', 'ValidationException'])(
    'are UpdateItems from then on if AWS says %s, and it is said once',
    async error => {
      const of = await new Subject(true).create();
      const records = await Promise.all(Array.from({ length: 4 }, (_, n) => of.put(n)));
      aws.aws.faults.inject({ service: 'dynamodb', operation: 'BatchExecuteStatement', error, count: 1 });
      const counted = await sent(async () => {
        await ends(of, records.slice(0, 2), [[EDK], [EDK]]);
        await ends(of, records.slice(2), [[EDK], [EDK]]);
      });
      // What a fault answers is not counted.
      expect(counted).toEqual({ BatchExecuteStatement: 0, UpdateItem: 4 });
      expect(of.refused).toEqual([`${error}: injected`]);
    },
  );
});
