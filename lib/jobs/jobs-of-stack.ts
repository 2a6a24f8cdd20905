import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { destinationRegion, sourceRegion } from '../../lambda/core/model/job-regions.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { writtenPlace } from '../../lambda/core/stores/places.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { JobsRefused } from './jobs-refused.ts';
import { refusePlaintextRoutes } from './plaintext-route.ts';

interface StackOfJobs {
  /** As the CDK knows it when it synthesizes; a token where the stack names none. */
  readonly region: string;
  readonly allowPlaintextRoute: boolean;
}

/**
 * The jobs of a stack that stands alone, validated as those of files are. The claim of a store lies in the store's Region, and
 * a lock in the Region of the ledger: a job for which this stack could not make both is refused.
 *
 * @throws JobsRefused
 */
export function jobsOfStack(
  written: readonly Job[],
  { region, allowPlaintextRoute }: StackOfJobs,
): readonly Job[] {
  if (!/^[a-z0-9-]+$/.test(region))
    throw new JobsRefused(
      'the stack names no Region; give it env: { region } with that of the destination keys',
    );
  // A folder's name, from JavaScript.
  if (!isList(written))
    throw new JobsRefused("jobs: is no list of jobs; write jobs: loadJobs('FOLDER'), or a list of jobs");
  const parsed = written.map(job => ({ name: job.name, ...parseJob(job, formats) }));
  const problems = parsed.flatMap(one =>
    one.kind === 'job'
      ? misplaced(one.job, region)
      : one.problems.map(problem => `job ${one.name}: ${formatProblem(problem)}`),
  );
  const names = written.map(({ name }) => name);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  problems.push(...twice.map(name => `job ${name}: another job has the same name; give each its own`));
  if (problems.length > 0) throw new JobsRefused(problems.join('\n'));
  const jobs = parsed.flatMap(one => (one.kind === 'job' ? [one.job] : []));
  if (!allowPlaintextRoute) refusePlaintextRoutes(jobs);
  return jobs;
}

function isList(written: unknown): boolean {
  return Array.isArray(written);
}

function misplaced(job: Job, region: string): readonly string[] {
  const destination = destinationRegion(job);
  const elsewhere = job.stores
    .map(store => writtenPlace(store, sourceRegion(job)))
    .filter(place => (place.region ?? sourceRegion(job)) !== region);
  return [
    ...(destination === region
      ? []
      : [
          `job ${job.name}: its destination is in ${destination}, and the stack in ${region}; write a stack for each Region`,
        ]),
    ...elsewhere.map(
      ({ name, region: other = sourceRegion(job) }) =>
        `job ${job.name}: writes to ${name} in ${other}, and the stack is in ${region}, so that no claim would cover it; deploy it with rewrapApp`,
    ),
  ];
}
