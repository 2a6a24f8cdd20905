import type { JobSchedule } from '../../lambda/core/model/job.ts';
import type { RunMode } from '../../lambda/core/model/run.ts';
import { jobDigest } from '../../lambda/core/job/job-digest.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { parseRunInput } from '../../lambda/core/plan/run-input.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import type { LatestRun } from '../../lambda/core/plan/ports.ts';
import { dueness, scheduleStates, type ScheduledRun } from '../../lambda/core/plan/scheduled-run.ts';
import { askedOf, refusalOf } from '../../lambda/core/report/failure-words.ts';
import { scheduleText } from '../../cli/render/terminal.ts';
import { job, jobInput, NEW_KEY, OLD_KEY, SCHEDULE, use } from '../support/builders.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2026, 10, 21);

const daysAgo = (days: number): string => new Date(NOW - days * DAY).toISOString();

/** A finished run of the job as it is written. */
const finished = (days: number, changes: Partial<LatestRun> = {}): LatestRun => ({
  runId: `run-${days}`,
  workDigest: '',
  finished: true,
  startedAt: daysAgo(days),
  lastFinished: { runId: `run-${days}`, startedAt: daysAgo(days), jobDigest: jobDigest(job()) },
  ...changes,
});

const scheduled = (changes: Partial<JobSchedule> = {}): ScheduledRun => {
  const schedule = { ...SCHEDULE, ...changes };
  return { job: job({ schedule }), mode: schedule.mode };
};

/** The words of a run that waits, or 'due'. */
async function outcome(
  run: ScheduledRun,
  { since = 400, ...of }: Partial<Record<RunMode, LatestRun | undefined>> & { readonly since?: number } = {},
): Promise<string> {
  const due = await dueness(run, NOW, {
    latestRuns: { latest: (_, mode) => Promise.resolve(of[mode]) },
    schedules: { knownSince: () => Promise.resolve(NOW - since * DAY) },
  });
  return due.kind === 'due' ? 'due' : due.words;
}

describe('a scheduled run', () => {
  it('of a migration waits once the job was rolled back, until a migration has come to its end again', async () => {
    const run = scheduled({ expression: 'cron(0 3 1 * ? *)' });
    const runs = { census: finished(100), migrate: finished(90) };
    expect(await outcome(run, { ...runs, rollback: finished(100) })).toBe('due');
    expect(await outcome(run, { ...runs, rollback: finished(80) })).toBe(
      'the schedule waits until a migration of this job has come to its end since run-80, which rolled one back: it would move again what somebody has put back',
    );
    expect(await outcome(run, { ...runs, migrate: finished(70), rollback: finished(80) })).toBe('due');
    const others = { expression: 'cron(0 3 1 * ? *)', mode: 'verify' } as const;
    expect(await outcome(scheduled(others), { ...runs, rollback: finished(80) })).toBe('due');
  });

  it.each([
    ['nothing has run yet', {}, 'a census and a migration'],
    ['only a census has come to its end', { census: finished(100) }, 'a migration'],
    ['only a migration has come to its end', { migrate: finished(100) }, 'a census'],
    [
      'the job was written anew since',
      {
        census: finished(100),
        migrate: finished(100, { lastFinished: { ...finished(100).lastFinished!, jobDigest: 'x' } }),
      },
      'a migration',
    ],
    [
      'an earlier version kept no word of it',
      { census: finished(100), migrate: { runId: 'old', workDigest: '', finished: true } },
      'a migration',
    ],
  ])('waits while %s', async (_, runs, missing) => {
    expect(await outcome(scheduled(), runs)).toContain(
      `waits until ${missing} of this job, as it is written`,
    );
  });

  it('is due once both have come to their end, whatever became of later attempts', async () => {
    const migrate = finished(100, { runId: 'failed', finished: false, startedAt: daysAgo(95) });
    expect(await outcome(scheduled(), { census: finished(101), migrate })).toBe('due');
  });

  it('waits for nothing where the operator says that it starts at once', async () => {
    const run = scheduled({ starts: 'at-once', expression: 'cron(0 3 ? * SUN *)' });
    expect(await outcome(run)).toBe('due');
  });

  it('by a cron expression is due whenever it comes', async () => {
    const run = scheduled({ expression: 'cron(0 3 ? * SUN *)' });
    expect(await outcome(run, { census: finished(1), migrate: finished(1), since: 0 })).toBe('due');
  });

  it('does not change the digest that tells whether a job was written anew, for what moves nothing', () => {
    const limits = { ...job().limits, maxConcurrency: 1 };
    expect(jobDigest(job({ limits, schedule: SCHEDULE, fingerprints: true }))).toBe(jobDigest(job()));
    expect(jobDigest(job({ source: { keys: [use(OLD_KEY), use(NEW_KEY)] } }))).not.toBe(jobDigest(job()));
  });
});

