import type { Job } from '../../lambda/core/model/job.ts';
import { possibleRoutes } from '../../lambda/core/model/job-routes.ts';
import { JobsRefused } from './jobs-refused.ts';

/** A job that names the route decrypt-encrypt is deployed only where the deployment allows it in so many words. */
export function refusePlaintextRoutes(jobs: readonly Job[]): void {
  const refused = jobs.filter(({ route }) => route.type === 'decrypt-encrypt');
  if (refused.length > 0)
    throw new JobsRefused(
      refused
        .map(
          ({ name }) =>
            `job ${name}: route.type = "decrypt-encrypt": takes plaintext data keys out of KMS; name another route, or deploy with -c allowPlaintextRoute=true`,
        )
        .join('\n'),
    );
}

/** The jobs whose data keys may take that route, named or chosen. */
export function plaintextJobs(jobs: readonly Job[]): readonly Job[] {
  return jobs.filter(job => possibleRoutes(job).includes('decrypt-encrypt'));
}
