import type { UnitProgress } from '../../lambda/core/model/books.ts';
import type { Unit } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { workDigest } from '../../lambda/core/plan/continue-run.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import type { PlannedRun } from '../../lambda/core/plan/plan-request.ts';
import type { LatestRun } from '../../lambda/core/plan/ports.ts';
import { item, job, OLD_KEY, planned, scope, UNIT, use } from '../support/builders.ts';
import { fakePorts, onePage } from '../support/fake-ports.ts';
import { planOf, ports, REQUEST, table, stores } from '../support/plan-ports.ts';

const DAY = 24 * 3600 * 1000;
const LEFT_UNIT: Unit = { ...UNIT, runId: 'left', unitId: 'u00007' };

/** Plans a run after a run called `left`, which had the same plan except for what a test changes. */
async function planAfter({
  latest = {},
  left = {},
  input = {},
  ago = DAY,
  source = OLD_KEY,
  fingerprints = false,
}: {
  readonly latest?: Partial<LatestRun>;
  readonly left?: Partial<RunPlan>;
  readonly input?: object;
  readonly ago?: number | undefined;
  readonly source?: string;
  readonly fingerprints?: boolean;
} = {}): Promise<PlannedRun> {
  const jobs = [job({ source: { keys: [use(source)] }, fingerprints })];
  const before = await planOf({}, {});
  const known: LatestRun = { runId: 'left', workDigest: workDigest(before), finished: false, ...latest };
  return planRun(
    { ...REQUEST, jobs, input: { job: 'orders', mode: 'migrate', ...input } },
    {
      ...ports({
        stores: stores({ describeTable: () => Promise.resolve({ kind: 'found', description: table() }) }),
      }),
      latestRuns: { latest: () => Promise.resolve(known) },
      pastRuns: {
        ...ports().pastRuns,
        plan: () => Promise.resolve({ ...before, runId: 'left', ...left }),
        units: () => Promise.resolve([LEFT_UNIT]),
        lastPageAt: () => Promise.resolve(REQUEST.now - ago),
      },
    },
  );
}

describe('a run after one that did not finish', () => {
  it('takes over its units, as its own, and says so', async () => {
    const { plan, units } = await planAfter();
    expect(units).toEqual([{ ...LEFT_UNIT, runId: 'run-1' }]);
    expect(plan).toMatchObject({ runId: 'run-1', continues: ['left'], units: 1, workers: 1 });
    expect(plan.warnings.join()).toContain('continues left');
  });

  it('continues from all runs in a row that were cut short', async () => {
    const { plan } = await planAfter({ left: { continues: ['earlier', 'first'] } });
    expect(plan.continues).toEqual(['left', 'earlier', 'first']);
  });

  it.each([
    ['came to its end', { latest: { finished: true } }],
    ['had another source key', { source: OLD_KEY.replace('1111', '9999') }],
    ['compares fingerprints, of which the other has only a part', { fingerprints: true }],
    ['was a sample', { input: { sample: 5 } }],
    ['was left more than a week ago', { ago: 8 * DAY }],
    ['is asked for from the start', { input: { fromStart: true } }],
    ['is a census, which says what is there at one time', { input: { mode: 'census' } }],
  ])('starts anew where it %s', async (_, given) => {
    const { plan } = await planAfter(given);
    expect(plan.continues).toBeUndefined();
  });

  it('starts again if the destination key has got new key material since', () => {
    const material = (id: string): Partial<RunPlan> => ({
      keyMaterials: [{ keyArn: planned('k').keyArn, keyMaterialId: id, state: 'CURRENT' }],
      destination: planned('k'),
    });
    const digests = ['m1', 'm2', 'm1'].map(id => workDigest(scope(material(id)).plan));
    expect(digests[0]).not.toBe(digests[1]);
    expect(digests[0]).toBe(digests[2]);
  });
});

