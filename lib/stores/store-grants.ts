import type { Job } from '../../lambda/core/model/job.ts';
import type { Grant, Home } from '../grants/grant.ts';
import { placesOf, placesOfRole } from './registry.ts';

/** What a function may do with the stores of the jobs: look at them, read their records, or replace data keys in them. */
export const storeGrants = {
  inspect(jobs: readonly Job[], home: Home): readonly Grant[] {
    return jobs.flatMap(placesOf).flatMap(place => place.inspect(home));
  },

  read(jobs: readonly Job[], home: Home): readonly Grant[] {
    return jobs.flatMap(placesOf).flatMap(place => place.read(home));
  },

  restore(jobs: readonly Job[], home: Home): readonly Grant[] {
    return jobs.flatMap(placesOf).flatMap(place => place.restore(home));
  },

  migrate(jobs: readonly Job[], home: Home): readonly Grant[] {
    return jobs.flatMap(placesOf).flatMap(place => [...place.read(home), ...place.migrate(home)]);
  },

  /** All that a role is assumed for, by one function or another: its owner grants it at once. */
  ofRole(job: Job, roleArn: string, home: Home): readonly Grant[] {
    return placesOfRole(job, roleArn).flatMap(place => [
      ...place.inspect(home),
      ...place.read(home),
      ...place.migrate(home),
      ...place.restore(home),
    ]);
  },
} as const;
