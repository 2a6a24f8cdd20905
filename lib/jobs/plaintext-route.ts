import type { Job } from '../../lambda/core/model/job.ts';
import { possibleRoutes, routeOf } from '../../lambda/core/routes/registry.ts';
import { JobsRefused } from './jobs-refused.ts';

/** A job that names a plaintext route is deployed only where the deployment allows it in so many words. */
export function refusePlaintextRoutes(jobs: readonly Job[]): void {
  const refused = jobs.filter(({ route: { type } }) => type !== 'auto' && routeOf({ type }).plaintext);
  if (refused.length > 0)
    throw new JobsRefused(
      refused
        .map(
          ({ name, route }) =>
            `job ${name}: route.type = "${route.type}": takes plaintext data keys out of KMS; name another route, or allow it with "allowPlaintextRoute": true in deployment.json`,
        )
        .join('\n'),
    );
}

/** The jobs whose data keys may take a plaintext route, named or chosen. */
export function plaintextJobs(jobs: readonly Job[]): readonly Job[] {
  return jobs.filter(job => possibleRoutes(job).some(({ plaintext }) => plaintext));
}

/** The jobs whose data keys may take any other route. */
export function ciphertextJobs(jobs: readonly Job[]): readonly Job[] {
  return jobs.filter(job => possibleRoutes(job).some(({ plaintext }) => !plaintext));
}
