import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { item, object, scope } from '../support/builders.ts';
import { fakePorts } from '../support/fake-ports.ts';
import { ReadPace } from '../../lambda/core/verify/read-pace.ts';

/** Works on pages of so many records, each as soon as it may, and says how many records that is in a second. */
function recordsPerSecond(share: number, { pages = 100, records = 500, workMs = 10 } = {}): number {
  const pace = new ReadPace();
  let now = 0;
  for (let page = 0; page < pages; page++) now += pace.reserve(now, records, share) + workMs;
  return (1_000 * (pages - 1) * records) / now;
}

describe('a verify pass over objects', () => {
  it('visits as many in a second as the run may ask KMS about, however fast it could read', () => {
    expect(recordsPerSecond(100)).toBeLessThanOrEqual(100);
    expect(recordsPerSecond(100)).toBeGreaterThan(98);
  });

  it('waits for nothing where reading takes longer than that', () => {
    expect(recordsPerSecond(1_000, { workMs: 1_000 })).toBe(495);
  });

  it('catches up on nothing after a slow page', () => {
    const pace = new ReadPace();
    expect(pace.reserve(0, 100, 100)).toBe(0);
    expect(pace.reserve(60_000, 100, 100)).toBe(0);
    expect(pace.reserve(60_000, 100, 100)).toBe(1_000);
  });

  it('never waits longer than 20 s, so that it hears of a stop', () => {
    const pace = new ReadPace();
    pace.reserve(0, 500, 1);
    expect(pace.reserve(0, 500, 1)).toBe(20_000);
  });
});

describe('the worker of a verify pass', () => {
  /** How long it waits on its way through a hundred records at ten a second, in pages of ten. */
  async function waited(kind: 'objects' | 'items'): Promise<number> {
    let now = 0;
    const ports = fakePorts({ clock: { now: () => now } });
    for (let index = 0; index < 100; index++)
      ports.records.put(kind === 'items' ? item(`i-${index}`, {}) : (object(`o-${index}`, {}) as never));
    const bucket = {
      ...{ type: 's3', bucket: 'documents', prefix: '' },
      format: { type: 'object-metadata', dataKey: 'edk' },
    };
    const limits = { kmsRequestsPerSecond: 10, maxConcurrency: 1, toleratedFailurePercentage: 0 };
    const stores = kind === 'items' ? {} : { stores: [bucket] };
    const wait = (ms: number): Promise<void> => {
      now += ms;
      return Promise.resolve();
    };
    const one = scope({ ...stores, limits, pageSize: 10 });
    const { books } = await verifyUnit(one, { ...ports, wait, archive: ports.journal });
    expect(books.records).toBe(100);
    return now;
  }

  it('visits objects at the rate of its run', async () => {
    expect(await waited('objects')).toBe(9_000);
  });

  it('waits for no items: their table is bounded in its own units', async () => {
    expect(await waited('items')).toBe(0);
  });
});
