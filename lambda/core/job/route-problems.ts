import { parseKeyReference } from '../model/arn.ts';
import type { Job } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { sourceRegion } from '../model/job-regions.ts';
import { ALL_ROUTES, possibleRoutes } from '../routes/registry.ts';

/** The source keys are in one Region: a route has one beginning. */
export function regionProblems(job: Job): readonly Problem[] {
  const region = sourceRegion(job);
  return job.source.keys.flatMap(({ key }, index) =>
    parseKeyReference(key)?.region === region
      ? []
      : [
          {
            path: `source.keys[${index}]`,
            value: key,
            words: `is not in ${region}, the Region of the first source key; write keys of one Region, and a job for each Region`,
          },
        ],
  );
}

/** A named route that cannot lead from the source keys to the destination, and route fields that do not fit. */
export function routeProblems(job: Job): readonly Problem[] {
  const named = job.route.type === 'auto' ? [] : possibleRoutes(job);
  const problems = named.flatMap(route => route.problems(job));
  return [...problems, ...ALL_ROUTES.flatMap(route => route.fieldProblems(job))];
}
