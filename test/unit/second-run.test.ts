import { digest as digestOf } from '../../lambda/core/model/digest.ts';
import { proofOf } from '../../lambda/core/model/data-key-proof.ts';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { FOREIGN_KEY, NEW_KEY, OLD_KEY, planned } from '../support/builders.ts';
import { onePage } from '../support/fake-ports.ts';
import { RunsOfJob, seeded, type Pass } from '../support/runs-of-job.ts';

const RESTS = { restsOn: ['run-1'] };

async function finished(dataKeys: number): Promise<RunsOfJob> {
  const runs = new RunsOfJob(dataKeys);
  await runs.migrate('run-1');
  await runs.verify('run-1');
  return runs;
}

describe('a second run over finished work', () => {
  it('asks KMS at most 0.05 requests for each data key, both passes together, and writes nothing', async () => {
    const runs = new RunsOfJob(4_000, { random: seeded() });
    await runs.migrate('run-1');
    const { writes } = runs.world.records;
    writes.length = 0;
    const passes = [await runs.migrate('run-2', RESTS), await runs.verify('run-2', RESTS)];
    expect((passes[0]!.requests + passes[1]!.requests) / 4_000).toBeLessThanOrEqual(0.05);
    for (const { progress } of passes)
      expect(progress.books).toMatchObject({ outcomes: { 'already-current': 4_000 }, remaining: 0 });
    expect(writes).toEqual([]);
  });

  it('asks about all of them where it rests on no run, as a job does that says ask-all', async () => {
    const runs = await finished(20);
    expect((await runs.migrate('run-2')).requests).toBeGreaterThanOrEqual(20);
    expect((await runs.verify('run-2', { askAll: true })).requests).toBe(20);
  });

  it('counts what rests on the earlier run, and the sample', async () => {
    const runs = await finished(20);
    const { progress } = await runs.migrate('run-2', RESTS);
    expect(progress.books.resting).toEqual({
      onJournal: 19,
      ofEarlierRuns: 19,
      sampled: 1,
      contradicted: 0,
    });
  });

  it('carries each proof on with the name of the run that KMS has answered, so that the next one needs its journal alone', async () => {
    const runs = await finished(20);
    await runs.migrate('run-2', RESTS);
    expect(new Set(runs.lines('run-2').map(({ proof }) => proof?.runId))).toEqual(new Set(['run-1']));
    runs.journals.delete('run-1');
    const { requests } = await runs.migrate('run-3', { restsOn: ['run-2'] });
    expect(requests).toBe(1);
    expect(new Set(runs.lines('run-3').map(({ proof }) => proof?.runId))).toEqual(new Set(['run-1']));
  });

  it('looks also into the runs that the earlier one went on from', async () => {
    const runs = new RunsOfJob(8);
    await runs.migrate('run-0', { pageSize: 4 }, { deadline: onePage(runs.world) });
    await runs.migrate('run-1', { pageSize: 4, continues: ['run-0'] });
    expect([runs.lines('run-0').length, runs.lines('run-1').length]).toEqual([4, 4]);
    const { requests, progress } = await runs.migrate('run-2', { restsOn: ['run-1', 'run-0'] });
    expect([requests, progress.books.dataKeys]).toEqual([1, 8]);
  });

  it('goes on in the earlier journal where its last invocation ended', async () => {
    const runs = await finished(40);
    const deadline = onePage(runs.world);
    const small = { ...RESTS, pageSize: 4 };
    const first = await runs.migrate('run-2', small, { deadline });
    expect(first.progress).toMatchObject({ done: false, comparedTo: 0 });
    const rest = await runs.migrate('run-2', small);
    expect(rest.progress).toMatchObject({ done: true, books: { outcomes: { 'already-current': 40 } } });
    expect(rest.requests).toBe(1);
  });

  it('leaves work that there is no time for to the next invocation, and loses none', async () => {
    const runs = await finished(40);
    let now = 0;
    let passes: Pass;
    let rounds = 0;
    do {
      const ends = (now += 1) + 30_000;
      const deadline = { remaining: () => ends - now };
      const clock = { now: () => (now += 500) };
      passes = await runs.migrate('run-2', { ...RESTS, pageSize: 10 }, { deadline, clock });
    } while (!passes.progress.done && ++rounds < 100);
    expect(passes.progress).toMatchObject({ done: true, books: { dataKeys: 40, records: 40 } });
  });
});

