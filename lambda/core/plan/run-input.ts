import type { Job, Limits } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { RUN_MODES, type RunMode } from '../model/run.ts';
import { MAX_CONCURRENCY, MAX_KMS_REQUESTS_PER_SECOND } from '../job/job-schema.ts';
import { problemOf } from '../job/parse-job.ts';
import { oneOf, strictObject, text, wholeNumber } from '../job/strict-object.ts';

/** What an execution asks for (DESIGN 6.2), checked against its job. */
export interface RunInput {
  readonly job: Job;
  readonly mode: RunMode;
  readonly limits: Limits;
}

const runInputSchema = strictObject(
  {
    job: text('the name of a job'),
    mode: oneOf(RUN_MODES),
    limits: strictObject(
      {
        kmsRequestsPerSecond: wholeNumber(1, MAX_KMS_REQUESTS_PER_SECOND, 'requests per second').optional(),
        maxConcurrency: wholeNumber(1, MAX_CONCURRENCY, 'workers').optional(),
        toleratedFailurePercentage: wholeNumber(0, 100, 'percent').optional(),
      },
      'limits',
    ).optional(),
  },
  'an execution input',
);

export type ParsedRunInput =
  | { readonly kind: 'input'; readonly input: RunInput }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Validates an execution input against the deployed jobs. Overrides may lower a job's limits, never raise them. */
export function parseRunInput(raw: unknown, jobs: readonly Job[]): ParsedRunInput {
  const parsed = runInputSchema.safeParse(raw);
  if (!parsed.success)
    return { kind: 'refused', problems: parsed.error.issues.map(issue => problemOf(issue, raw)) };
  const { job: name, mode, limits: overrides = {} } = parsed.data;
  const job = jobs.find(candidate => candidate.name === name);
  if (job === undefined) return { kind: 'refused', problems: [unknownJob(name, jobs)] };
  const given = Object.entries(overrides).filter(
    (entry): entry is [keyof Limits, number] => entry[1] !== undefined,
  );
  const problems = given
    .filter(([limit, value]) => value > job.limits[limit])
    .map(([limit, value]) => aboveLimit(limit, value, job));
  if (problems.length > 0) return { kind: 'refused', problems };
  return { kind: 'input', input: { job, mode, limits: { ...job.limits, ...Object.fromEntries(given) } } };
}

function unknownJob(name: string, jobs: readonly Job[]): Problem {
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
