import { scheduleProblem } from '../../lambda/core/job/schedule-expression.ts';
import { jobDigest } from '../../lambda/core/job/job-digest.ts';
import type { JobSchedule } from '../../lambda/core/model/job.ts';
import type { RunMode } from '../../lambda/core/model/run.ts';
import type { LatestRun } from '../../lambda/core/plan/ports.ts';
import { mustFireBy } from '../../lambda/core/watch/next-firing.ts';
import { watchJobs, type Watched } from '../../lambda/core/watch/watch-jobs.ts';
import { job, SCHEDULE } from '../support/builders.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 27, 12);

const daysAgo = (days: number): string => new Date(NOW - days * DAY).toISOString();
const begun = (days: number, finished = false): LatestRun => ({
  ...{ runId: `run-${days}`, workDigest: '', finished, startedAt: daysAgo(days) },
  ...(finished && {
    lastFinished: { runId: `run-${days}`, startedAt: daysAgo(days), jobDigest: jobDigest(job()) },
  }),
});

interface World {
  readonly runs?: Partial<Record<RunMode, LatestRun>>;
  readonly schedule?: Partial<JobSchedule>;
  readonly knownForDays?: number;
  readonly schedulesOn?: boolean;
  readonly estimatedDays?: number;
}

async function watched(world: World): Promise<Watched> {
  const { runs = {}, schedule, knownForDays = 1_000, schedulesOn = true, estimatedDays } = world;
  const jobs = [schedule === undefined ? job() : job({ schedule: { ...SCHEDULE, ...schedule } })];
  return watchJobs(
    { jobs, schedulesOn, now: NOW },
    {
      latestRuns: { latest: (_, mode) => Promise.resolve(runs[mode]) },
      schedules: { knownSince: () => Promise.resolve(NOW - knownForDays * DAY) },
      estimatedSeconds: () =>
        Promise.resolve(estimatedDays === undefined ? undefined : estimatedDays * 86_400),
    },
  );
}

const overdue = async (world: World): Promise<readonly string[]> =>
  (await watched(world)).overdue.map(({ mode, runId }) => `${mode} ${runId}`);
const missed = async (world: World): Promise<readonly string[]> =>
  (await watched(world)).missed.map(({ dueBy }) => dueBy);

describe('a run that has begun', () => {
  it.each([
    ['ended', { migrate: begun(9, true) }, []],
    ['began within a day', { migrate: begun(0.9) }, []],
    ['did not end', { migrate: begun(2) }, ['migrate run-2']],
    ['was rolled back since', { migrate: begun(9), rollback: begun(3, true) }, []],
    [
      'is being rolled back, and that does not end',
      { migrate: begun(9), rollback: begun(3) },
      ['rollback run-3'],
    ],
    ['did not end, and a census has since', { migrate: begun(9), census: begun(3, true) }, ['migrate run-9']],
    ['counted, did not end, and a migration has since', { census: begun(9), migrate: begun(3, true) }, []],
    ['counted, and did not end', { census: begun(2) }, ['census run-2']],
    [
      'was begun by a version that did not say when',
      { migrate: { runId: 'old', workDigest: '', finished: false } },
      [],
    ],
  ])('is overdue if it %s: by the rule', async (_, runs, expected) => {
    expect(await overdue({ runs })).toEqual(expected);
  });

  it('has three times as long as Plan thought that it takes', async () => {
    expect(await overdue({ runs: { migrate: begun(14) }, estimatedDays: 5 })).toEqual([]);
    expect(await overdue({ runs: { migrate: begun(16) }, estimatedDays: 5 })).toEqual(['migrate run-16']);
  });
});

