import type { Job, Limits } from '../../lambda/core/model/job.ts';
import { estimate } from '../../lambda/core/plan/estimate.ts';
import type { TableDescription } from '../../lambda/core/stores/dynamodb/catalog.ts';
import { job } from '../support/builders.ts';
import { planOf, stores, table } from '../support/plan-ports.ts';

const MB = 1024 * 1024;

function planned(description: Partial<TableDescription>, limits: Partial<Limits> = {}) {
  const catalog = stores({
    describeTable: () => Promise.resolve({ kind: 'found', description: table(description) }),
  });
  const one = job();
  return planOf({ stores: catalog }, { jobs: [{ ...one, limits: { ...one.limits, ...limits } }] });
}

const provisioned = { kind: 'provisioned', reads: 200, writes: 400 } as const;

describe('Plan, of a table with provisioned capacity', () => {
  // 100,000 items of 2 KB: two write units each.
  const large = { itemCount: 100_000, sizeBytes: 200 * MB, capacity: provisioned };

  it('proposes a quarter of it, and says how long the run then takes', async () => {
    const { warnings } = await planned(large);
    // 100,000 × 3 units, as 2,097 bytes are more than 2 KB, at 100 a second.
    expect(warnings.join('\n')).toMatch(
      /dynamodb:Orders: the table has 200 read units and 400 write units a second, .*"limits": \{ "writeCapacityPerSecond": 100, "readCapacityPerSecond": 50 \}.* at least 3,000 s here/,
    );
  });

  it('proposes what is missing only, and nothing where the job has both limits', async () => {
    const one = await planned(large, { writeCapacityPerSecond: 10 });
    expect(one.warnings.join('\n')).toContain('"limits": { "readCapacityPerSecond": 50 }');
    const both = await planned(large, { writeCapacityPerSecond: 10, readCapacityPerSecond: 10 });
    expect(both.warnings.join('\n')).not.toContain('CapacityPerSecond');
  });

  it('warns of limits that are above what the table has', async () => {
    const { warnings } = await planned(large, { writeCapacityPerSecond: 500, readCapacityPerSecond: 50 });
    expect(warnings.join('\n')).toMatch(/limits.writeCapacityPerSecond is 500, and the table has 400/);
  });

  it('says nothing of a table on demand, and the same of one that has a maximum', async () => {
    expect((await planned({})).warnings.join('\n')).not.toContain('CapacityPerSecond');
    const { warnings } = await planned({ capacity: { kind: 'maximum', writes: 40 } });
    expect(warnings.join('\n')).toMatch(
      /the table takes at most 40 write units a second, .*\{ "writeCapacityPerSecond": 10 \}/,
    );
  });

  it.each([
    [1, 1],
    [10, 2],
    [1_000, 4],
  ])('with a limit of %d lets %d workers begin, so that each has a few units', async (limit, workers) => {
    expect((await planned(large, { writeCapacityPerSecond: limit })).workers).toBe(workers);
  });
});

describe('the reads of a verify pass', () => {
  it.each([
    ['that is provisioned', { capacity: provisioned }, 50],
    ['on demand with a maximum', { capacity: { kind: 'maximum', reads: 40, writes: 40 } }, 10],
    ['on demand whose maximum is of writes', { capacity: { kind: 'maximum', writes: 40 } }, 3_000],
    ['on demand', {}, 3_000],
    ['on demand that has grown', { warmReads: 40_000 }, 10_000],
    ['of next to nothing', { capacity: { kind: 'provisioned', reads: 1, writes: 1 } }, 1],
  ] as const)('are a quarter of what a table takes %s', async (_, description, units) => {
    expect((await planned(description)).verifyReads).toEqual({ 'us-east-1/Orders': units });
  });
});

describe('the time that Plan estimates', () => {
  function seconds(
    limits: Partial<Limits>,
    { records = 10_000, bytes = 10_000 * 1_000 } = {},
    changes: Partial<Job> = {},
  ) {
    const one = job({ verify: 'off', ...changes });
    const all = { ...one.limits, kmsRequestsPerSecond: 500, ...limits };
    return estimate({
      ...{ job: one, mode: 'migrate', limits: all, route: 'direct' },
      counts: one.stores.map((_, store) => ({ store, records, bytes })),
    }).seconds;
  }

  it('is that of KMS where tables have no limit', () => {
    expect(seconds({})).toBe(20);
  });

  it('is that of the writes where their limit is lower, with more for items of more than 1 KB', () => {
    expect(seconds({ writeCapacityPerSecond: 100 })).toBe(100);
    expect(seconds({ writeCapacityPerSecond: 100 }, { bytes: 10_000 * 5_000 })).toBe(500);
  });

  it('is that of the reads where these are slowest', () => {
    // 10,000 × 1,000 bytes are 2,441.4 blocks of 4 KB, at half a unit each.
    expect(seconds({ readCapacityPerSecond: 10 })).toBe(123);
  });

  it('adds up what stores take of the same table, and not of different ones', () => {
    const [store] = job().stores;
    const other = { ...store!, table: 'Invoices' };
    const limits = { writeCapacityPerSecond: 100 };
    expect(seconds(limits, {}, { stores: [store!, other] })).toBe(100);
    expect(seconds(limits, {}, { stores: [store!, store!] })).toBe(200);
  });

  it('counts the writes of a copy at its own table', () => {
    const [store] = job().stores;
    const copied = { ...store!, copyTo: { region: 'eu-west-1', createMissing: true, table: 'Orders' } };
    const limits = { writeCapacityPerSecond: 100, readCapacityPerSecond: 100 };
    // Strongly consistent reads in both places: 2,441.4 each.
    expect(seconds(limits, {}, { stores: [copied] })).toBe(100);
    expect(seconds({ readCapacityPerSecond: 10 }, {}, { stores: [copied] })).toBe(245);
  });
});
