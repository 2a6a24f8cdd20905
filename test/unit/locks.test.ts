import fc from 'fast-check';
import { lastWriteAfter, renewedLease } from '../../lambda/core/lock/lease.ts';
import { lockedPlaces, overlap, standingOf } from '../../lambda/core/lock/store-lock.ts';
import { releaseLocks, takeLocks } from '../../lambda/core/lock/take-locks.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { formats } from '../../lambda/formats/registry.ts';
import {
  bucketStore,
  FOREIGN_KEY,
  jobInput,
  NEW_KEY,
  plan,
  planned,
  tableStore,
} from '../support/builders.ts';
import { FakeLocks } from '../support/fake-locks.ts';

const NOW = Date.UTC(2026, 10, 22, 5);
const ORDERS = 'dynamodb:us-east-1:Orders';
const DOCUMENTS = 's3:us-east-1:documents';

function stores(...inputs: readonly Record<string, unknown>[]): readonly Store[] {
  const parsed = parseJob(jobInput({ stores: inputs }), formats);
  if (parsed.kind !== 'job') throw new Error(JSON.stringify(parsed));
  return parsed.job.stores;
}

const run = (runId: string, changes: Partial<RunPlan> = {}): RunPlan => plan({ runId, ...changes });
const take = (locks: FakeLocks, of: RunPlan, now = NOW): Promise<string> =>
  takeLocks(of, now, locks.ports).then(
    () => 'taken',
    (error: unknown) => (error as Error).message,
  );

describe('the lock of a store', () => {
  it('is held by one run at a time, and another run is told who holds it, since when, and what to do', async () => {
    const locks = new FakeLocks();
    expect(await take(locks, run('first'))).toBe('taken');
    const words = await take(locks, run('second'));
    expect(words).toContain(
      `"${ORDERS}": is held by run first (migrate of orders) since 2026-11-22T05:00:00`,
    );
    expect(words).toContain('rewrap stop first');
    expect(locks.holders(ORDERS)).toEqual(['first']);
  });

  it('is taken once by a run that asks twice, as a repeated Plan does', async () => {
    const locks = new FakeLocks();
    await take(locks, run('first'));
    expect(await take(locks, run('first'))).toBe('taken');
    expect(locks.holders(ORDERS)).toEqual(['first']);
  });

  it('is given back at the end, and only by its holder', async () => {
    const locks = new FakeLocks();
    await take(locks, run('first'));
    await releaseLocks(run('second'), locks.ports.locks);
    expect(locks.holders(ORDERS)).toEqual(['first']);
    await releaseLocks(run('first'), locks.ports.locks);
    expect(await take(locks, run('second'))).toBe('taken');
  });

  it('covers the keys of a bucket that start with a prefix, and no others', async () => {
    const locks = new FakeLocks();
    const of = (prefix: string) => ({ stores: stores(bucketStore({ prefix })) });
    expect(await take(locks, run('a', of('2026/')))).toBe('taken');
    expect(await take(locks, run('b', of('2025/')))).toBe('taken');
    expect(await take(locks, run('c', of('2026/05/')))).toContain(
      `"${DOCUMENTS}/2026/05/": is held by run a`,
    );
    expect(await take(locks, run('d', of('')))).toContain('is held by run a');
    expect(locks.holders(DOCUMENTS)).toEqual(['a', 'b']);
  });

  it('takes all places of a run or none', async () => {
    const locks = new FakeLocks();
    await take(locks, run('first', { stores: stores(bucketStore()) }));
    const both = run('second', { stores: stores(bucketStore(), tableStore()) });
    expect(await take(locks, both)).toContain('is held by run first');
    expect(locks.holders(ORDERS)).toEqual([]);
    await releaseLocks(run('first', { stores: stores(bucketStore()) }), locks.ports.locks);
    expect(await take(locks, both)).toBe('taken');
    expect([locks.holders(ORDERS), locks.holders(DOCUMENTS)]).toEqual([['second'], ['second']]);
  });

  it('decides again if another run was faster', async () => {
    const locks = new FakeLocks();
    let raced = false;
    locks.beforeReplace = () => {
      if (raced) return;
      raced = true;
      locks.locks.set(ORDERS, {
        version: 1,
        holders: [{ runId: 'faster', job: 'orders', mode: 'migrate', prefix: '', since: '' }],
      });
    };
    expect(await take(locks, run('slower'))).toContain('is held by run faster');
    expect(locks.holders(ORDERS)).toEqual(['faster']);
  });
});

