import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { FormatConfig } from '../../lambda/core/model/job.ts';
import type { ItemRecord } from '../../lambda/core/model/record.ts';
import { rollbackUnit } from '../../lambda/core/rollback/rollback-unit.ts';
import type { IntentArchive, ReadIntents } from '../../lambda/core/journal/ports.ts';
import { item, OLD_KEY, scope } from '../support/builders.ts';
import { FakeJournal, fakePorts, type FakePorts } from '../support/fake-ports.ts';
import { archiveOf, migrated, pagesOf, ROLLBACK, snapshot } from '../support/rolled-back.ts';

const CONTEXT = { tenant: 'acme' };

function order(ports: FakePorts, index: number): ItemRecord {
  return item(`o-${index}`, {
    tenant: { S: 'acme' },
    edk: { B: ports.keys.encrypt(OLD_KEY, `secret ${index}`, CONTEXT) },
  });
}

async function afterMigration(count: number, format?: FormatConfig) {
  const ports = fakePorts();
  for (let index = 0; index < count; index++) ports.records.put(order(ports, index));
  const before = snapshot(ports);
  const stores =
    format === undefined ? {} : { stores: [{ type: 'dynamodb' as const, table: 'Orders', format }] };
  await migrateUnit(scope(stores), ports);
  return { ports, before };
}

/** The journal as it is in its bucket, page by page, with `workedAgain` as the names of its objects show it. */
function journalledPages({ objects }: FakeJournal, ...again: readonly number[]): Partial<IntentArchive> {
  const numbers = [...new Set(objects.map(({ page }) => page))].sort((a, b) => a - b);
  const pages = numbers.map(page => ({
    name: `page-${page}`,
    intents: objects.flatMap((object, at) => (object.page === page ? [String(at)] : [])),
    outcomes: [`outcomes of ${page}`],
    ...(again.includes(page) && { workedAgain: true as const }),
  }));
  return {
    pagesOf: pagesOf(pages),
    readIntents: name => Promise.resolve({ kind: 'intents', intents: objects[Number(name)]?.intents ?? [] }),
  };
}

describe('rolling back under a limit of its table', () => {
  it('waits for its part of the table, and restores nothing without one', async () => {
    const { ports, before } = await afterMigration(2);
    const moved = snapshot(ports);
    const nothing = { ...migrated(ports), shares: { take: () => Promise.resolve(undefined) } };
    expect(await rollbackUnit(ROLLBACK, nothing)).toMatchObject({ done: false, paused: 'no-share' });
    expect(snapshot(ports)).toBe(moved);
    expect(await rollbackUnit(ROLLBACK, migrated(ports))).toMatchObject({ done: true });
    expect(snapshot(ports)).toBe(before);
  });
});

describe('rolling back a run that gave up an attempt at a page', () => {
  it('counts every data key once, where the next attempt ended that page earlier', async () => {
    const ports = fakePorts();
    for (let index = 0; index < 8; index++) ports.records.put(order(ports, index));
    const before = snapshot(ports);
    let writes = 0;
    ports.records.beforeWrite = () => {
      if (++writes > 3) throw new Error('killed');
      return undefined;
    };
    await expect(migrateUnit(scope(), ports)).rejects.toThrow('killed');
    ports.records.beforeWrite = () => undefined;
    // There is time only for the one question that every page may ask.
    for (let done = false; !done;)
      ({ done } = await migrateUnit(scope(), { ...ports, deadline: { remaining: () => 1 } }));
    const { books } = await rollbackUnit(ROLLBACK, migrated(ports, journalledPages(ports.journal, 0)));
    expect(snapshot(ports)).toBe(before);
    expect(books).toMatchObject({ dataKeys: 8, outcomes: { restored: 8 }, failures: [] });
  });

  it('looks at no other page if a page was worked on once', async () => {
    const { ports } = await afterMigration(12);
    const archive = journalledPages(ports.journal);
    const read = jest.fn(archive.readIntents);
    await rollbackUnit(ROLLBACK, migrated(ports, { ...archive, readIntents: read }));
    expect(read).toHaveBeenCalledTimes(2);
  });
});

