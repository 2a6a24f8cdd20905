import { jobDigest } from '../../lambda/core/job/job-digest.ts';
import { followProblems } from '../../lambda/core/job/follow-problems.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { NEW_KEY, OLD_KEY, item, job, plan, scope } from '../support/builders.ts';
import { fakePorts } from '../support/fake-ports.ts';
import { FollowWorld, RESOURCE, STREAM } from '../support/follow-world.ts';

/** A follower rests while a migrate pass is at work, because the verify pass comes behind it. */
describe('the verify pass of a followed job', () => {
  /** Whether it was noted that the pass is about to read, at each page that it read. */
  async function notedAtReads(followed: boolean): Promise<readonly boolean[]> {
    const ports = fakePorts();
    ports.records.put(
      item('1', { tenant: { S: 't' }, edk: { B: ports.keys.encrypt(NEW_KEY, '1', { tenant: 't' }) } }),
    );
    const noted: boolean[] = [];
    const read = ports.records.readPage.bind(ports.records);
    ports.records.readPage = (...of) => {
      noted.push(ports.ledger.control.verifying === true);
      return read(...of);
    };
    const one = scope({ mode: 'migrate', ...(followed && { followed: true }) });
    await verifyUnit(one, { ...ports, archive: ports.journal });
    return noted;
  }

  it('is noted before it reads anything, so that no write falls between its read and its first checkpoint', async () => {
    expect(await notedAtReads(true)).toEqual([true]);
  });

  it('costs a job that is not followed no request', async () => {
    expect(await notedAtReads(false)).toEqual([false]);
  });

  it.each([
    ['not before it is noted', false, OLD_KEY],
    ['as soon as it is noted', true, NEW_KEY],
  ])('has the follower act beside it, %s', async (_, verifying, keyArn) => {
    const world = new FollowWorld();
    const holder = { runId: 'm2', job: 'orders', mode: 'migrate', prefix: '', since: '' } as const;
    world.locks.locks.set(RESOURCE, { version: 1, holders: [holder] });
    world.plans.set('m2', plan({ runId: 'm2', mode: 'migrate', jobDigest: jobDigest(world.job) }));
    world.verifying = verifying;
    world.put('1', OLD_KEY);
    expect([await world.hear('1'), world.keyOf('1')]).toEqual([{ kind: 'done' }, keyArn]);
  });

  it('may not be left out', () => {
    const follow = { streams: [STREAM], untilQuietDays: 14 };
    const verified = job({ follow });
    expect(followProblems(verified)).toEqual([]);
    expect(followProblems({ ...verified, verify: 'off' })).toMatchObject([
      { path: 'follow', words: expect.stringContaining('needs the verify pass') as string },
    ]);
  });
});