describe('the migrate pass asks KMS, whatever an earlier journal says,', () => {
  const one = async (
    change: (runs: RunsOfJob) => void,
    expected: Partial<Record<OutcomeEntry['outcome'], number>>,
  ): Promise<void> => {
    const runs = await finished(5);
    change(runs);
    const { progress } = await runs.migrate('run-2', RESTS);
    expect(progress.books.outcomes).toEqual(expected);
    const { progress: verified } = await runs.verify('run-2', RESTS);
    const unsettled = Object.keys(expected).some(kind => !['rewrapped', 'already-current'].includes(kind));
    expect(verified.books.remaining > 0).toBe(unsettled);
  };

  it('about a data key that an application has put back', () =>
    one(runs => runs.put('2', {}), { rewrapped: 1, 'already-current': 4 }));

  it('about a data key under another context than the one that the journal knows', () =>
    one(runs => runs.put('2', { ...runs.held('2'), tenant: { S: 'other' } }), {
      unreadable: 1,
      'already-current': 4,
    }));

  it('about a data key whose record names another key beside it', () =>
    one(runs => runs.put('2', { ...runs.held('2'), arn: { S: OLD_KEY } }), {
      rewrapped: 1,
      'already-current': 4,
    }));

  it('about a data key that a copy of another record has brought', () =>
    one(
      runs =>
        runs.put('2', {
          ...runs.held('2'),
          edk: { B: runs.world.keys.encrypt(NEW_KEY, 'of 9', { tenant: 'of 9' }) },
        }),
      { unreadable: 1, 'already-current': 4 },
    ));

  it('about every data key where the destination key has new material: each moves to that', () =>
    one(runs => runs.world.keys.rotate(NEW_KEY), { rewrapped: 5 }));

  it('about every data key where the journal has expired, or is of other records', async () => {
    const runs = await finished(5);
    runs.journals.delete('run-1');
    expect((await runs.migrate('run-2', RESTS)).progress.books.resting).toBeUndefined();
    const others = await finished(5);
    runs.journals.set('run-1', others.journal('run-1'));
    const { progress } = await runs.migrate('run-3', RESTS);
    expect(progress.books).toMatchObject({ outcomes: { 'already-current': 5 } });
    expect(progress.books.resting).toBeUndefined();
  });

  it('and moves all, where a rollback of the earlier run has put every old data key back', async () => {
    const runs = new RunsOfJob(5);
    const before = [0, 1, 2, 3, 4].map(id => runs.held(`${id}`));
    await runs.migrate('run-1');
    before.forEach((attributes, id) => runs.put(`${id}`, attributes));
    const { progress } = await runs.migrate('run-2', RESTS);
    expect(progress.books.outcomes).toEqual({ rewrapped: 5 });
    expect((await runs.verify('run-2', RESTS)).progress.books).toMatchObject({ remaining: 0 });
  });

  it('and stops, where the destination key works no longer', async () => {
    const runs = await finished(5);
    runs.world.keys.disabled.add(NEW_KEY);
    await expect(runs.migrate('run-2', RESTS)).rejects.toThrow('is disabled');
  });

  it('about all, where KMS names no material and the job moves data keys within their key', async () => {
    const runs = new RunsOfJob(3);
    runs.world.keys.namesMaterials = false;
    const within = { sources: [planned(NEW_KEY)] };
    for (const id of ['0', '1', '2'])
      runs.put(id, {
        edk: { B: runs.world.keys.encrypt(NEW_KEY, id, { tenant: 't' }) },
        arn: { S: NEW_KEY },
      });
    await runs.migrate('run-1', within);
    const { progress } = await runs.migrate('run-2', { ...RESTS, ...within });
    expect(progress.books.outcomes).toEqual({ blocked: 3 });
  });

  it('about what was foreign: that is no proof of bytes', async () => {
    const runs = new RunsOfJob(2);
    runs.put('1', {
      edk: { B: runs.world.keys.encrypt(FOREIGN_KEY, 'f', { tenant: 't' }) },
      arn: { S: FOREIGN_KEY },
    });
    await runs.migrate('run-1');
    runs.world.keys.calls.length = 0;
    await runs.migrate('run-2', RESTS);
    const asked = runs.world.keys.calls.map(({ source }) => source.keyArn);
    expect(asked).toContain(OLD_KEY);
  });
});

