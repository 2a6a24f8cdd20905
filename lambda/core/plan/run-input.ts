import * as z from 'zod/mini';
import { MAX_CAPACITY_PER_SECOND, MAX_KMS_REQUESTS_PER_SECOND, type Job, type Limits } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { RUN_MODES, type RunMode } from '../model/run.ts';
import { MAX_CONCURRENCY } from '../job/job-schema.ts';
import { problemOf } from '../job/parse-job.ts';
import { schedulesOf } from '../job/schedules-of.ts';
import { oneOf, strictObject, text, wholeNumber } from '../schema/strict-object.ts';
import { once } from '../schema/once.ts';

/** What an execution asks for (docs/design.md, Execution input), checked against its job. */
export interface RunInput {
  readonly job: Job;
  readonly mode: RunMode;
  readonly limits: Limits;
  /** A census only: KMS checks every data key, and makes no new ciphertext. */
  readonly dryRun: boolean;
  /** Visit the first records of each store only. */
  readonly sample?: number;
  /** The run that a rollback undoes. */
  readonly run?: string;
  /** Visit everything again, even if the last run of the same work did not finish. */
  readonly fromStart: boolean;
  /** KMS is asked about every data key, as a job says with `"verify": "ask-all"`. */
  readonly askAll: boolean;
  /** A schedule has started it, and nobody is watching. */
  readonly scheduled: boolean;
  /** For every KMS request of the run: a grant that is new may be used with its token at once. */
  readonly grantTokens: readonly string[];
}

/** KMS API reference, ReEncrypt, GrantTokens: up to 10 items. */
const MAX_GRANT_TOKENS = 10;

const runInputSchema = once(() =>
  strictObject(
    {
      job: text('the name of a job'),
      mode: oneOf(RUN_MODES),
      run: z.optional(text('the id of a run')),
      dryRun: z.optional(z.boolean({ error: 'is not true or false' })),
      fromStart: z.optional(z.boolean({ error: 'is not true or false' })),
      askAll: z.optional(z.boolean({ error: 'is not true or false' })),
      scheduled: z.optional(z.boolean({ error: 'is not true or false' })),
      // For people, who read it in the input of the execution.
      scheduledFor: z.optional(text('the time that a schedule says')),
      sample: z.optional(wholeNumber(1, 1_000_000, 'records')),
      grantTokens: z.optional(
        z.array(text('a grant token'), { error: 'is no list; write grant tokens' }).check(
          z.maxLength(MAX_GRANT_TOKENS, {
            error: `are more than KMS takes; write at most ${MAX_GRANT_TOKENS}`,
          }),
        ),
      ),
      limits: z.optional(
        strictObject(
          {
            kmsRequestsPerSecond: z.optional(
              wholeNumber(1, MAX_KMS_REQUESTS_PER_SECOND, 'requests per second'),
            ),
            maxConcurrency: z.optional(wholeNumber(1, MAX_CONCURRENCY, 'workers')),
            toleratedFailurePercentage: z.optional(wholeNumber(0, 100, 'percent')),
            writeCapacityPerSecond: z.optional(
              wholeNumber(1, MAX_CAPACITY_PER_SECOND, 'write units per second'),
            ),
            readCapacityPerSecond: z.optional(
              wholeNumber(1, MAX_CAPACITY_PER_SECOND, 'read units per second'),
            ),
          },
          'limits',
        ),
      ),
    },
    'an execution input',
  ),
);

export type ParsedRunInput =
  | { readonly kind: 'input'; readonly input: RunInput }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Validates an execution input against the deployed jobs. Overrides may lower a job's limits, never raise them. */
export function parseRunInput(raw: unknown, jobs: readonly Job[]): ParsedRunInput {
  const parsed = runInputSchema().safeParse(raw);
  if (!parsed.success)
    return { kind: 'refused', problems: parsed.error.issues.map(issue => problemOf(issue, raw)) };
  const {
    job: name,
    mode,
    limits: overrides = {},
    run,
    dryRun = false,
    fromStart = false,
    askAll = false,
    scheduled = false,
    sample,
    grantTokens = [],
  } = parsed.data;
  const job = jobs.find(candidate => candidate.name === name);
  if (job === undefined) return { kind: 'refused', problems: [unknownJob(name, jobs, mode)] };
  const given = Object.entries(overrides).filter(
    (entry): entry is [keyof Limits, number] => entry[1] !== undefined,
  );
  const problems = given
    .filter(([limit, value]) => value > (job.limits[limit] ?? Number.POSITIVE_INFINITY))
    .map(([limit, value]) => aboveLimit(limit, value, job));
  if (dryRun && mode !== 'census') problems.push(dryRunMode(mode));
  if ((mode === 'rollback') !== (run !== undefined)) problems.push(runOfMode(mode, run));
  if (scheduled) problems.push(...scheduleProblems(job, mode));
  if (problems.length > 0) return { kind: 'refused', problems };
  const limits = { ...job.limits, ...Object.fromEntries(given) };
  return {
    kind: 'input',
    input: {
      ...{ job, mode, limits, dryRun, fromStart, askAll, scheduled, grantTokens },
      ...(sample !== undefined && { sample }),
      ...(run !== undefined && { run }),
    },
  };
}

function runOfMode(mode: RunMode, run: string | undefined): Problem {
  return run === undefined
    ? { path: 'run', words: 'is missing; add the id of the run to roll back' }
    : { path: 'run', value: run, words: `is for the mode rollback, and this is ${mode}; remove it` };
}

function dryRunMode(mode: RunMode): Problem {
  return {
    path: 'dryRun',
    value: true,
    words: `changes nothing, and ${mode} is not a census; write mode census`,
  };
}

/** A schedule of an earlier deployment, or an input that somebody wrote. */
function scheduleProblems(job: Job, mode: RunMode): readonly Problem[] {
  const { name } = job;
  const schedules = schedulesOf(job);
  const own = schedules.find(schedule => schedule.mode === mode);
  if (own !== undefined && own.starts !== 'never') return [];
  const what =
    schedules.length === 0
      ? 'and it has none'
      : own === undefined
        ? `which is ${schedules.map(schedule => schedule.mode).join(' or ')}`
        : 'and it is switched off';
  const words = `is for what the schedule of ${name} starts, ${what}; deploy the stack again, or leave it out`;
  return [{ path: 'scheduled', value: true, words }];
}

function unknownJob(name: string, jobs: readonly Job[], mode: RunMode): Problem {
  if (mode === 'rollback')
    return {
      path: 'job',
      value: name,
      words:
        'is no job of this deployment any more, so that no role may write to its stores; put its job file back under this name, deploy, and roll back',
    };
  const names = jobs.map(job => job.name).join(', ');
  return { path: 'job', value: name, words: `is no job of this deployment; write one of: ${names}` };
}

function aboveLimit(limit: keyof Limits, value: number, job: Job): Problem {
  return {
    path: `limits.${limit}`,
    value,
    words: `is above the limit ${job.limits[limit]} of the job ${job.name}; write at most that, or deploy the job with a higher limit`,
  };
}
