import { kmsRegions, type WorkerShare, withShare } from '../../lambda/core/rate/worker-share.ts';
import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { ServiceUnavailable } from '../../lambda/core/model/errors.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import { NEW_KEY, OLD_KEY, plan, planned } from '../support/builders.ts';
import { INVOCATION_MS, REGION, World } from '../support/share-world.ts';

describe('the share of a worker', () => {
  it('leaves room for all workers of its run at its first page, and is the whole rate at the next if nobody comes', async () => {
    const world = new World();
    const worker = world.worker('u1');
    expect(await worker.take(500)).toBe(31);
    expect(await world.page(worker, 500)).toBe(500);
  });

  it('is an equal part if all come at once', async () => {
    const world = new World();
    const workers = Array.from({ length: 16 }, (_, unit) => world.worker(`u${unit}`));
    expect(await Promise.all(workers.map(worker => worker.take(500)))).toEqual(
      Array.from({ length: 16 }, () => 31),
    );
  });

  it('grows by what others give back, and the last worker has all of the rate at its next page', async () => {
    const world = new World();
    const workers = Array.from({ length: 4 }, (_, unit) => world.worker(`u${unit}`, { workers: 4 }));
    const [first, second, third, last] = workers as [WorkerShare, WorkerShare, WorkerShare, WorkerShare];
    for (const worker of workers) expect(await worker.take(8)).toBe(2);
    await first.giveBack();
    // Whole requests: of 2.67 a worker could use 2. What is left over goes to those who come first.
    expect(await world.page(second, 8)).toBe(3);
    expect(await world.page(third, 8)).toBe(3);
    expect(await world.page(last, 8)).toBe(2);
    await second.giveBack();
    await third.giveBack();
    expect(await world.page(last, 8)).toBe(8);
  });

  it('is waited for until the others have made room, and goes to nobody else in the meantime', async () => {
    const world = new World();
    const old = world.worker('u1', { workers: 2 });
    await old.take(10);
    expect(await world.page(old, 10)).toBe(10);
    world.meanwhile = () => old.take(10);
    const late = world.worker('u2', { workers: 2 });
    expect(await late.take(10)).toBe(5);
    expect(world.shares).toEqual([5, 5]);
  });

  it('stays claimed while its worker is away if nothing became free in time', async () => {
    const world = new World();
    const old = world.worker('u1', { workers: 2 });
    await old.take(10);
    await world.page(old, 10);
    const late = world.worker('u2', { workers: 2 });
    expect(await late.take(10)).toBeUndefined();
    expect(world.now).toBeLessThanOrEqual(20_000 + 60_000);
    await late.giveBack();
    expect(await world.page(old, 10)).toBe(5);
    world.now += 60_000;
    expect(await world.worker('u2', { workers: 2 }).take(10)).toBe(5);
  });

  it('follows a rate that is changed, at its next page', async () => {
    const world = new World();
    const workers = Array.from({ length: 16 }, (_, unit) => world.worker(`u${unit}`));
    const all = async (rate: number): Promise<number> => {
      let sum = 0;
      for (const worker of workers) sum += (await worker.take(rate)) ?? 0;
      return sum;
    };
    expect(await all(500)).toBe(16 * 31);
    expect(await all(40)).toBe(40);
    expect(await all(500)).toBeGreaterThanOrEqual(16 * 2);
    world.now += 20_000;
    expect(await all(500)).toBe(500);
  });

  it('counts on nobody for more than it gives back, if another worker comes and goes down at the same time', async () => {
    const world = new World();
    const [one, other] = [world.worker('u1', { workers: 3 }), world.worker('u2', { workers: 3 })];
    expect(await one.take(73)).toBe(24);
    world.now += 20_000;
    let seen: number | undefined;
    let steps = 0;
    world.book.step = async () => {
      // The first worker has read, as the only one, and has not written down yet what it goes on with.
      if (++steps !== 3) return;
      await other.take(73);
      seen = await world.page(other, 5);
    };
    const mine = await one.take(5);
    expect(seen).toBeGreaterThan(0);
    expect((mine ?? 0) + (seen ?? 0)).toBeLessThanOrEqual(5);
  });

  it('is one request a second for some, and none for the others, if there are fewer requests than workers', async () => {
    const world = new World();
    const workers = Array.from({ length: 16 }, (_, unit) => world.worker(`u${unit}`));
    for (const worker of workers) await worker.take(500);
    const shares = await Promise.all(workers.map(worker => worker.take(8)));
    expect(shares.filter(share => share !== undefined)).toEqual(Array.from({ length: 8 }, () => 1));
  });

  it('is a half for each of two runs at one request a second: none of them waits for the end of the other', async () => {
    const world = new World();
    const one = world.worker('u1', { runId: 'run-1', workers: 1 });
    expect(await one.take(1)).toBe(1);
    world.meanwhile = () => one.take(1);
    expect(await world.worker('u1', { runId: 'run-2', workers: 1 }).take(1)).toBe(0.5);
    expect(await world.page(one, 1)).toBe(0.5);
  });

  it('is taken over by the next invocation on its unit, killed or not, and by nobody else before its time is up', async () => {
    const world = new World();
    const killed = world.worker('u1', { workers: 1 });
    expect(await killed.take(10)).toBe(10);
    expect(await world.worker('u2', { workers: 1 }).take(10)).toBeUndefined();
    expect(await world.worker('u1', { workers: 1 }).take(10)).toBe(5);
    world.now = INVOCATION_MS + 200_000;
    expect(await world.worker('u3', { workers: 1 }).take(10)).toBe(10);
  });

  it('is never as little as a request an hour: a worker that finds too little waits', async () => {
    const world = new World();
    const others = Array.from({ length: 3 }, (_, unit) => world.worker(`u${unit}`, { workers: 4 }));
    for (const worker of others) await worker.take(8);
    for (const worker of others) await world.page(worker, 8);
    for (const worker of others) await world.page(worker, 8);
    const turns = others.values();
    world.meanwhile = () => Promise.resolve(turns.next().value?.take(8));
    expect(await world.worker('u3', { workers: 4 }).take(8)).toBeGreaterThanOrEqual(0.5);
  });

  it('is the smallest of those that it has in the Regions of its route', async () => {
    const world = new World();
    const there = world.worker('u1', { runId: 'run-2', workers: 1, regions: ['eu-west-1'] });
    await there.take(6);
    const both = world.worker('u1', { workers: 1, regions: [REGION, 'eu-west-1'] });
    world.meanwhile = () => there.take(6);
    expect(await both.take(10)).toBe(4);
    await world.page(there, 6);
    expect(await both.take(10)).toBe(5);
  });

  it('needs one read a page if nothing changes, and no write', async () => {
    const world = new World();
    const worker = world.worker('u1', { workers: 1 });
    await worker.take(10);
    const { reads, writes } = world.book;
    await world.page(worker, 10);
    expect([world.book.reads - reads, world.book.writes - writes]).toEqual([1, 0]);
  });

  it('is looked at less often the more workers there are: together once in 15 ms', async () => {
    const world = new World();
    const workers = Array.from({ length: 100 }, (_, unit) => world.worker(`u${unit}`, { workers: 100 }));
    for (const worker of workers) await worker.take(500);
    world.now += 2_000;
    for (const worker of workers) await worker.take(500);
    const { reads } = world.book;
    world.now += 1_400;
    for (const worker of workers) await worker.take(500);
    expect(world.book.reads - reads).toBe(0);
    world.now += 100;
    for (const worker of workers) await worker.take(500);
    expect(world.book.reads - reads).toBe(100);
  });

  describe('where the leases cannot be read for a while, because too many workers read them', () => {
    const busy = () => Promise.reject(new ServiceUnavailable('rate.busy', 'throttled'));

    it('is waited for, as if there were none left', async () => {
      const world = new World();
      world.book.step = busy;
      world.meanwhile = () => {
        if (world.now > 10_000) world.book.step = () => Promise.resolve();
        return Promise.resolve();
      };
      expect(await world.worker('u1').take(500)).toBe(31);
      expect(world.now).toBeGreaterThan(10_000);
    });

    it('is none in the end, and the worker comes back later', async () => {
      const world = new World();
      world.book.step = busy;
      expect(await world.worker('u1').take(500)).toBeUndefined();
    });

    it('stays what it was', async () => {
      const world = new World();
      const worker = world.worker('u1', { workers: 1 });
      await worker.take(10);
      world.book.step = busy;
      expect(await world.page(worker, 10)).toBe(10);
    });

    it('is used no more after the rate was lowered, until it is known what is left of it', async () => {
      const world = new World();
      const worker = world.worker('u1', { workers: 1 });
      await worker.take(10);
      world.book.step = busy;
      expect(await world.page(worker, 4)).toBeUndefined();
      world.book.step = () => Promise.resolve();
      expect(await worker.take(4)).toBe(4);
    });

    it('is not invented: any other error of the leases is one of the worker', async () => {
      const world = new World();
      world.book.step = () => Promise.reject(new Error('no table'));
      await expect(world.worker('u1').take(500)).rejects.toThrow('no table');
    });
  });

  it('reuses slots: there are never more slots than there were workers at one time', async () => {
    const world = new World();
    for (let unit = 0; unit < 50; unit++) {
      const pair = [world.worker(`a${unit}`, { workers: 2 }), world.worker(`b${unit}`, { workers: 2 })];
      for (const worker of pair) await worker.take(10);
      for (const worker of pair) await worker.giveBack();
    }
    expect(world.book.regions.get(REGION)!.size).toBe(2);
  });
});

