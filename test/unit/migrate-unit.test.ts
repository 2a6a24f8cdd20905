import { booksBalance } from '../../lambda/core/account/books.ts';
import { announceTrouble } from '../../lambda/core/account/run-control.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import { PremiseBroken, UnitConflict } from '../../lambda/core/model/errors.ts';
import type { ItemRecord } from '../../lambda/core/model/record.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { FOREIGN_KEY, item, NEW_KEY, OLD_KEY, scope } from '../support/builders.ts';
import { FakeJournal, fakePorts, onePage, type FakePorts } from '../support/fake-ports.ts';

const CONTEXT = { tenant: 'acme' };

function order(ports: FakePorts, index: number, keyArn = OLD_KEY): ItemRecord {
  return item(`o-${index}`, {
    tenant: { S: 'acme' },
    edk: { B: ports.keys.encrypt(keyArn, `secret ${index}`, CONTEXT) },
  });
}

function withOrders(count: number, changes: Parameters<typeof fakePorts>[0] = {}): FakePorts {
  const ports = fakePorts(changes);
  ports.records.put(...Array.from({ length: count }, (_, index) => order(ports, index)));
  return ports;
}

function keysOf({ records, keys }: FakePorts): readonly (string | undefined)[] {
  return [...records.items.values()].map(({ attributes }) => {
    const edk = attributes['edk'];
    return edk !== undefined && 'B' in edk ? keys.decrypt(edk.B, CONTEXT)?.keyArn : undefined;
  });
}