describe('rolling a run back', () => {
  it('puts every data key back, byte for byte, with nothing but the journal', async () => {
    const { ports, before } = await afterMigration(12);
    expect(snapshot(ports)).not.toBe(before);
    ports.keys.calls.length = 0;
    const { books, done } = await rollbackUnit(ROLLBACK, migrated(ports));
    expect([done, books.outcomes, snapshot(ports)]).toEqual([true, { restored: 12 }, before]);
    expect(ports.keys.calls).toEqual([]);
  });

  it('holds no more records at a time than its store returns together', async () => {
    const { ports, before } = await afterMigration(12);
    const find = ports.records.find.bind(ports.records);
    const asked: number[] = [];
    ports.records.find = locators => {
      asked.push(locators.length);
      return find(locators.slice(0, 4));
    };
    const { books } = await rollbackUnit(ROLLBACK, migrated(ports));
    expect([books.outcomes, snapshot(ports), asked]).toEqual([{ restored: 12 }, before, [12, 8, 4]]);
  });

  it('empties the places that the run has filled', async () => {
    const format = {
      type: 'attribute',
      dataKey: 'edk',
      encryptionContext: { tenant: { attribute: 'tenant' } },
      writeTo: { dataKey: 'new', keyArn: 'newKey' },
    };
    const { ports, before } = await afterMigration(2, format);
    await rollbackUnit(ROLLBACK, migrated(ports));
    expect(snapshot(ports)).toBe(before);
  });

  it('finds in the journal whatever the run has replaced, even if someone was faster beside the data key', async () => {
    const ports = fakePorts();
    const first = order(ports, 0);
    ports.records.put({ ...first, attributes: { ...first.attributes, keyArn: { S: OLD_KEY } } });
    const keyId = OLD_KEY.split('/')[1] ?? '';
    ports.records.beforeWrite = record => {
      ports.records.beforeWrite = () => undefined;
      const now = record as ItemRecord;
      ports.records.put({ ...now, attributes: { ...now.attributes, keyArn: { S: keyId } } });
      return undefined;
    };
    const format = {
      type: 'attribute',
      dataKey: 'edk',
      keyArn: 'keyArn',
      encryptionContext: { tenant: { attribute: 'tenant' } },
    };
    await migrateUnit(scope({ stores: [{ type: 'dynamodb', table: 'Orders', format }] }), ports);
    await rollbackUnit(ROLLBACK, migrated(ports));
    const [last] = [...ports.records.items.values()];
    expect(last?.attributes).toEqual({ ...first.attributes, keyArn: { S: keyId } });
  });

  it('assumes nothing about a record that its store does not show: an unseen place is not an empty one', async () => {
    const { ports } = await afterMigration(2, {
      type: 'attribute',
      dataKey: 'edk',
      writeTo: { dataKey: 'new' },
      encryptionContext: { tenant: { attribute: 'tenant' } },
    });
    const [first] = [...ports.records.items.values()];
    const shown = { ...first!, attributes: first!.key, hidden: 'dynamodb:GetItem was refused' };
    ports.records.items.set(first!.locator, shown);
    const { books } = await rollbackUnit(ROLLBACK, migrated(ports));
    expect(books.outcomes).toEqual({ restored: 1, blocked: 1 });
    expect(books.failures).toMatchObject([{ locator: first!.locator, reason: shown.hidden }]);
  });

  it('leaves what another writer has changed since, and says so', async () => {
    const { ports } = await afterMigration(3);
    const theirs = item('o-1', { tenant: { S: 'acme' }, edk: { B: Buffer.from('theirs') } });
    ports.records.put(theirs);
    ports.records.items.delete(order(ports, 2).locator);
    const { books } = await rollbackUnit(ROLLBACK, migrated(ports));
    expect(books.outcomes).toEqual({ restored: 1, 'moved-by-another-writer': 2 });
    expect(ports.records.items.get(theirs.locator)).toEqual(theirs);
  });

  it('leaves what is beside the data key if someone has changed it since', async () => {
    const format = {
      type: 'attribute',
      dataKey: 'edk',
      keyArn: 'key',
      encryptionContext: { tenant: { attribute: 'tenant' } },
    };
    const ports = fakePorts();
    const first = order(ports, 0);
    ports.records.put({ ...first, attributes: { ...first.attributes, key: { S: OLD_KEY } } });
    await migrateUnit(scope({ stores: [{ type: 'dynamodb', table: 'Orders', format }] }), ports);
    const now = ports.records.items.get(first.locator)!;
    ports.records.put({ ...now, attributes: { ...now.attributes, key: { S: 'renamed' } } });
    await rollbackUnit(ROLLBACK, migrated(ports));
    expect(ports.records.items.get(first.locator)?.attributes).toMatchObject({
      edk: first.attributes['edk'],
      key: { S: 'renamed' },
    });
  });

  it('finds what the run never wrote as it was: a run may have died between journal and write', async () => {
    const { ports, before } = await afterMigration(2);
    const restored = migrated(ports);
    await rollbackUnit(ROLLBACK, restored);
    ports.ledger.checkpoints.clear();
    const { books } = await rollbackUnit(ROLLBACK, restored);
    expect([books.outcomes, snapshot(ports)]).toEqual([{ 'already-restored': 2 }, before]);
  });

  it('is journalled itself, before it changes anything, and can be rolled back', async () => {
    const { ports } = await afterMigration(2);
    const after = snapshot(ports);
    const first = migrated(ports);
    let journalledFirst = false;
    ports.records.beforeWrite = () => {
      journalledFirst = first.journal.intents.length === 2;
      return undefined;
    };
    await rollbackUnit(ROLLBACK, first);
    expect(journalledFirst).toBe(true);
    const again = scope({ runId: 'run-3', mode: 'rollback', rollsBack: 'run-2' });
    ports.ledger.checkpoints.clear();
    await rollbackUnit(again, { ...ports, archive: archiveOf(first.journal), journal: new FakeJournal() });
    expect(snapshot(ports)).toBe(after);
  });

  it('counts a slot once if its page was worked on twice, by the intent that fits', async () => {
    const { ports, before } = await afterMigration(1);
    const [intent] = ports.journal.intents;
    const lost = {
      ...intent!,
      newDigest: 'x',
      undo: [{ ...intent!.undo[0]!, afterDigest: 'never written' }],
    };
    const readIntents = (): Promise<ReadIntents> =>
      Promise.resolve({ kind: 'intents', intents: [lost, intent!] });
    const { books } = await rollbackUnit(ROLLBACK, migrated(ports, { readIntents }));
    expect([books.outcomes, snapshot(ports)]).toEqual([{ restored: 1 }, before]);
  });

  it('deletes no record that the run has created', async () => {
    const { ports } = await afterMigration(1);
    const [intent] = ports.journal.intents;
    const made = { ...intent!, createsRecord: true as const, undo: [] };
    const readIntents = (): Promise<ReadIntents> => Promise.resolve({ kind: 'intents', intents: [made] });
    const { books } = await rollbackUnit(ROLLBACK, migrated(ports, { readIntents }));
    expect(books).toMatchObject({
      outcomes: { blocked: 1 },
      failures: [{ reason: 'made by that run; a rollback deletes no record' }],
    });
    expect(ports.records.items.size).toBe(1);
  });

  it('names a damaged journal object, trusts nothing in it, and continues with the rest', async () => {
    const { ports } = await afterMigration(2);
    const pages = pagesOf([
      { name: 'page-1', intents: ['broken'], outcomes: [] },
      { name: 'page-2', intents: ['intents-2'], outcomes: [] },
    ]);
    const readIntents = (name: string): Promise<ReadIntents> =>
      Promise.resolve(
        name === 'broken'
          ? { kind: 'damaged', reason: 'is truncated' }
          : { kind: 'intents', intents: [...ports.journal.intents] },
      );
    const { books } = await rollbackUnit(ROLLBACK, migrated(ports, { pagesOf: pages, readIntents }));
    expect(books.outcomes).toEqual({ failed: 1, restored: 2 });
    expect(books.failures).toMatchObject([{ store: 'journal', locator: 'broken', reason: 'is truncated' }]);
  });

  it('names a page whose intents are missing if its outcomes say that it changed something', async () => {
    const { ports } = await afterMigration(1);
    const pages = pagesOf([{ name: 'page-1', intents: [], outcomes: ['outcomes-1'] }]);
    const { books } = await rollbackUnit(ROLLBACK, migrated(ports, { pagesOf: pages }));
    expect(books.failures[0]?.reason).toContain('the intents of this page are missing');
    ports.ledger.checkpoints.clear();
    const hasRewrapped = () => Promise.resolve(false);
    expect(
      (await rollbackUnit(ROLLBACK, migrated(ports, { pagesOf: pages, hasRewrapped }))).books.dataKeys,
    ).toBe(0);
  });

  it('continues from its last page after a crash', async () => {
    const { ports, before } = await afterMigration(4);
    const all = [...ports.journal.intents];
    const pages = pagesOf(
      all.map((_, index) => ({ name: `page-${index}`, intents: [String(index)], outcomes: [] })),
    );
    const readIntents = (name: string): Promise<ReadIntents> =>
      Promise.resolve({ kind: 'intents', intents: [all[Number(name)]!] });
    const paged = migrated(ports, { pagesOf: pages, readIntents });
    const short = { ...paged, deadline: { remaining: () => 0 } };
    expect(await rollbackUnit(ROLLBACK, short)).toMatchObject({ done: false, pages: 1 });
    expect(await rollbackUnit(ROLLBACK, paged)).toMatchObject({
      done: true,
      pages: 4,
      books: { outcomes: { restored: 4 } },
    });
    expect(snapshot(ports)).toBe(before);
  });

  it('lists only what is left of the journal, and continues from the page count that an earlier version has left', async () => {
    const { ports, before } = await afterMigration(3);
    const all = [...ports.journal.intents];
    const names = ['page-1', 'page-2', 'page-3'];
    const asked: (string | undefined)[] = [];
    const listing = pagesOf(names.map(name => ({ name, intents: [name], outcomes: [] })));
    const paged = migrated(ports, {
      pagesOf: (unit, after) => {
        asked.push(after);
        return listing(unit, after);
      },
      readIntents: name => Promise.resolve({ kind: 'intents', intents: [all[names.indexOf(name)]!] }),
    });
    const short = { ...paged, deadline: { remaining: () => 0 } };
    const first = await rollbackUnit(ROLLBACK, short);
    expect(first).toMatchObject({ pages: 1, cursor: 'page-1' });
    await rollbackUnit(ROLLBACK, short);
    expect(asked).toEqual([undefined, 'page-1']);
    ports.ledger.checkpoints.set('run-1 rollback u00001', { ...first, pages: 2, cursor: '2' });
    expect(await rollbackUnit(ROLLBACK, paged)).toMatchObject({ done: true, pages: 3 });
    expect([asked.at(-1), snapshot(ports)]).toEqual([undefined, before]);
  });

  it('of a unit that changed nothing is done at once', async () => {
    const { ports } = await afterMigration(0);
    expect(await rollbackUnit(ROLLBACK, migrated(ports, { pagesOf: pagesOf([]) }))).toMatchObject({
      done: true,
      books: { dataKeys: 0 },
    });
  });
});