describe('the lock of a run that is over', () => {
  it('is taken over at once from a forward run, which is fenced first', async () => {
    const locks = new FakeLocks();
    await take(locks, run('dead'));
    locks.lives.set('dead', { execution: 'over', leaseUntil: NOW + 1 });
    expect(await take(locks, run('next'))).toBe('taken');
    expect(locks.holders(ORDERS)).toEqual(['next']);
    expect(locks.fenced.get('dead')).toContain('taken over by run next');
  });

  it('stays with a rollback until the last of its workers must have ended', async () => {
    const locks = new FakeLocks();
    await take(locks, run('dead', { mode: 'rollback' }));
    locks.lives.set('dead', { execution: 'over', leaseUntil: NOW + 60_000 });
    expect(await take(locks, run('next'))).toContain('start again after 2026-11-22T05:01:00');
    expect(locks.fenced.size).toBe(0);
    expect(await take(locks, run('next'), NOW + 60_000)).toBe('taken');
  });

  it('stays with a migration to a key that the next run moves from, until its workers must have ended', async () => {
    const locks = new FakeLocks();
    await take(locks, run('dead'));
    locks.lives.set('dead', { execution: 'over', leaseUntil: NOW + 60_000 });
    const onwards = run('next', {
      job: 'next',
      sources: [planned(NEW_KEY)],
      destination: planned(FOREIGN_KEY),
    });
    expect(await take(locks, onwards)).toContain('start again after 2026-11-22T05:01:00');
    expect(await take(locks, onwards, NOW + 60_000)).toBe('taken');
    locks.lives.set('next', { execution: 'over', leaseUntil: NOW + 90_000 });
    const rotation = { sources: [planned(FOREIGN_KEY)], destination: planned(FOREIGN_KEY) };
    expect(await take(locks, run('rotated', rotation), NOW + 60_000)).toBe('taken');
  });

  it('stays until its lease is over if Step Functions no longer knows the run', async () => {
    const locks = new FakeLocks();
    await take(locks, run('lost'));
    locks.lives.set('lost', { execution: 'unknown', leaseUntil: NOW + 60_000 });
    expect(await take(locks, run('next'))).toContain('start again after');
    locks.lives.set('lost', { execution: 'unknown' });
    expect(await take(locks, run('next'))).toBe('taken');
  });

  it('is never taken over while its execution runs, however old its lease', () => {
    const holder = { runId: 'r', job: 'j', mode: 'migrate', prefix: '', since: '' } as const;
    expect(
      standingOf(holder, { execution: 'running', leaseUntil: 0 }, { now: NOW, sourceKeyArns: [] }),
    ).toEqual({ kind: 'live' });
  });
});

it('two runs never hold overlapping places, whatever they take, give back and outlive', async () => {
  const place = fc.constantFrom('', 'a/', 'a/b/', 'a/c/', 'b/');
  const step = fc.record({
    runId: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
    prefix: place,
    does: fc.constantFrom('take', 'release', 'die'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
      const locks = new FakeLocks();
      const plans = new Map<string, RunPlan>();
      for (const { runId, prefix, does } of steps) {
        const known = plans.get(runId) ?? run(runId, { stores: stores(bucketStore({ prefix })) });
        plans.set(runId, known);
        if (does === 'die') locks.lives.set(runId, { execution: 'over' });
        else if (does === 'release') await releaseLocks(known, locks.ports.locks);
        else if (locks.lives.get(runId) === undefined) await take(locks, known);
        const { holders } = locks.locks.get(DOCUMENTS) ?? { holders: [] };
        for (const a of holders)
          for (const b of holders)
            if (a !== b && overlap(a.prefix, b.prefix))
              throw new Error(`${a.runId} and ${b.runId} hold one place`);
      }
    }),
  );
});

it('the places of a run come in one order, so that two runs never wait for each other', () => {
  const places = lockedPlaces({ stores: stores(tableStore(), bucketStore()), storeRegion: 'us-east-1' });
  expect(places).toEqual([
    { resource: ORDERS, prefix: '' },
    { resource: DOCUMENTS, prefix: '' },
  ]);
});

describe('a lease', () => {
  it('always outlives the invocation that looked at it, and is seldom renewed', () => {
    const times = fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 900 }), (gaps, workerTimeoutSeconds) => {
        let [now, lease, renewals] = [NOW, undefined as number | undefined, 0];
        for (const gap of gaps) {
          now += gap;
          const renewed = renewedLease(lease, now, { workerTimeoutSeconds });
          if (renewed !== undefined) [lease, renewals] = [renewed, renewals + 1];
          expect(lease).toBeGreaterThanOrEqual(now + workerTimeoutSeconds * 1000);
        }
        const length = lastWriteAfter(0, { workerTimeoutSeconds });
        expect(renewals).toBeLessThanOrEqual(1 + Math.floor((now - NOW) / length));
      }),
    );
  });
});