describe('migrating a unit', () => {
  it('moves every data key, over as many pages as it takes, and the books balance', async () => {
    const ports = withOrders(25);
    const progress = await migrateUnit(scope(), ports);
    expect(progress).toMatchObject({
      done: true,
      pages: 3,
      books: { records: 25, dataKeys: 25, outcomes: { rewrapped: 25 } },
    });
    expect(booksBalance(progress.books)).toBe(true);
    expect(new Set(keysOf(ports))).toEqual(new Set([NEW_KEY]));
    expect(progress.books.keyMaterials).toEqual([
      { keyArn: OLD_KEY, keyMaterialId: ports.keys.materialOf(OLD_KEY), before: 25, after: 0 },
      { keyArn: NEW_KEY, keyMaterialId: ports.keys.materialOf(NEW_KEY), before: 0, after: 25 },
    ]);
  });

  it('keeps the data key itself: what KMS opens afterwards is what it opened before', async () => {
    const ports = withOrders(3);
    await migrateUnit(scope(), ports);
    const plaintexts = [...ports.records.items.values()].map(
      ({ attributes }) => ports.keys.decrypt((attributes['edk'] as { B: Uint8Array }).B, CONTEXT)?.plaintext,
    );
    expect(plaintexts).toEqual(['secret 0', 'secret 1', 'secret 2']);
  });

  it('writes nothing in a second run', async () => {
    const ports = withOrders(12);
    await migrateUnit(scope(), ports);
    const written = ports.records.writes.length;
    ports.ledger.checkpoints.clear();
    const again = await migrateUnit(scope(), ports);
    expect(again.books.outcomes).toEqual({ 'already-current': 12 });
    expect(ports.records.writes).toHaveLength(written);
  });

  it('has every intent durable before the first write of its page', async () => {
    const ports = withOrders(10);
    const seen: number[] = [];
    ports.records.beforeWrite = () => {
      seen.push(ports.journal.intents.length);
      return undefined;
    };
    await migrateUnit(scope(), ports);
    expect(seen).toHaveLength(10);
    expect(Math.min(...seen)).toBe(10);
  });

  it('journals the old data key byte for byte: rollback needs nothing else', async () => {
    const ports = withOrders(1);
    const before = ([...ports.records.items.values()][0]!.attributes['edk'] as { B: Uint8Array }).B;
    await migrateUnit(scope(), ports);
    expect(Buffer.from(ports.journal.intents[0]!.dataKeys[0]!.oldCiphertext!, 'base64')).toEqual(
      Buffer.from(before),
    );
  });

  it('changes nothing when the journal cannot be written', async () => {
    const ports = withOrders(5);
    ports.journal.writeIntents = () => Promise.reject(new Error('journal is full'));
    await expect(migrateUnit(scope(), ports)).rejects.toThrow('journal is full');
    expect(ports.records.writes).toEqual([]);
  });

  it('only counts in a census: no write, no intent', async () => {
    const ports = withOrders(4);
    const progress = await migrateUnit(scope({ mode: 'census' }), ports);
    expect(progress.books).toMatchObject({ outcomes: { 'to-rewrap': 4 }, remaining: 4, failures: [] });
    expect([ports.records.writes, ports.journal.intents]).toEqual([[], []]);
  });

  it('names bad records, leaves them as they are, and goes on', async () => {
    const ports = withOrders(2);
    ports.records.put(
      order(ports, 98, FOREIGN_KEY),
      item('broken', { tenant: { S: 'acme' }, edk: { B: Buffer.from('garbage') } }),
      item('draft', { tenant: { S: 'acme' } }),
    );
    const progress = await migrateUnit(scope(), ports);
    expect(progress.books).toMatchObject({
      records: 5,
      dataKeys: 4,
      outcomes: { rewrapped: 2, 'foreign-key': 1, unreadable: 1 },
    });
    expect(progress.books.failures.map(({ outcome, locator }) => [outcome, locator])).toEqual([
      ['foreign-key', '{"id":{"S":"o-98"}}'],
      ['unreadable', '{"id":{"S":"broken"}}'],
    ]);
  });

  it('continues from the last checkpoint after a crash, and counts nothing twice', async () => {
    const ports = withOrders(25);
    let pages = 0;
    const checkpoint = ports.ledger.checkpoint.bind(ports.ledger);
    ports.ledger.checkpoint = (progress, previous) =>
      ++pages === 2 ? Promise.reject(new Error('killed')) : checkpoint(progress, previous);
    await expect(migrateUnit(scope(), ports)).rejects.toThrow('killed');
    const progress = await migrateUnit(scope(), ports);
    expect(progress.books).toMatchObject({
      dataKeys: 25,
      outcomes: { rewrapped: 15, 'already-current': 10 },
    });
    expect(new Set(keysOf(ports))).toEqual(new Set([NEW_KEY]));
  });

  it('stops before its time is up, with its cursor in the ledger, and the next invocation finishes', async () => {
    const ports = withOrders(25);
    const first = await migrateUnit(scope(), { ...ports, deadline: onePage(ports) });
    expect(first).toMatchObject({ done: false, pages: 1, cursor: '10' });
    const rest = await migrateUnit(scope(), ports);
    expect(rest).toMatchObject({ done: true, books: { dataKeys: 25 } });
  });

  it('answers at once for a unit that is done', async () => {
    const ports = withOrders(3);
    await migrateUnit(scope(), ports);
    const calls = ports.keys.calls.length;
    await migrateUnit(scope(), ports);
    expect(ports.keys.calls).toHaveLength(calls);
  });

  it('gives way when another invocation has advanced the unit', async () => {
    const ports = withOrders(25);
    const journal = ports.journal.writeOutcomes.bind(ports.journal);
    ports.journal.writeOutcomes = async (page, outcomes) => {
      await journal(page, outcomes);
      if (page.page === 0) await migrateUnit(scope(), { ...ports, journal: new FakeJournal() });
      return undefined;
    };
    await expect(migrateUnit(scope(), ports)).rejects.toBeInstanceOf(UnitConflict);
    expect(new Set(keysOf(ports))).toEqual(new Set([NEW_KEY]));
  });
});

