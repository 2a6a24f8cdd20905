import { jobDigest } from '../../lambda/core/job/job-digest.ts';
import { NEW_KEY, OLD_KEY, plan } from '../support/builders.ts';
import { FollowWorld, RESOURCE } from '../support/follow-world.ts';

const MINUTE_MS = 60_000;

/** A run that failed, or that somebody stopped in Step Functions, keeps its lock until the next run: it could be redriven. */
describe('a follower behind a migration that holds the store', () => {
  /** The key of a late data key after the follower was told of it. */
  async function keyAfter(changes: {
    readonly startedMinutesAgo: number;
    readonly leaseUntil: number | undefined;
  }): Promise<string | undefined> {
    const world = new FollowWorld();
    const holder = { runId: 'm2', job: 'orders', mode: 'migrate', prefix: '', since: '' } as const;
    world.locks.locks.set(RESOURCE, { version: 1, holders: [holder] });
    const startedAt = new Date(world.now - changes.startedMinutesAgo * MINUTE_MS).toISOString();
    const of = { runId: 'm2', mode: 'migrate', jobDigest: jobDigest(world.job), startedAt } as const;
    world.plans.set('m2', plan({ ...of, workerTimeoutSeconds: 900 }));
    world.leaseUntil = changes.leaseUntil === undefined ? undefined : world.now + changes.leaseUntil;
    world.put('1', OLD_KEY);
    expect(await world.hear('1')).toEqual({ kind: 'done' });
    return world.keyOf('1');
  }

  it('rests while one of its workers may be writing', async () => {
    expect(await keyAfter({ startedMinutesAgo: 600, leaseUntil: 1 })).toBe(OLD_KEY);
  });

  it('rests while its first worker may be on its way', async () => {
    expect(await keyAfter({ startedMinutesAgo: 15, leaseUntil: undefined })).toBe(OLD_KEY);
  });

  it('goes on with the migration before it as soon as none of its workers can be writing: no verify pass of its comes', async () => {
    expect(await keyAfter({ startedMinutesAgo: 600, leaseUntil: 0 })).toBe(NEW_KEY);
    expect(await keyAfter({ startedMinutesAgo: 16, leaseUntil: undefined })).toBe(NEW_KEY);
  });
});
