import { untilFollowersLeave } from '../../lambda/core/lock/followers.ts';
import { takeLocks } from '../../lambda/core/lock/take-locks.ts';
import { FOREIGN_KEY, NEW_KEY, OLD_KEY, plan } from '../support/builders.ts';
import { FollowWorld, RESOURCE } from '../support/follow-world.ts';

describe('what a follower hears of', () => {
  let world: FollowWorld;
  const asked = () => world.keys.calls.length;
  beforeEach(() => (world = new FollowWorld()));

  it('is moved if it is under a source key, journalled before and after, and counted before it is written', async () => {
    world.put('1', OLD_KEY);
    let before: readonly unknown[] = [];
    world.records.beforeWrite = () => {
      before = [world.journal.intents.length, ...world.late];
      return undefined;
    };
    expect(await world.hear('1')).toEqual({ kind: 'done' });
    expect([world.keyOf('1'), before]).toEqual([NEW_KEY, [1, `${OLD_KEY} 1`]]);
    expect(world.journal.outcomes).toMatchObject([{ outcome: 'rewrapped', source: { keyArn: OLD_KEY } }]);
    expect(world.plans.get('m-follow')).toMatchObject({ mode: 'migrate', job: 'orders' });
  });

  it('costs no request when it is the write of the follower itself, nor when something else of a record has changed', async () => {
    world.put('1', OLD_KEY);
    await world.hear('1');
    await world.hear('1');
    await world.hear('1', '1');
    expect([asked(), world.records.writes.length]).toEqual([1, 1]);
  });

  it('costs one request when another sandbox hears of it, and no write', async () => {
    world.put('1', OLD_KEY);
    await world.hear('1');
    world.forget();
    const before = asked();
    await world.hear('1');
    await world.hear('1');
    // The source key first, as nothing is known of this table yet.
    expect([asked() - before, world.records.writes.length, world.late]).toEqual([2, 1, [`${OLD_KEY} 1`]]);
  });

  it('is left alone if it is under another key, and named once', async () => {
    world.put('1', FOREIGN_KEY);
    await world.hear('1');
    await world.hear('1');
    expect([world.keyOf('1'), world.late]).toEqual([FOREIGN_KEY, []]);
    expect(world.journal.outcomes.map(({ outcome }) => outcome)).toEqual(['foreign-key']);
  });

  it('is nothing if it was deleted since', async () => {
    expect([await world.hear('gone'), asked()]).toEqual([{ kind: 'done' }, 0]);
  });

  it('is left to its writer if that one is faster', async () => {
    world.put('1', OLD_KEY);
    world.records.beforeWrite = () => {
      world.records.beforeWrite = () => undefined;
      world.put('1', NEW_KEY, { note: { S: 'new' } });
      return undefined;
    };
    expect(await world.hear('1')).toEqual({ kind: 'done' });
    expect(world.journal.outcomes.map(({ outcome }) => outcome)).toEqual(['moved-by-another-writer']);
  });

  it('is to be handed over again, from the first item that failed', async () => {
    for (const id of ['1', '2', '3']) world.put(id, OLD_KEY);
    world.records.beforeWrite = ({ locator }) =>
      locator.includes('2') ? { kind: 'unavailable', reason: 'busy' } : undefined;
    expect(await world.hear('1', '2', '3')).toMatchObject({
      kind: 'again',
      written: [{ sequenceNumber: '1' }],
    });
    expect([world.keyOf('1'), world.keyOf('2')]).toEqual([NEW_KEY, OLD_KEY]);
  });

  it('fails as a whole if KMS has no room for it, with nothing written', async () => {
    world.put('1', OLD_KEY);
    world.share = undefined;
    await expect(world.hear('1')).rejects.toThrow('use all of the KMS rate');
    expect([asked(), world.late, world.locks.locks.get(RESOURCE)?.followers]).toEqual([0, [], []]);
  });

  it('is moved by several invocations at a time, one for each shard of the stream, and each leaves by itself', async () => {
    const ids = ['1', '2', '3', '4'];
    for (const id of ids) world.put(id, OLD_KEY);
    const invocations = ids.map(id => {
      world.through = ports => ({ ...ports, id });
      world.forget();
      return world.hear(id);
    });
    expect(await Promise.all(invocations)).toEqual(ids.map(() => ({ kind: 'done' })));
    expect([...ids.map(id => world.keyOf(id)), world.locks.locks.get(RESOURCE)?.followers]).toEqual([
      ...ids.map(() => NEW_KEY),
      [],
    ]);
  });

  it('is left alone once the job was rolled back', async () => {
    world.put('1', OLD_KEY);
    world.rolledBackAt = '2026-11-30T00:00:00.000Z';
    expect([await world.hear('1'), world.keyOf('1')]).toEqual([{ kind: 'done' }, OLD_KEY]);
    expect(world.idle).toEqual(['the job was rolled back since']);
  });
});

describe('a follower and a run', () => {
  const rollback = plan({ runId: 'back', mode: 'rollback', rollsBack: 'm' });

  it('exclude each other: a rollback that takes the lock while a follower enters keeps it out', async () => {
    const world = new FollowWorld();
    world.put('1', OLD_KEY);
    world.plans.set('back', rollback);
    world.locks.beforeReplace = () => {
      world.locks.beforeReplace = () => undefined;
      const holder = { runId: 'back', job: 'orders', mode: 'rollback', prefix: '', since: '' } as const;
      world.locks.locks.set(RESOURCE, { version: 7, holders: [holder] });
    };
    await world.hear('1');
    expect([world.keyOf('1'), world.idle]).toEqual([OLD_KEY, ['it is being rolled back by back']]);
  });

  it('do not write at the same time: a rollback waits for the follower that was there before it', async () => {
    const world = new FollowWorld();
    world.put('1', OLD_KEY);
    const order: string[] = [];
    let waits: Promise<void> = Promise.resolve();
    world.locks.waited = () => new Promise(resolve => setImmediate(resolve));
    world.records.beforeWrite = () => {
      waits = takeLocks(rollback, 0, world.locks.ports)
        .then(() => untilFollowersLeave(rollback, world.locks.ports))
        .then(() => void order.push('rolls back'));
      return undefined;
    };
    world.records.afterWrite = () => {
      order.push('written');
      return { kind: 'written' };
    };
    await world.hear('1');
    await waits;
    expect(order).toEqual(['written', 'rolls back']);
  });

  it('do not wait for each other for ever: one that was killed is gone when its time is over', async () => {
    const world = new FollowWorld();
    const follower = { id: 'killed', job: 'orders', until: 5_500 };
    world.locks.locks.set(RESOURCE, { version: 1, holders: [], followers: [follower] });
    await untilFollowersLeave(rollback, world.locks.ports);
    expect(world.locks.now).toBe(6_000);
  });
});