describe('a race with another writer', () => {
  it('counts a write whose answer was lost as its own', async () => {
    const ports = withOrders(1);
    let first = true;
    ports.records.afterWrite = () => {
      const lost = first;
      first = false;
      return lost ? { kind: 'precondition-failed' } : { kind: 'written' };
    };
    const progress = await migrateUnit(scope(), ports);
    expect(progress.books.outcomes).toEqual({ rewrapped: 1 });
    expect(ports.records.writes).toHaveLength(1);
  });

  it('leaves a record alone that another writer has given a new data key', async () => {
    const ports = withOrders(1);
    ports.records.beforeWrite = record => {
      ports.records.beforeWrite = () => undefined;
      ports.records.put({
        ...(record as ItemRecord),
        attributes: {
          ...(record as ItemRecord).attributes,
          edk: { B: ports.keys.encrypt(OLD_KEY, 'rotated', CONTEXT) },
        },
      });
      return undefined;
    };
    const progress = await migrateUnit(scope(), ports);
    expect(progress.books.outcomes).toEqual({ 'moved-by-another-writer': 1 });
    expect(keysOf(ports)).toEqual([OLD_KEY]);
  });

  it('tries once more if something else in the record has changed', async () => {
    const ports = withOrders(1);
    ports.records.beforeWrite = () => {
      ports.records.beforeWrite = () => undefined;
      return { kind: 'precondition-failed' };
    };
    const progress = await migrateUnit(scope(), ports);
    expect(progress.books.outcomes).toEqual({ rewrapped: 1 });
  });

  it('counts a deleted record as moved', async () => {
    const ports = withOrders(1);
    ports.records.beforeWrite = ({ locator }) => {
      ports.records.items.delete(locator);
      return undefined;
    };
    const progress = await migrateUnit(scope(), ports);
    expect(progress.books.outcomes).toEqual({ 'moved-by-another-writer': 1 });
  });
});

describe('a broken premise', () => {
  it('stops the worker, and tells all others', async () => {
    const ports = withOrders(25);
    ports.keys.disabled.add(OLD_KEY);
    const work = announceTrouble('run-1', ports.ledger, () => migrateUnit(scope(), ports));
    await expect(work).rejects.toBeInstanceOf(PremiseBroken);
    expect(ports.ledger.control.brokenPremise).toContain('is disabled');
    expect(ports.records.writes).toEqual([]);
  });

  it('stops a worker at its next page that another one found', async () => {
    const ports = withOrders(25);
    const checkpoint = ports.ledger.checkpoint.bind(ports.ledger);
    ports.ledger.checkpoint = async (progress, previous) => {
      await checkpoint(progress, previous);
      await ports.ledger.breakPremise('run-1', 'key is gone');
    };
    await expect(migrateUnit(scope(), ports)).rejects.toThrow('key is gone');
    expect(ports.records.writes).toHaveLength(10);
  });

  it('is not announced again by the workers that stop because of it', async () => {
    const ports = withOrders(5);
    ports.ledger.control = { brokenPremise: 'first words' };
    await expect(announceTrouble('run-1', ports.ledger, () => migrateUnit(scope(), ports))).rejects.toThrow(
      'first words',
    );
    expect(ports.ledger.control.brokenPremise).toBe('first words');
  });
});

describe('the rate of a worker', () => {
  const quarter = (): FakePorts => ({
    ...withOrders(1),
    shares: { take: rate => Promise.resolve(rate / 4) },
  });

  it('is its share of the run, as the ledger says while it runs', async () => {
    const ports = quarter();
    await migrateUnit(scope(), ports);
    expect(ports.keys.rate).toBe(125);
    ports.ledger.checkpoints.clear();
    ports.ledger.control = { kmsRequestsPerSecond: 40 };
    await migrateUnit(scope(), ports);
    expect(ports.keys.rate).toBe(10);
  });

  it.each([0, NaN, -1])('is never without a bound, though the ledger says %d', async asked => {
    const ports = quarter();
    ports.ledger.control = { kmsRequestsPerSecond: asked };
    await migrateUnit(scope(), ports);
    expect(ports.keys.rate).toBe(0.25);
  });

  it('is asked for again a minute later if none is free, and KMS is not asked in the meantime', async () => {
    const ports = { ...withOrders(5), shares: { take: () => Promise.resolve(undefined) } };
    expect(await migrateUnit(scope(), ports)).toMatchObject({ paused: 'no-share', pages: 0 });
    const verified = await verifyUnit(scope(), { ...ports, archive: ports.journal });
    expect([verified.paused, verified.done, ports.keys.calls]).toEqual(['no-share', false, []]);
  });

  it('is not taken while the run is paused', async () => {
    const take = jest.fn();
    const ports = { ...withOrders(5), shares: { take } };
    ports.ledger.control = { paused: true };
    await migrateUnit(scope(), ports);
    expect(take).not.toHaveBeenCalled();
  });
});