describe('an invocation', () => {
  const progress = (changes: Partial<UnitProgress>): UnitProgress => ({
    ...{ runId: 'run-1', unitId: 'u1', phase: 'migrate', store: 0, pages: 1, done: false },
    books: EMPTY_BOOKS,
    ...changes,
  });

  it.each([
    ['is done', () => Promise.resolve(progress({ done: true })), 0],
    ['is paused', () => Promise.resolve(progress({ paused: 'by-operator' })), 0],
    ['fails', () => Promise.reject(new Error('no')), 0],
    ['goes on in the next one', () => Promise.resolve(progress({})), 1],
  ])('that %s leaves so much of its share', async (_, work, left) => {
    const world = new World();
    const shares = world.worker('u1', { workers: 1 });
    await withShare(shares, async () => {
      await shares.take(10);
      return work();
    }).catch(() => undefined);
    expect(world.shares).toHaveLength(left);
  });

  it('finds what the previous one on its unit has left, and nobody has to wait long if it never comes', async () => {
    const world = new World();
    const shares = world.worker('u1');
    await withShare(shares, async () => {
      await shares.take(10);
      await world.page(shares, 10);
      return progress({});
    });
    expect(await world.worker('u1').take(10)).toBe(10);
    const other = new World();
    const last = other.worker('u1', { workers: 1 });
    await withShare(last, async () => {
      await last.take(10);
      return progress({});
    });
    expect(await other.worker('u2', { workers: 1 }).take(10)).toBe(10);
    expect(other.now).toBeLessThan(30_000);
  });
});