describe('a schedule', () => {
  it('is looked at beside the others of its job', async () => {
    const verify: JobSchedule = { ...SCHEDULE, mode: 'verify', expression: 'rate(30 days)' };
    const known: string[] = [];
    const { missed: both } = await watchJobs(
      { jobs: [job({ schedule: [SCHEDULE, verify] })], schedulesOn: true, now: NOW },
      {
        latestRuns: {
          latest: (_, mode) =>
            Promise.resolve(mode === 'census' || mode === 'migrate' ? done(70)[mode] : undefined),
        },
        schedules: {
          knownSince: name => {
            known.push(name);
            return Promise.resolve(NOW - 1_000 * DAY);
          },
        },
        estimatedSeconds: () => Promise.resolve(undefined),
      },
    );
    expect(both.map(({ mode }) => mode)).toEqual(['verify']);
    expect(known).toEqual(['orders:migrate', 'orders:verify']);
  });

  const done = (days: number) => ({ census: begun(days + 1, true), migrate: begun(days, true) });
  const rate = { expression: 'rate(30 days)', mode: 'migrate' as const };
  const cron = { expression: 'cron(0 3 1 * ? *)', mode: 'migrate' as const };

  it('that is a rate has missed a run when two of it are over: one firing may have come too soon', async () => {
    expect(await missed({ schedule: rate, runs: done(59) })).toEqual([]);
    expect(await missed({ schedule: rate, runs: done(61) })).toEqual([daysAgo(1)]);
  });

  it('that is a time has missed a run two hours after it', async () => {
    expect(await missed({ schedule: cron, runs: done(20) })).toEqual([]);
    expect(await missed({ schedule: cron, runs: done(27) })).toEqual(['2026-11-01T03:00:00.000Z']);
    const justNow = { ...cron, expression: 'cron(0 11 27 * ? *)' };
    expect(await missed({ schedule: justNow, runs: done(20) })).toEqual([]);
  });

  it('counts from when it was first seen as it is, and from a run that has begun and did not end', async () => {
    expect(await missed({ schedule: rate, runs: done(400), knownForDays: 10 })).toEqual([]);
    const again = { ...done(400), migrate: { ...done(400).migrate, ...begun(3), finished: false } };
    expect(await missed({ schedule: rate, runs: again })).toEqual([]);
  });

  it.each([
    ['waits for a census and a migration', { schedule: rate }],
    ['is never to start', { schedule: { ...rate, starts: 'never' as const }, runs: done(400) }],
    ['is switched off with all others', { schedule: rate, runs: done(400), schedulesOn: false }],
    ['is not there', { runs: done(400) }],
  ])('that %s has missed nothing', async (_, world) => {
    expect(await missed(world)).toEqual([]);
  });

  it('counts from the runs that it waited for: before them it could start nothing', async () => {
    const runs = { census: begun(1, true), migrate: begun(400, true) };
    expect(await missed({ schedule: rate, runs })).toEqual([]);
    expect(await missed({ schedule: { ...rate, starts: 'at-once' }, runs })).toHaveLength(1);
  });
});

describe('the time of a cron expression', () => {
  // User guide of EventBridge Scheduler, "Cron-based schedules": its wildcards, one after the other. 27 November 2026 is a Friday.
  it.each([
    ['cron(0 3 1 * ? *)', 'UTC', '2026-12-01T03:00'],
    ['cron(5/15 * * * ? *)', 'UTC', '2026-11-27T12:05'],
    ['cron(0 10 ? * 7 *)', 'UTC', '2026-11-28T10:00'],
    ['cron(0 10 ? * 1 *)', 'UTC', '2026-11-29T10:00'],
    ['cron(0 10 ? * L *)', 'UTC', '2026-11-28T10:00'],
    ['cron(0 10 ? * 6L *)', 'UTC', '2026-12-25T10:00'],
    ['cron(0 10 ? * MON-FRI *)', 'UTC', '2026-11-30T10:00'],
    ['cron(0 10 ? * 2#1 *)', 'UTC', '2026-12-07T10:00'],
    ['cron(0 10 L * ? *)', 'UTC', '2026-11-30T10:00'],
    ['cron(0 10 15W * ? *)', 'UTC', '2026-12-15T10:00'],
    ['cron(0 10 3W JAN ? 2027/2)', 'UTC', '2027-01-04T10:00'],
    ['cron(0 3 1 12 ? *)', 'Europe/Berlin', '2026-12-01T02:00'],
  ])('%s in %s is %s', (expression, timeZone, expected) => {
    expect(scheduleProblem(expression)).toBeUndefined();
    expect(new Date(mustFireBy({ expression, timeZone }, NOW)!).toISOString().slice(0, 16)).toBe(expected);
  });

  it('is none where its years are over', () => {
    expect(mustFireBy({ expression: 'cron(0 3 1 1 ? 2026)', timeZone: 'UTC' }, NOW)).toBeUndefined();
  });
});