describe('a rate', () => {
  const both = (days: number) => ({ census: finished(days + 1), migrate: finished(days) });

  it('starts nothing when it is deployed, however long ago the last run was', async () => {
    expect(await outcome(scheduled(), { ...both(300), since: 0 })).toContain('counts from its deployment');
    expect(await outcome(scheduled(), { ...both(300), since: 90 })).toBe('due');
  });

  it('starts nothing when it is deployed again soon after a run', async () => {
    expect(await outcome(scheduled(), both(89))).toContain('the last run began on');
    expect(await outcome(scheduled(), both(90))).toBe('due');
  });

  it('is not put off because the run before was started late', async () => {
    expect(await outcome(scheduled(), both(90 - 1 / 24))).toBe('due');
    const often = scheduled({ expression: 'rate(10 minutes)' });
    expect(await outcome(often, both(6 / 1_440))).toBe('due');
    expect(await outcome(often, both(4 / 1_440))).toContain('the last run began on');
  });

  it('counts from attempts, too, and never from samples', async () => {
    const tried = finished(100, { runId: 'failed', finished: false, startedAt: daysAgo(10) });
    expect(await outcome(scheduled(), { census: finished(101), migrate: tried })).toContain('began on');
    expect(await outcome(scheduled(), { census: finished(101), migrate: { ...tried, sampled: true } })).toBe(
      'due',
    );
  });
});

describe('a job of several schedules', () => {
  const YEARLY = SCHEDULE;
  const MONTHLY: JobSchedule = { ...SCHEDULE, mode: 'verify', expression: 'rate(30 days)' };
  const several = job({ schedule: [YEARLY, MONTHLY] });
  const runs = { census: finished(101), migrate: finished(40) };

  async function due(mode: RunMode, of: Partial<Record<RunMode, LatestRun>>, ofJob = several) {
    const asked: string[] = [];
    const { kind } = await dueness({ job: ofJob, mode }, NOW, {
      latestRuns: { latest: (_, other) => Promise.resolve(of[other]) },
      schedules: {
        knownSince: name => {
          asked.push(name);
          return Promise.resolve(NOW - 400 * DAY);
        },
      },
    });
    return { kind, asked };
  }

  it('has each of them count from the runs of its own mode, and from its own deployment', async () => {
    expect(await due('migrate', runs)).toEqual({ kind: 'waits', asked: ['orders:migrate'] });
    expect(await due('verify', runs)).toEqual({ kind: 'due', asked: ['orders:verify'] });
    expect(await due('verify', { ...runs, verify: finished(20) })).toMatchObject({ kind: 'waits' });
  });

  it('is remembered by its name alone while it has one, as earlier versions did', async () => {
    expect(await due('verify', runs, job({ schedule: MONTHLY }))).toMatchObject({ asked: ['orders'] });
  });

  it('shows each', async () => {
    const states = await scheduleStates(several, {
      latest: (_, mode) => Promise.resolve(runs[mode as 'census']),
    });
    expect(states.map(scheduleText)).toEqual([
      'schedule rate(90 days) (UTC): migrate',
      'schedule rate(30 days) (UTC): verify',
    ]);
  });

  it('is asked for what one of them starts', () => {
    const problems = (mode: RunMode): readonly string[] => {
      const parsed = parseRunInput({ job: 'orders', scheduled: true, mode }, [several]);
      return parsed.kind === 'input' ? [] : parsed.problems.map(formatProblem);
    };
    expect(problems('migrate')).toEqual([]);
    expect(problems('verify')).toEqual([]);
    expect(problems('census')).toEqual([
      'scheduled = true: is for what the schedule of orders starts, which is migrate or verify; deploy the stack again, or leave it out',
    ]);
  });
});

