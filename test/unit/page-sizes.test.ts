import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { MOST_DATA_KEYS, PageSizes } from '../../lambda/core/account/page-sizes.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { Books } from '../../lambda/core/model/books.ts';
import type { StoreLook } from '../../lambda/core/model/run.ts';
import { storeName } from '../../lambda/core/stores/places.ts';
import { scope } from '../support/builders.ts';
import { fakePorts } from '../support/fake-ports.ts';

const PLAN = { pageSize: 500 };
const RATE = 100_000;

function books(records: number, dataKeys: number): Books {
  return { ...EMPTY_BOOKS, records, dataKeys, kms: { requests: records, throttled: 0 } };
}

describe('the size of a page of records with many data keys', () => {
  it('is as many records as hold 1,500 of them, as Plan has seen them', () => {
    const sizes = new PageSizes(PLAN, EMPTY_BOOKS, { expected: 1, dataKeys: 25 });
    expect(sizes.at(RATE)).toBe(MOST_DATA_KEYS / 25);
    expect(MOST_DATA_KEYS).toBe(1_500);
  });

  it('is as planned where records hold few', () => {
    expect(new PageSizes(PLAN, EMPTY_BOOKS, { expected: 1, dataKeys: 3 }).at(RATE)).toBe(500);
    expect(new PageSizes(PLAN, EMPTY_BOOKS, { expected: 1 }).at(RATE)).toBe(500);
  });

  it('follows what records held on average, or most recently if that was more', () => {
    const sizes = new PageSizes(PLAN, books(100, 1_000), { expected: 1, dataKeys: 1 });
    expect(sizes.at(RATE)).toBe(150);
    sizes.learn(books(110, 1_500), 0);
    expect(sizes.at(RATE)).toBe(30);
    sizes.learn(books(1_110, 2_500), 0);
    expect(sizes.at(RATE)).toBe(500);
  });

  it('is one record if a single one holds more', () => {
    expect(new PageSizes(PLAN, EMPTY_BOOKS, { expected: 1, dataKeys: 2_000 }).at(RATE)).toBe(1);
  });

  it('is known to a worker before its first page', async () => {
    const asked = scope({ pageSize: 500, highestRate: RATE });
    const look = { store: storeName(asked.store), records: 10, forms: [{ form: 'binary', count: 250 }] };
    const sizes: number[] = [];
    const ports = fakePorts();
    const records = Object.assign(Object.create(ports.records) as typeof ports.records, {
      readPage: (_: unknown, { pageSize }: { readonly pageSize: number }) => {
        sizes.push(pageSize);
        return Promise.resolve({ records: [] });
      },
    });
    const plan = { ...asked.plan, looked: [look as unknown as StoreLook] };
    await migrateUnit({ ...asked, plan }, { ...ports, records });
    expect(sizes).toEqual([60]);
  });
});
