import { Buffer } from 'node:buffer';
import { canonicalJson } from '../model/canonical-json.ts';
import { digest } from '../model/digest.ts';
import type { Job, JobSchedule } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { intervalOf } from './schedule-expression.ts';

/** The schedules of a job: each is of another mode. */
export function schedulesOf({ schedule }: Pick<Job, 'schedule'>): readonly JobSchedule[] {
  if (schedule === undefined) return [];
  return 'expression' in schedule ? [schedule] : schedule;
}

/** How the ledger remembers one of them: by its job and, beside others, by its mode. */
export function scheduleName(job: Job, { mode }: JobSchedule): string {
  return schedulesOf(job).length > 1 ? `${job.name}:${mode}` : job.name;
}

/** Tells whether a schedule is still the one that was deployed. */
export function scheduleDigest({ expression, timeZone, mode, starts }: JobSchedule): string {
  return digest(Buffer.from(canonicalJson({ expression, timeZone, mode, starts })));
}

/** A schedule, and where it stands in the job. */
export interface PlacedSchedule {
  readonly path: string;
  readonly schedule: JobSchedule;
}

export function eachSchedule(job: Job): readonly PlacedSchedule[] {
  return schedulesOf(job).map((schedule, index) => ({
    path: job.schedule === schedule ? 'schedule' : `schedule[${index}]`,
    schedule,
  }));
}

export function scheduleProblems(job: Job): readonly Problem[] {
  const schedules = schedulesOf(job);
  return eachSchedule(job).flatMap(({ path, schedule: one }, index) => {
    const twice = schedules.findIndex(({ mode }) => mode === one.mode) < index;
    return [...ratesAtOnce(one, path), ...(twice ? [secondOfMode(one, path)] : [])];
  });
}

/** Without a StartDate, EventBridge Scheduler begins a rate when its schedule is made (user guide, Rate-based schedules). */
function ratesAtOnce({ starts, expression }: JobSchedule, path: string): readonly Problem[] {
  if (starts !== 'at-once' || intervalOf(expression) === undefined) return [];
  const words =
    'would start a run at each deployment, because EventBridge Scheduler begins a rate at once; write a cron expression, or leave it out';
  return [{ path: `${path}.starts`, value: starts, words }];
}

/** A rate counts from the last run of its mode, so that two of one mode would put each other off. */
function secondOfMode({ mode }: JobSchedule, path: string): Problem {
  const words = 'is the mode of another schedule of this job; write one schedule for each mode';
  return { path: `${path}.mode`, value: mode, words };
}