describe('what an operator is told of a schedule', () => {
  const told = async (changes: Partial<JobSchedule>, runs: readonly LatestRun[] = []): Promise<string> => {
    const [state] = await scheduleStates(scheduled(changes).job, {
      latest: (_, mode) => Promise.resolve(mode === 'verify' ? undefined : runs[0]),
    });
    return scheduleText(state!);
  };

  it('is when it starts what, and what it waits for', async () => {
    expect(await told({}, [finished(1)])).toBe('schedule rate(90 days) (UTC): migrate');
    expect(await told({})).toContain('; the schedule waits until a census and a migration of this job');
    expect(await told({ starts: 'never' })).toBe('schedule rate(90 days) (UTC): migrate, switched off');
  });
});

describe('a run that Plan refuses', () => {
  it('is announced with the job and mode that it asked for, if that is what they are', () => {
    expect(askedOf({ job: 'orders', mode: 'migrate' })).toEqual({ job: 'orders', mode: 'migrate' });
    for (const input of [undefined, 'x', null, { job: 7, mode: 'a b' }, { job: 'x'.repeat(81), mode: [] }])
      expect(askedOf(input)).toEqual({ job: 'unknown', mode: 'unknown' });
  });

  it('is announced with words that fit an event', () => {
    const cause = JSON.stringify({ errorMessage: `orders: ${'x'.repeat(300_000)}` });
    const { error: words } = refusalOf({ Error: 'RunRefused', Cause: cause });
    expect(words).toHaveLength(2_000);
    expect(words).toContain('RunRefused: orders: x');
  });
});

describe('the input of a scheduled run', () => {
  const problems = (input: object, schedule?: JobSchedule): readonly string[] => {
    const parsed = parseRunInput({ job: 'orders', scheduled: true, ...input }, [
      job(schedule === undefined ? {} : { schedule }),
    ]);
    return parsed.kind === 'input' ? [] : parsed.problems.map(formatProblem);
  };

  it('is that of the job’s schedule', () => {
    expect(problems({ mode: 'migrate' }, SCHEDULE)).toEqual([]);
    expect(problems({ mode: 'census' }, SCHEDULE)).toEqual([
      'scheduled = true: is for what the schedule of orders starts, which is migrate; deploy the stack again, or leave it out',
    ]);
    expect(problems({ mode: 'migrate' })).toEqual([
      'scheduled = true: is for what the schedule of orders starts, and it has none; deploy the stack again, or leave it out',
    ]);
    expect(problems({ mode: 'migrate' }, { ...SCHEDULE, starts: 'never' })).toEqual([
      'scheduled = true: is for what the schedule of orders starts, and it is switched off; deploy the stack again, or leave it out',
    ]);
  });
});

describe('a job file with schedules', () => {
  const problems = (schedule: unknown): readonly string[] => {
    const parsed = parseJob(jobInput({ schedule }), formats);
    return parsed.kind === 'job' ? [] : parsed.problems.map(formatProblem);
  };

  it('may have one for each mode', () => {
    expect(problems({ expression: 'rate(90 days)', mode: 'verify' })).toEqual([]);
    expect(
      problems([{ expression: 'rate(90 days)' }, { expression: 'rate(30 days)', mode: 'verify' }]),
    ).toEqual([]);
  });

  it.each([
    [
      'a list of schedules in which one is no expression',
      [{ expression: 'rate(90 days)' }, { expression: 'weekly', mode: 'verify' }],
      'schedule[1].expression = "weekly": is no schedule of EventBridge Scheduler',
    ],
    [
      'two schedules of one mode',
      [{ expression: 'rate(90 days)' }, { expression: 'rate(30 days)' }],
      'schedule[1].mode = "migrate": is the mode of another schedule of this job; write one schedule for each mode',
    ],
    [
      'a rate of several that would start at each deployment',
      [{ expression: 'rate(90 days)' }, { expression: 'rate(30 days)', mode: 'verify', starts: 'at-once' }],
      'schedule[1].starts = "at-once": would start a run at each deployment',
    ],
    [
      'a schedule that is a text',
      'rate(90 days)',
      'schedule = "rate(90 days)": is no schedule; write an object, or a list of such objects of different modes',
    ],
    ['an empty list of schedules', [], 'schedule = []: is empty; leave it out'],
  ])('is refused with %s', (_, schedule, words) => {
    expect(problems(schedule)).toEqual([expect.stringContaining(words)]);
  });
});
