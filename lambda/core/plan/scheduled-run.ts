import { jobDigest } from '../job/job-digest.ts';
import { intervalOf } from '../job/schedule-expression.ts';
import { scheduleDigest, scheduleName, schedulesOf } from '../job/schedules-of.ts';
import type { Job, JobSchedule } from '../model/job.ts';
import type { RunMode } from '../model/run.ts';
import type { PlanRequest } from './plan-request.ts';
import type { LatestRun, LatestRuns } from './ports.ts';
import { parseRunInput } from './run-input.ts';

/** A run that nobody but a schedule has asked for. */
export interface ScheduledRun {
  readonly job: Job;
  readonly mode: RunMode;
}

export type Due = { readonly kind: 'due' } | { readonly kind: 'waits'; readonly words: string };

/** What is remembered of schedules. */
export interface Schedules {
  /** Since when the schedule of this name (`scheduleName`) is as the digest says; `now` where it has been another one. */
  knownSince(name: string, digest: string, now: number): Promise<number>;
}

interface DuePorts {
  readonly latestRuns: LatestRuns;
  readonly schedules: Schedules;
}

/**
 * How much sooner than its rate a run may begin: EventBridge Scheduler may have started the one before an hour late
 * (lib/schedules), and no more than half of the rate.
 */
const TOLERANCE_MS = 3_600_000;

/** Why a run that a schedule has started does nothing yet; `undefined` for every run that is to begin. */
export async function notYet(
  { input, jobs, now }: Pick<PlanRequest, 'input' | 'jobs' | 'now'>,
  ports: DuePorts,
): Promise<string | undefined> {
  const parsed = parseRunInput(input, jobs);
  // What is wrong with an input is said where the run is planned.
  if (parsed.kind === 'refused' || !parsed.input.scheduled) return undefined;
  const due = await dueness(parsed.input, now, ports);
  return due.kind === 'waits' ? due.words : undefined;
}

/**
 * Whether a scheduled run may begin. Nothing starts by itself before an operator has seen a census and a migration of the
 * job come to their end. A rate is the distance to the last run, or to its own deployment: EventBridge Scheduler begins it
 * when the schedule is made, and does not document when after a change.
 */
export async function dueness(
  run: ScheduledRun,
  now: number,
  { latestRuns, schedules }: DuePorts,
): Promise<Due> {
  const { job, mode } = run;
  const schedule = schedulesOf(job).find(one => one.mode === mode);
  if (schedule === undefined) return { kind: 'due' };
  const interval = intervalOf(schedule.expression);
  const since = interval === undefined ? 0 : await knownSince(job, schedule, { schedules, now });
  const waits = await waitsFor(schedule, job, latestRuns);
  if (waits !== undefined) return { kind: 'waits', words: waits };
  if (interval === undefined) return { kind: 'due' };
  const last = lastBegun(await latestRuns.latest(job.name, mode));
  const notBefore = Math.max(since, last) + interval - Math.min(TOLERANCE_MS, interval / 2);
  if (now >= notBefore) return { kind: 'due' };
  const from =
    last > since
      ? `the last run began on ${new Date(last).toISOString()}`
      : `counts from its deployment, on ${new Date(since).toISOString()}`;
  return { kind: 'waits', words: `${schedule.expression} is not over yet: ${from}` };
}

/** What an operator is told of a job's schedule. */
export interface ScheduleState extends JobSchedule {
  readonly state: 'on' | 'waits' | 'off';
  readonly words?: string;
}

export async function scheduleStates(job: Job, runs: LatestRuns): Promise<readonly ScheduleState[]> {
  return await Promise.all(schedulesOf(job).map(schedule => stateOf(schedule, job, runs)));
}

async function stateOf(schedule: JobSchedule, job: Job, runs: LatestRuns): Promise<ScheduleState> {
  if (schedule.starts === 'never') return { ...schedule, state: 'off' };
  const words = await waitsFor(schedule, job, runs);
  return words === undefined ? { ...schedule, state: 'on' } : { ...schedule, state: 'waits', words };
}

interface Known {
  readonly schedules: Schedules;
  readonly now: number;
}

/** Since when a schedule is as it is; `now` if nobody has asked before. */
export async function knownSince(
  job: Job,
  schedule: JobSchedule,
  { schedules, now }: Known,
): Promise<number> {
  return await schedules.knownSince(scheduleName(job, schedule), scheduleDigest(schedule), now);
}

/** Which runs the schedule of a job waits for, in words. */
async function waitsFor(
  { starts, mode }: JobSchedule,
  job: Job,
  runs: LatestRuns,
): Promise<string | undefined> {
  if (starts !== 'after-migration') return undefined;
  const [census, migration] = await Promise.all([hasFinished('census'), hasFinished('migrate')]);
  const missing = [...(census ? [] : ['a census']), ...(migration ? [] : ['a migration'])];
  if (missing.length === 0) return mode === 'migrate' ? rolledBackSince(job, runs) : undefined;
  return `the schedule waits until ${missing.join(' and ')} of this job, as it is written, ${missing.length > 1 ? 'have' : 'has'} come to ${missing.length > 1 ? 'their' : 'its'} end`;

  async function hasFinished(mode: RunMode): Promise<boolean> {
    return (await runs.latest(job.name, mode))?.lastFinished?.jobDigest === jobDigest(job);
  }
}

/** Nobody who has rolled a migration back wants it done again by the clock. */
async function rolledBackSince({ name }: Job, runs: LatestRuns): Promise<string | undefined> {
  const [rollback, migration] = await Promise.all([
    runs.latest(name, 'rollback'),
    runs.latest(name, 'migrate'),
  ]);
  const { startedAt, runId } = rollback ?? {};
  const migratedAt = migration?.lastFinished?.startedAt;
  if (startedAt === undefined || migratedAt === undefined || startedAt <= migratedAt) return undefined;
  return `the schedule waits until a migration of this job has come to its end since ${runId}, which rolled one back: it would move again what somebody has put back`;
}

/** When the last run began that was about all of its stores. */
function lastBegun(run: LatestRun | undefined): number {
  const { startedAt, sampled, lastFinished } = run ?? {};
  const times = [sampled === true ? undefined : startedAt, lastFinished?.startedAt];
  return Math.max(0, ...times.flatMap(time => (time === undefined ? [] : Date.parse(time))));
}