describe('two runs that use one Region', () => {
  it('together have what the larger of them may have, in equal parts', async () => {
    const world = new World();
    const [one, other] = [
      world.worker('u1', { runId: 'run-1', workers: 1 }),
      world.worker('u1', { runId: 'run-2', workers: 1 }),
    ];
    expect(await one.take(500)).toBe(500);
    world.meanwhile = () => one.take(500);
    expect(await other.take(400)).toBe(250);
    expect(await one.take(500)).toBe(250);
    await other.giveBack();
    expect(await world.page(one, 500)).toBe(500);
  });

  it('leave a modest one all of its rate', async () => {
    const world = new World();
    const [one, modest] = [
      world.worker('u1', { runId: 'run-1', workers: 1 }),
      world.worker('u1', { runId: 'run-2', workers: 1 }),
    ];
    await one.take(500);
    world.meanwhile = () => one.take(500);
    expect(await modest.take(8)).toBe(8);
    expect(world.shares).toEqual([492, 8]);
  });
});

describe('the Regions of a pass', () => {
  it('are those in which it asks KMS', () => {
    const there = NEW_KEY.replace('us-east-1', 'eu-west-1');
    const gone = planned(OLD_KEY.replace('us-east-1', 'us-west-2'), { unusable: 'is disabled' });
    const elsewhere = plan({ sources: [planned(OLD_KEY), gone], destination: planned(there) });
    expect(kmsRegions(elsewhere, 'migrate')).toEqual(['us-east-1', 'eu-west-1']);
    expect(kmsRegions(elsewhere, 'verify')).toEqual(['eu-west-1']);
    expect(kmsRegions(elsewhere, 'rollback')).toEqual([]);
    expect(kmsRegions(plan(), 'migrate')).toEqual(['us-east-1']);
  });
});
