import { addBooks, EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import type { Books, UnitProgress } from '../../lambda/core/model/books.ts';
import { consumedAt } from '../../lambda/core/rate/consumed.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import { foldReport } from '../../lambda/core/report/fold.ts';
import { reportHtml } from '../../lambda/core/report/html.ts';
import { item, OLD_KEY, plan, scope } from '../support/builders.ts';
import { fakePorts } from '../support/fake-ports.ts';

const unit = (unitId: string, books: Books): UnitProgress => ({
  ...{ runId: 'run-1', unitId, phase: 'migrate', store: 0, pages: 1, done: true },
  books,
});

async function* of(...units: readonly UnitProgress[]): AsyncGenerator<UnitProgress> {
  yield* await Promise.resolve(units);
}

describe('what a run took of a table', () => {
  it('is counted by page in the books of its units', async () => {
    const ports = fakePorts();
    for (const id of ['a', 'b', 'c'])
      ports.records.put(
        item(id, {
          tenant: { S: 'acme' },
          edk: { B: ports.keys.encrypt(OLD_KEY, id, { tenant: 'acme' }) },
        }),
      );
    let pages = 0;
    const capacity = {
      takeConsumed: () => ({ write: consumedAt(10_000 * pages++, 3) }),
      keepTo: () => undefined,
    };
    const { books } = await migrateUnit(scope({ pageSize: 1 }), { ...ports, capacity });
    expect(books.capacity).toEqual({
      write: { units: 9, over: { seconds: 10, first: 0, units: [3, 3, 3] } },
    });
  });

  it('is told by store, with the most that all workers took at the same time', async () => {
    const at = (now: number, write: number, read: number): Books => ({
      ...EMPTY_BOOKS,
      capacity: { write: consumedAt(now, write), read: consumedAt(now, read) },
    });
    const units = of(
      unit('u00001', addBooks(at(0, 500, 40), at(10_000, 880, 2.5))),
      unit('u00002', at(5_000, 300, 1)),
    );
    const report = await foldReport({
      ...{ plan: plan({ verify: false, units: 2, unitsPerStore: [2] }), units },
      endedAt: '2026-11-21T01:00:00.000Z',
      files: { journal: 'j', run: 'r' },
    });
    expect(report.stores[0]?.capacity).toEqual({
      ...{ readUnits: 43.5, writeUnits: 1_680, seconds: 10 },
      ...{ mostReadUnitsPerSecond: 4.1, mostWriteUnitsPerSecond: 88 },
    });
    expect(reportHtml(report)).toContain(
      'consumed 1,680 write units, at most 88 a second, and 43.5 read units, at most 4.1 a second (averages of 10 s)',
    );
  });

  it('is not told of a store without capacity of its own, nor of units of earlier versions', async () => {
    const report = await foldReport({
      ...{ plan: plan({ verify: false }), units: of(unit('u00001', EMPTY_BOOKS)) },
      endedAt: '2026-11-21T01:00:00.000Z',
      files: { journal: 'j', run: 'r' },
    });
    expect(report.stores[0]).not.toHaveProperty('capacity');
    expect(reportHtml(report)).not.toContain('write units');
  });
});
