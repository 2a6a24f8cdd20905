import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbRecords } from '../../lambda/adapters/dynamodb/records.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { RecordStore } from '../../lambda/core/ports.ts';
import { rollbackUnit } from '../../lambda/core/rollback/rollback-unit.ts';
import { unitScope } from '../../lambda/core/scan/unit-scope.ts';
import { NEW_KEY, OLD_KEY, plan, UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { fakePorts, type FakePorts } from '../support/fake-ports.ts';
import { manySlots } from '../support/many-slots.ts';
import { simpleTable } from '../support/simple-table.ts';

/** How many fit into one DynamoDB update (`keys[N].edk` and its condition): the limit on operators allows 150. */
const IN_ONE = 150;

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

let tables = 0;

/** A table with one item that holds the given number of data keys. */
async function table(dataKeys: number, format: Record<string, unknown> = {}) {
  const name = `Many${++tables}`;
  await simpleTable(aws.dynamodb, name);
  const store = new DynamoDbRecords(aws.dynamodb, { name, keyNames: ['id'] });
  const writes: number[] = [];
  const records: RecordStore = {
    readPage: (range, options) => store.readPage(range, options),
    find: locators => store.find(locators),
    reread: record => store.reread(record),
    takes: (record, change) => store.takes(record, change),
    write: async (record, change) => {
      const result = await store.write(record, change);
      if (result.kind === 'written') writes.push(change.length);
      return result;
    },
  };
  const ports = { ...fakePorts(), records } as unknown as FakePorts;
  const keys = Array.from({ length: dataKeys }, (_, index) => ({
    M: { edk: { B: ports.keys.encrypt(OLD_KEY, String(index), {}) } },
  }));
  await aws.dynamodb.send(
    new PutItemCommand({
      TableName: name,
      Item: {
        id: { S: 'a' },
        keys: { L: keys },
        keyArn: { S: OLD_KEY },
        version: { N: '1' },
        other: { S: 'x' },
      },
    }),
  );
  const read = async () => {
    const { Item = {} } = await aws.dynamodb.send(
      new GetItemCommand({ TableName: name, Key: { id: { S: 'a' } }, ConsistentRead: true }),
    );
    const opened = (Item['keys']?.L ?? []).map(({ M }) =>
      ports.keys.decrypt(M?.['edk']?.B ?? new Uint8Array(), {}),
    );
    return { Item, opened };
  };
  const stores = [{ type: 'dynamodb' as const, table: name, format: { type: 'many', ...format } }];
  const scopeOf = (changes: Parameters<typeof plan>[0] = {}) =>
    unitScope(UNIT, plan({ stores, ...changes }), new Map([['many', manySlots]]));
  return { name, ports, records, writes, read, scopeOf };
}

describe('an item with more data keys than one update takes', () => {
  it.each([
    [IN_ONE, [150]],
    [IN_ONE + 1, [76, 75]],
    [400, [100, 100, 100, 100]],
  ])('%s of them, is written in so many updates: %s', async (dataKeys, expected) => {
    const { ports, writes, read, scopeOf } = await table(dataKeys);
    const { books } = await migrateUnit(scopeOf(), ports);
    expect(books.outcomes).toEqual({ rewrapped: dataKeys });
    expect(writes).toEqual(expected);
    const { opened } = await read();
    expect(opened).toEqual(opened.map((_, index) => ({ keyArn: NEW_KEY, plaintext: String(index) })));
  });

  it('is rolled back, and holds what it held', async () => {
    const { ports, read, scopeOf } = await table(200);
    const { Item: before } = await read();
    await migrateUnit(scopeOf(), ports);
    const intents = [...ports.journal.intents];
    const archive = {
      pagesOf: async function* () {
        yield await Promise.resolve({ name: 'page-000001', intents: ['i'], outcomes: [] });
      },
      readIntents: () => Promise.resolve({ kind: 'intents' as const, intents }),
      hasRewrapped: () => Promise.resolve(true),
    };
    const rollback = scopeOf({ mode: 'rollback', rollsBack: 'run-1' });
    const { books } = await rollbackUnit(rollback, { ...ports, archive });
    expect(books.outcomes).toEqual({ restored: 200 });
    expect((await read()).Item).toEqual(before);
  });

  it('raises its version with each of them, as a writer would', async () => {
    const { ports, read, scopeOf } = await table(200, { version: true });
    expect((await migrateUnit(scopeOf(), ports)).books.outcomes).toEqual({ rewrapped: 200 });
    expect((await read()).Item['version']).toEqual({ N: '3' });
  });

  it('opens for its reader in between, and a run that is killed there is finished by the next', async () => {
    const { ports, records, read, scopeOf } = await table(200);
    let left = 1;
    const killed: RecordStore = {
      ...records,
      write: (record, change) =>
        left-- > 0 ? records.write(record, change) : Promise.reject(new Error('killed')),
    };
    await expect(migrateUnit(scopeOf(), { ...ports, records: killed })).rejects.toThrow('killed');
    const between = (await read()).opened.map(opened => opened?.plaintext);
    expect(between).toEqual(between.map((_, index) => String(index)));
    const { books } = await migrateUnit(scopeOf(), ports);
    expect(books.outcomes).toEqual({ 'already-current': 100, rewrapped: 100 });
  });

  it('that another writer changes in between keeps only the data keys of that writer', async () => {
    const { name, ports, records, read, scopeOf } = await table(200);
    const theirs = ports.keys.encrypt(NEW_KEY, 'theirs', {});
    let first = true;
    const contended: RecordStore = {
      ...records,
      write: async (record, change) => {
        const result = await records.write(record, change);
        if (first)
          await aws.dynamodb.send(
            new UpdateItemCommand({
              TableName: name,
              Key: { id: { S: 'a' } },
              UpdateExpression: 'SET #keys[199].edk = :theirs, #other = :y',
              ExpressionAttributeNames: { '#keys': 'keys', '#other': 'other' },
              ExpressionAttributeValues: { ':theirs': { B: theirs }, ':y': { S: 'y' } },
            }),
          );
        first = false;
        return result;
      },
    };
    const { books } = await migrateUnit(scopeOf(), { ...ports, records: contended });
    expect(books.outcomes).toEqual({ rewrapped: 199, 'moved-by-another-writer': 1 });
    const { Item, opened } = await read();
    expect([Item['other'], opened[199]?.plaintext]).toEqual([{ S: 'y' }, 'theirs']);
  });

  it('that another writer changes before the first update keeps all that the writer wrote', async () => {
    const { name, ports, records, read, scopeOf } = await table(200);
    const theirs = ports.keys.encrypt(NEW_KEY, 'theirs', {});
    let first = true;
    const contended: RecordStore = {
      ...records,
      write: async (record, change) => {
        if (first)
          await aws.dynamodb.send(
            new UpdateItemCommand({
              TableName: name,
              Key: { id: { S: 'a' } },
              UpdateExpression: 'SET #keys[0].edk = :theirs, #keys[199].edk = :theirs',
              ExpressionAttributeNames: { '#keys': 'keys' },
              ExpressionAttributeValues: { ':theirs': { B: theirs } },
            }),
          );
        first = false;
        return records.write(record, change);
      },
    };
    const { books } = await migrateUnit(scopeOf(), { ...ports, records: contended });
    expect(books.outcomes).toEqual({ rewrapped: 198, 'moved-by-another-writer': 2 });
    const { opened } = await read();
    expect([opened[0]?.plaintext, opened[1]?.plaintext, opened[199]?.plaintext]).toEqual([
      'theirs',
      '1',
      'theirs',
    ]);
  });

  it('and one key ARN for all of them is left as it is, by name: in between it would be wrong for some', async () => {
    const { ports, writes, read, scopeOf } = await table(200, { sharedKeyArn: true });
    const before = await read();
    const { books } = await migrateUnit(scopeOf(), ports);
    expect(books.outcomes).toEqual({ unsupported: 200 });
    expect(books.failures[0]?.reason).toBe(
      'its 200 data keys are more than one write of its store takes (DynamoDB: 4 KB for an expression, 300 operators), and in 2 writes they would not open in between: they share a place, such as a key ARN; give each its own, or divide the record',
    );
    expect([writes, await read()]).toEqual([[], before]);
    expect(ports.journal.intents).toEqual([]);
  });

  it('and one key ARN for all of them is moved if everything fits into one update', async () => {
    const { ports, writes, read, scopeOf } = await table(149, { sharedKeyArn: true });
    expect((await migrateUnit(scopeOf(), ports)).books.outcomes).toEqual({ rewrapped: 149 });
    expect([writes, (await read()).Item['keyArn']]).toEqual([[150], { S: NEW_KEY }]);
  });
});