describe('a journal of an earlier run that KMS contradicts', () => {
  /** A line with everything in it that it takes, and that lies. */
  function forge(runs: RunsOfJob, id: string, context: Record<string, string>): void {
    const { edk } = runs.held(id) as { edk: { B: Uint8Array } };
    const line = runs.lines('run-1').find(({ locator }) => locator.includes(`"${id}"`))!;
    const opening = {
      of: digestOf(edk.B),
      material: { keyArn: NEW_KEY, keyMaterialId: `${NEW_KEY}#1` },
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const,
      context,
    };
    Object.assign(line, { proof: proofOf(opening, ['forged']) });
  }

  async function forged(): Promise<RunsOfJob> {
    const runs = await finished(6);
    runs.put('0', { arn: { S: NEW_KEY } });
    forge(runs, '0', { tenant: 't' });
    return runs;
  }

  it('is not believed about anything, and the job remembers it', async () => {
    const runs = await forged();
    const { progress } = await runs.migrate('run-2', RESTS);
    expect(progress.books).toMatchObject({
      outcomes: { rewrapped: 1, 'already-current': 5 },
      resting: { onJournal: 0, sampled: 1, contradicted: 1 },
    });
    expect(runs.world.ledger.distrusted).toEqual(['orders']);
  });

  it('is not believed in later invocations of the unit either', async () => {
    const runs = await forged();
    const small = { ...RESTS, pageSize: 2 };
    await runs.migrate('run-2', small, { deadline: onePage(runs.world) });
    const { progress } = await runs.migrate('run-2', small);
    expect(progress.books.resting).toEqual({ onJournal: 0, ofEarlierRuns: 0, sampled: 1, contradicted: 1 });
  });

  it('is remembered before anything of the page counts: an invocation that is killed then leaves no hope', async () => {
    const runs = await forged();
    const ledger = Object.assign(Object.create(runs.world.ledger) as typeof runs.world.ledger, {
      checkpoint: () => Promise.reject(new Error('killed')),
    });
    await expect(runs.migrate('run-2', RESTS, { ledger })).rejects.toThrow('killed');
    expect(runs.world.ledger.distrusted).toEqual(['orders']);
  });

  it('is remembered by the mode verify, and by the verify pass of a migration', async () => {
    const verified = await forged();
    await verified.verify('run-2', { ...RESTS, mode: 'verify' });
    expect(verified.world.ledger.distrusted).toEqual(['orders']);
    const migrated = await forged();
    migrated.world.ledger.checkpoints.delete('run-1 verify u00001');
    await migrated.verify('run-1');
    expect(migrated.world.ledger.distrusted).toEqual(['orders']);
  });
});

describe('the mode verify, again and again', () => {
  const verifying = { ...RESTS, mode: 'verify' as const };

  it('asks KMS at most 0.1 requests for each data key that an earlier run has moved, and says what it rests on', async () => {
    const runs = new RunsOfJob(2_000, { random: seeded() });
    await runs.migrate('run-1');
    const { requests, progress } = await runs.verify('run-2', verifying);
    expect(requests / 2_000).toBeLessThanOrEqual(0.1);
    expect(progress.books).toMatchObject({ outcomes: { 'already-current': 2_000 }, remaining: 0 });
    const { onJournal = 0, ofEarlierRuns, sampled = 0 } = progress.books.resting ?? {};
    expect([onJournal + sampled, ofEarlierRuns]).toEqual([2_000, onJournal]);
  });

  it('asks about all of them where it rests on no run', async () => {
    const runs = await finished(10);
    expect((await runs.verify('run-2', { mode: 'verify' })).requests).toBe(10);
  });

  it('asks about what was written since, and counts it', async () => {
    const runs = await finished(10);
    runs.put('3', {});
    runs.put('new', {
      edk: { B: runs.world.keys.encrypt(NEW_KEY, 'n', { tenant: 't' }) },
      arn: { S: NEW_KEY },
    });
    const { requests, progress } = await runs.verify('run-2', verifying);
    expect(requests).toBe(3);
    expect(progress.books).toMatchObject({
      outcomes: { 'already-current': 10, 'to-rewrap': 1 },
      remaining: 1,
    });
  });

  it('does not take for foreign what was foreign in the earlier run', async () => {
    const runs = new RunsOfJob(2);
    runs.put('1', {
      edk: { B: runs.world.keys.encrypt(FOREIGN_KEY, 'f', { tenant: 't' }) },
      arn: { S: FOREIGN_KEY },
    });
    await runs.migrate('run-1');
    expect((await runs.verify('run-1')).progress.books.outcomes).toMatchObject({ 'foreign-key': 1 });
    const { progress } = await runs.verify('run-2', verifying);
    expect(progress.books).toMatchObject({ outcomes: { 'to-rewrap': 1 }, remaining: 1 });
  });

  it('goes on in the earlier journal where its last invocation ended', async () => {
    const runs = await finished(40);
    const small = { ...verifying, pageSize: 4 };
    await runs.verify('run-2', small, { deadline: onePage(runs.world) });
    const rest = await runs.verify('run-2', small);
    expect(rest.progress).toMatchObject({ done: true, books: { outcomes: { 'already-current': 40 } } });
    expect(rest.requests).toBe(1);
  });
});