describe('a unit of such a run', () => {
  const continued = scope({ runId: 'run-2', continues: ['run-1'], pageSize: 2 });
  const unit = { ...continued, unit: { ...UNIT, runId: 'run-2' } };

  it('begins at the cursor of the earlier run, continues its books, and repeats no page', async () => {
    const world = fakePorts();
    for (const id of ['a', 'b', 'c', 'd'])
      world.records.put(
        item(id, { tenant: { S: 't' }, edk: { B: world.keys.encrypt(OLD_KEY, id, { tenant: 't' }) } }),
      );
    const asked: number[] = [];
    // The first run ends after its first page, because its invocation has no time left.
    const short = { ...world, deadline: onePage(world) };
    const left = await migrateUnit(scope({ pageSize: 2 }), short);
    expect([left.done, left.books.records]).toEqual([false, 2]);
    asked.push(world.keys.calls.length);
    const done = await migrateUnit(unit, world);
    expect(done).toMatchObject({
      runId: 'run-2',
      done: true,
      books: { records: 4, outcomes: { rewrapped: 4 } },
    });
    expect(world.keys.calls.length).toBe(2 * (asked[0] ?? 0));
    expect(world.ledger.checkpoints.get('run-2 migrate u00001')).toMatchObject({ pages: 2, done: true });
  });

  it.each([
    ['denied', { kind: 'denied', reason: 'a key policy denies it' }],
    ['unanswered', { kind: 'unavailable', reason: 'no answer' }],
  ] as const)(
    'begins again if the earlier run had a data key %s: it may be movable now',
    async (_, answer) => {
      const world = fakePorts();
      for (const id of ['a', 'b', 'c', 'd'])
        world.records.put(
          item(id, { tenant: { S: 't' }, edk: { B: world.keys.encrypt(OLD_KEY, id, { tenant: 't' }) } }),
        );
      world.keys.intercept = ({ source }) => (source.keyArn === OLD_KEY ? answer : undefined);
      await migrateUnit(scope({ pageSize: 2 }), { ...world, deadline: { remaining: () => 0 } });
      world.keys.intercept = () => undefined;
      const done = await migrateUnit(unit, world);
      expect(done).toMatchObject({ done: true, books: { records: 4, outcomes: { rewrapped: 4 } } });
    },
  );

  it.each([
    ['that was carried on', false, ['run-1', 'run-2']],
    ['that was begun anew', true, ['run-2']],
  ] as const)('%s has its verify pass look into the journals of %j', async (_, denied, runs) => {
    const world = fakePorts();
    for (const id of ['a', 'b', 'c', 'd'])
      world.records.put(
        item(id, { tenant: { S: 't' }, edk: { B: world.keys.encrypt(OLD_KEY, id, { tenant: 't' }) } }),
      );
    const answer = { kind: 'denied', reason: 'a key policy denies it' } as const;
    world.keys.intercept = ({ source }) => (denied && source.keyArn === OLD_KEY ? answer : undefined);
    await migrateUnit(scope({ pageSize: 2 }), { ...world, deadline: onePage(world) });
    world.keys.intercept = () => undefined;
    await migrateUnit(unit, world);
    const looked: string[] = [];
    const archive = {
      outcomesOf: ({ runId }: Unit, fromPage?: number) => {
        looked.push(runId);
        return world.journal.outcomesOf(undefined, fromPage);
      },
    };
    const { books } = await verifyUnit(unit, { ...world, archive });
    expect(looked).toEqual(runs);
    // This archive gives every journal for each run. KMS is asked about the first of the four.
    expect(books.resting).toMatchObject({ ofEarlierRuns: denied ? 0 : 3 });
  });

  it('does nothing if the earlier run had finished it, and is counted', async () => {
    const world = fakePorts();
    const done: UnitProgress = {
      ...(await migrateUnit(scope(), fakePorts())),
      done: true,
    };
    await world.ledger.checkpoint(done, 0);
    expect(await migrateUnit(unit, world)).toEqual({
      ...done,
      runId: 'run-2',
      carriedFrom: ['run-1'],
    });
  });
});
