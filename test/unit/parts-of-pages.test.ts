import { PageBudget } from '../../lambda/core/account/page-budget.ts';
import { PageSizes } from '../../lambda/core/account/page-sizes.ts';
import { booksBalance, EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { Books } from '../../lambda/core/model/books.ts';
import type { AttributeValue, ItemRecord } from '../../lambda/core/model/record.ts';
import { ALL_THE_TIME } from '../../lambda/core/scan/turns.ts';
import { askTwinsOnce } from '../../lambda/core/reencrypt/twins.ts';
import { ServiceUnavailable } from '../../lambda/core/model/errors.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { item, NEW_KEY, OLD_KEY, scope } from '../support/builders.ts';
import { fakePorts, onePage, type FakePorts } from '../support/fake-ports.ts';
import { manyKeysFormat } from '../support/many-keys-format.ts';

const CONTEXT = { tenant: 'acme' };
const FORMAT = manyKeysFormat([{ source: CONTEXT, destination: CONTEXT }]);
const asked = { ...scope({ pageSize: 100 }), format: FORMAT };

function edk({ keys }: FakePorts, text: string, keyArn = OLD_KEY): AttributeValue {
  return { B: keys.encrypt(keyArn, text, CONTEXT) };
}

function record(ports: FakePorts, id: string, slots: number, keyArn = OLD_KEY): ItemRecord {
  const held = Array.from(
    { length: slots },
    (_, at) => [`k${at}`, edk(ports, `${id} ${at}`, keyArn)] as const,
  );
  return item(id, { version: { N: '1' }, ...Object.fromEntries(held) });
}

/** There is time only for the one question that every page may ask. */
const HURRIED = { deadline: { remaining: () => 1 } };

async function migrateInHurry(ports: FakePorts, times = 1) {
  let progress = await migrateUnit(asked, { ...ports, ...HURRIED });
  for (let time = 1; time < times; time++) progress = await migrateUnit(asked, { ...ports, ...HURRIED });
  return progress;
}

const verifyInHurry = (ports: FakePorts) =>
  verifyUnit(asked, { ...ports, ...HURRIED, archive: ports.journal });

describe('a record that is worked through in parts', () => {
  it('advances by one data key in each invocation, and is counted once, with its last data key', async () => {
    const ports = fakePorts();
    ports.records.put(record(ports, 'a', 3), record(ports, 'b', 0), record(ports, 'c', 1));
    const seen: number[][] = [];
    for (let done = false; !done;) {
      const { books, done: ended } = await migrateInHurry(ports);
      seen.push([books.records, books.dataKeys]);
      done = ended;
    }
    expect(seen).toEqual([
      [0, 1],
      [0, 2],
      [2, 3],
      [3, 4],
    ]);
    const { books } = [...ports.ledger.checkpoints.values()][0]!;
    expect(books).toMatchObject({ withoutDataKey: 1, outcomes: { rewrapped: 4 }, kms: { requests: 4 } });
    expect(ports.journal.intents).toHaveLength(4);
    expect(booksBalance(books)).toBe(true);
  });

  it('is not counted as one without a data key when another writer takes the rest of them out', async () => {
    const ports = fakePorts();
    ports.records.put(record(ports, 'a', 2));
    await migrateInHurry(ports);
    const { attributes } = [...ports.records.items.values()][0]!;
    ports.records.put(item('a', { k0: attributes['k0']! }));
    expect(await migrateInHurry(ports)).toMatchObject({
      done: true,
      books: { records: 1, withoutDataKey: 0, dataKeys: 1 },
    });
  });

  it('does not hold up its unit when it is deleted in the meantime', async () => {
    const ports = fakePorts();
    ports.records.put(record(ports, 'a', 2), record(ports, 'b', 1));
    await migrateInHurry(ports);
    ports.records.items.delete([...ports.records.items.keys()][0]!);
    expect(await migrateInHurry(ports)).toMatchObject({ done: true, books: { records: 1, dataKeys: 2 } });
  });

  it('includes what another writer has added in the meantime', async () => {
    const ports = fakePorts();
    ports.records.put(record(ports, 'a', 2));
    await migrateInHurry(ports);
    const { attributes } = [...ports.records.items.values()][0]!;
    ports.records.put(item('a', { k7: edk(ports, 'added'), ...attributes }));
    expect(await migrateInHurry(ports, 2)).toMatchObject({
      done: true,
      books: { records: 1, dataKeys: 3, outcomes: { rewrapped: 3 } },
    });
  });

  it('has every data key proven in a verify pass, even one that has moved to a place that was already asked about', async () => {
    const ports = fakePorts();
    ports.records.put(
      item('a', { k0: edk(ports, 'new', NEW_KEY), k1: edk(ports, 'old'), k2: edk(ports, 'other', NEW_KEY) }),
    );
    await verifyInHurry(ports);
    const { k1, k2 } = [...ports.records.items.values()][0]!.attributes as Record<string, AttributeValue>;
    // Data keys in the elements of a list move like this when the first element is removed.
    ports.records.put(item('a', { k0: k1!, k1: k2! }));
    await verifyInHurry(ports);
    expect(await verifyInHurry(ports)).toMatchObject({
      done: true,
      books: { dataKeys: 3, outcomes: { 'already-current': 2, 'to-rewrap': 1 }, remaining: 1 },
    });
  });

  it('is in doubt if it holds more than can be remembered', async () => {
    const ports = fakePorts();
    ports.records.put(record(ports, 'a', 5_000, NEW_KEY));
    const verified = { ...ports, archive: ports.journal };
    // The largest number of data keys that are accounted for at a time.
    const first = await verifyUnit(asked, { ...verified, deadline: onePage(ports) });
    expect(first).toMatchObject({ done: false, books: { records: 0, dataKeys: 4_096 } });
    const last = await verifyUnit(asked, verified);
    expect(last.books).toMatchObject({ records: 1, dataKeys: 5_000, remaining: 904 });
  });
});

describe('a page that is left half-way', () => {
  it('is read again from its beginning, and what was finished is not done again', async () => {
    const ports = fakePorts();
    ports.records.put(...['a', 'b', 'c'].map(id => record(ports, id, 1)));
    expect(await migrateInHurry(ports, 2)).toMatchObject({ done: false, books: { records: 2 } });
    const [first] = ports.records.items.keys();
    ports.records.items.delete(first!);
    ports.records.items.set(record(ports, 'd', 1).locator, record(ports, 'd', 1));
    const last = await migrateUnit(asked, ports);
    expect(last).toMatchObject({ done: true, books: { records: 4, outcomes: { rewrapped: 4 } } });
    expect(last).not.toHaveProperty('beyond');
  });

  it('asks, journals and writes nothing that there is no time for', async () => {
    const ports = fakePorts();
    ports.records.put(...['a', 'b', 'c'].map(id => record(ports, id, 1)));
    await migrateInHurry(ports);
    expect([ports.keys.calls.length, ports.journal.intents.length, ports.records.writes.length]).toEqual([
      1, 1, 1,
    ]);
  });
});

describe('writes of a page', () => {
  it('that there is no time for are left for later, and KMS is asked about them again', async () => {
    const ports = fakePorts();
    ports.records.put(...['a', 'b', 'c'].map(id => record(ports, id, 1)));
    let now = 0;
    const hours = { clock: { now: () => now }, deadline: { remaining: () => 900_000 - now } };
    ports.records.beforeWrite = () => void (now += 50_000);
    const write = ports.records.write.bind(ports.records);
    let inFlight = 0;
    ports.records.write = async (...given) => {
      expect(++inFlight).toBeLessThanOrEqual(3);
      const result = await write(...given);
      inFlight--;
      return result;
    };
    expect(await migrateUnit(asked, { ...ports, ...hours })).toMatchObject({
      done: true,
      books: { records: 3, outcomes: { rewrapped: 3 } },
    });
    expect(ports.records.writes).toHaveLength(3);
    expect([...ports.ledger.checkpoints.values()][0]?.pages).toBeGreaterThan(1);
  });

  it('keep what was written accounted for if a busy store then accepts no more', async () => {
    const ports = fakePorts();
    ports.records.put(...['a', 'b', 'c'].map(id => record(ports, id, 1)));
    const write = ports.records.write.bind(ports.records);
    let taken = 0;
    ports.records.write = (...given) =>
      taken++ === 1 ? Promise.reject(new ServiceUnavailable('store.busy', 'takes no more')) : write(...given);
    const first = await migrateUnit(asked, { ...ports, deadline: onePage(ports) });
    expect(first).toMatchObject({ done: false, books: { records: 1, outcomes: { rewrapped: 1 } } });
    expect(await migrateUnit(asked, ports)).toMatchObject({ done: true, books: { records: 3 } });
  });

  it('fail if a busy store accepts none of them', async () => {
    const ports = fakePorts();
    ports.records.put(record(ports, 'a', 1));
    ports.records.write = () => Promise.reject(new ServiceUnavailable('store.busy', 'takes none'));
    await expect(migrateUnit(asked, ports)).rejects.toThrow('takes none');
    expect(ports.ledger.checkpoints.size).toBe(0);
  });
});

describe('questions about a page', () => {
  const budgetAt = (now: () => number, remaining: () => number): PageBudget =>
    new PageBudget({ clock: { now }, deadline: { remaining } });

  it('end after twice the time of a page, so that a stop takes effect', () => {
    let now = 0;
    const asking = budgetAt(
      () => now,
      () => 900_000 - now,
    ).asking(1);
    for (; now < 40_000; now += 1_000) expect(asking.begin()).toBeDefined();
    expect(asking.begin()).toBeUndefined();
  });

  it('end while there is time for twice the slowest one, and for what comes after it', () => {
    let now = 0;
    const budget = budgetAt(
      () => now,
      () => 60_000 - now,
    );
    const end = budget.asking(1).begin();
    now = 4_000;
    end?.();
    now = 7_000;
    expect(budget.allowsAnotherPage()).toBe(true);
    const asking = budget.asking(1);
    asking.begin();
    now = 60_000 - 5_000 - 2 * (4_000 + 3_000) - 1;
    expect(asking.begin()).toBeDefined();
    now++;
    expect(asking.begin()).toBeUndefined();
    now = 0;
    expect(asking.begin()).toBeUndefined();
  });

  it.each([
    [1 / 16, 1],
    [8, 8],
    [500, 32],
  ])('at %p a second leave no more than %p in flight', (rate, inFlight) => {
    expect(
      budgetAt(
        () => 0,
        () => 0,
      ).asking(rate).inFlight,
    ).toBe(inFlight);
  });

  it('are asked in order, and duplicates of an answered question get the same answer', async () => {
    let left = 2;
    const turns = { inFlight: 1, begin: () => (left-- > 0 ? () => undefined : undefined) };
    const answers = await askTwinsOnce([1, 2, 11, 3, 12], value => String(value % 10), {
      ask: value => Promise.resolve(`answer ${value}`),
      turns,
    });
    expect([...answers]).toEqual([
      [1, 'answer 1'],
      [11, 'answer 1'],
      [2, 'answer 2'],
      [12, 'answer 2'],
    ]);
    expect(ALL_THE_TIME.begin()).toBeDefined();
  });
});

describe('the size of a page', () => {
  const books = (records: number, requests: number): Books => ({
    ...EMPTY_BOOKS,
    records,
    dataKeys: requests,
    kms: { requests, throttled: 0 },
  });

  it('is twenty seconds of work at the current share of the rate, whatever was planned', () => {
    const sizes = new PageSizes({ pageSize: 500 }, EMPTY_BOOKS, { expected: 1 });
    expect([31.25, 0.5, 1 / 16, 8].map(rate => sizes.at(rate))).toEqual([500, 10, 1, 160]);
  });

  it('counts the hops of the route before anything is seen', () => {
    expect(new PageSizes({ pageSize: 500 }, EMPTY_BOOKS, { expected: 2 }).at(8)).toBe(80);
  });

  it('follows what records took on average, or most recently if that was more', () => {
    const sizes = new PageSizes({ pageSize: 500 }, books(100, 400), { expected: 1 });
    expect(sizes.at(8)).toBe(40);
    sizes.learn(books(110, 600), 0);
    expect(sizes.at(8)).toBe(8);
    sizes.learn(books(210, 700), 0);
    expect(sizes.at(8)).toBe(48);
  });

  it('is one record if a single record was too much', () => {
    expect(new PageSizes({ pageSize: 500 }, books(0, 320), { expected: 1 }).at(8)).toBe(1);
  });

  it('is what can be written in that time, if a store takes longer than KMS', () => {
    const sizes = new PageSizes({ pageSize: 500 }, EMPTY_BOOKS, { expected: 1 });
    sizes.learn(books(10, 10), 40_000);
    expect(sizes.at(100)).toBe(5);
    sizes.learn(books(15, 15), 1_000);
    expect(sizes.at(100)).toBe(100);
  });

  it('counts a record as the least that the pass says, however few requests it takes', () => {
    const sizes = new PageSizes({ pageSize: 500 }, books(100, 1), { expected: 1, least: 1 });
    expect(sizes.at(8)).toBe(160);
    sizes.learn(books(200, 2), 0);
    expect(sizes.at(8)).toBe(160);
  });

  it('is the planned maximum if nothing else is requested', () => {
    expect(new PageSizes({ pageSize: 500 }, { ...EMPTY_BOOKS, records: 3 }, { expected: 1 }).at(1)).toBe(500);
  });
});
