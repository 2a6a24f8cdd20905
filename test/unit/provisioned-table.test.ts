import { simulate, type Counts, type SimulatedRun } from '../support/provisioned-table.ts';
import { planOf, REQUEST, stores, table } from '../support/plan-ports.ts';
import { job } from '../support/builders.ts';

/** A table of 100 units a second, of which its application uses 60, and half an hour. */
const SCENE = { provisioned: 100, application: 60, minutes: 30 } as const;
/** 500 writes a second, as a job has by default, of items of up to 3 KB. */
const RUN: SimulatedRun = { workers: 16, writesPerSecond: 500, units: [1, 2, 1, 3], adapts: true };

/** What Plan proposes for the table, and how many workers it then plans. */
async function proposed(): Promise<{ readonly limit: number; readonly workers: number }> {
  const { provisioned: writes } = SCENE;
  const description = table({
    ...{ itemCount: 1_000_000, sizeBytes: 2 ** 31 },
    capacity: { kind: 'provisioned', reads: 1_000, writes },
  });
  const catalog = stores({ describeTable: () => Promise.resolve({ kind: 'found', description }) });
  const one = job({ limits: { ...job().limits, maxConcurrency: 16 } });
  const { warnings } = await planOf({ stores: catalog }, { jobs: [one] });
  const limit = Number(/"writeCapacityPerSecond": (\d+)/.exec(warnings.join('\n'))?.[1]);
  const limits = { ...one.limits, writeCapacityPerSecond: limit };
  const { workers } = await planOf({ stores: catalog }, { ...REQUEST, jobs: [{ ...one, limits }] });
  return { limit, workers };
}

const shareOf = ({ applicationThrottled, applicationRequests }: Counts): number =>
  applicationThrottled / applicationRequests;

describe('an application that uses 60 % of its table, beside a run', () => {
  it('has no throttle more than without the run, where its limits are those that Plan proposes', async () => {
    const { limit, workers } = await proposed();
    const alone = simulate(SCENE);
    const beside = simulate({ ...SCENE, run: { ...RUN, workers, limit } });
    expect(beside.applicationThrottled).toBe(alone.applicationThrottled);
    expect(beside.unitsOfRun / (30 * 60)).toBeLessThanOrEqual(limit);
    expect(beside.unitsOfRun / (30 * 60)).toBeGreaterThanOrEqual(0.95 * limit);
  });

  it('has some without limits, but far fewer than if workers did not slow down: they leave it most of what it needs', () => {
    const adapting = shareOf(simulate({ ...SCENE, run: RUN }));
    const pushing = shareOf(simulate({ ...SCENE, run: { ...RUN, adapts: false } }));
    // Measured: 5.3 % of its requests, and 65 %.
    expect(adapting).toBeGreaterThan(0);
    expect(adapting).toBeLessThan(0.08);
    expect(pushing).toBeGreaterThan(0.5);
  });
});