describe('a paused run', () => {
  it('begins no other page, tells the state machine so, and continues from there', async () => {
    const ports = withOrders(25);
    ports.ledger.control = { paused: true };
    const read = jest.spyOn(ports.records, 'readPage');
    expect(await migrateUnit(scope(), ports)).toMatchObject({ done: false, paused: 'by-operator', pages: 0 });
    expect([read.mock.calls, ports.keys.calls]).toEqual([[], []]);
    ports.ledger.control = { paused: false };
    expect(await migrateUnit(scope(), ports)).toMatchObject({ done: true, books: { dataKeys: 25 } });
  });

  it('leaves no trace of the pause in its checkpoints', async () => {
    const ports = withOrders(25);
    ports.records.beforeWrite = () => {
      ports.ledger.control = { paused: true };
      return undefined;
    };
    expect(await migrateUnit(scope(), ports)).toMatchObject({ done: false, paused: 'by-operator', pages: 1 });
    for (const checkpoint of ports.ledger.checkpoints.values())
      expect(checkpoint).not.toHaveProperty('paused');
  });
});

describe('doubt in the verify pass', () => {
  const doubtful = [
    ['of another type', { L: [{ N: '1' }] }],
    ['of another encoding', { S: 'AQICAHh=' }],
    ['that are garbage', { B: Buffer.from('garbage') }],
  ] as const;
  it.each(doubtful)('counts slots %s as remaining', async (_, edk) => {
    const ports = withOrders(0);
    ports.records.put(item('odd', { tenant: { S: 'acme' }, edk }));
    const { books } = await verifyUnit(scope(), { ...ports, archive: ports.journal });
    expect(books).toMatchObject({ dataKeys: 1, outcomes: { unreadable: 1 }, remaining: 1 });
  });

  it('counts records without a data key, in both passes', async () => {
    const ports = withOrders(3);
    ports.records.put(item('plain', { tenant: { S: 'acme' } }));
    const migrated = await migrateUnit(scope(), ports);
    const verified = await verifyUnit(scope(), { ...ports, archive: ports.journal });
    expect([migrated.books.withoutDataKey, verified.books.withoutDataKey]).toEqual([1, 1]);
    expect(verified.books.withoutDataKeyFirst).toEqual([expect.stringContaining('plain')]);
  });
});

describe('verifying a unit', () => {
  const verify = (ports: FakePorts) => verifyUnit(scope(), { ...ports, archive: ports.journal });

  it('finds nothing left after a migration', async () => {
    const ports = withOrders(25);
    await migrateUnit(scope(), ports);
    const { books } = await verify(ports);
    expect(books).toMatchObject({ dataKeys: 25, outcomes: { 'already-current': 25 }, remaining: 0 });
  });

  it('asks with the destination key only', async () => {
    const ports = withOrders(3);
    await verify(ports);
    expect(new Set(ports.keys.calls.map(({ source }) => source.keyArn))).toEqual(new Set([NEW_KEY]));
  });

  it('counts what is still under a source key as remaining, and names it', async () => {
    const { books } = await verify(withOrders(2));
    expect(books).toMatchObject({ outcomes: { 'to-rewrap': 2 }, remaining: 2 });
    expect(books.failures[0]?.reason).toContain('may still need a source key');
  });

  it('does not count data keys that this run has found foreign', async () => {
    const ports = fakePorts();
    ports.records.put(order(ports, 1, FOREIGN_KEY));
    await migrateUnit(scope(), ports);
    expect((await verify(ports)).books).toMatchObject({ outcomes: { 'foreign-key': 1 }, remaining: 0 });
  });

  it('counts a data key whose context cannot be built, if it is not under the destination: the source key may be needed', async () => {
    const ports = fakePorts();
    ports.records.put(item('no-tenant', { edk: { B: ports.keys.encrypt(OLD_KEY, 'secret', CONTEXT) } }));
    expect((await verify(ports)).books).toMatchObject({ outcomes: { 'to-rewrap': 1 }, remaining: 1 });
  });

  it('counts older key material of the destination as remaining', async () => {
    const ports = fakePorts();
    ports.records.put(order(ports, 1, NEW_KEY));
    ports.keys.rotate(NEW_KEY);
    expect((await verify(ports)).books).toMatchObject({ outcomes: { 'to-rewrap': 1 }, remaining: 1 });
  });
});
