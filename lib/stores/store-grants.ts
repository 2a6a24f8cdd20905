import type { Job } from '../../lambda/core/model/job.ts';
import type { Grant, Home } from '../grants/grant.ts';
import { placesOf } from './registry.ts';

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
} as const;
