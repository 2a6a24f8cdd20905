import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { Job } from '../../lambda/core/model/job.ts';
import { placesOf } from './registry.ts';

/** What a function may do with the stores of the jobs: look at them, read their records, or replace data keys in them. */
export const storeGrants = {
  inspect(grantee: Function, jobs: readonly Job[]): void {
    for (const place of jobs.flatMap(placesOf)) place.inspect(grantee);
  },

  read(grantee: Function, jobs: readonly Job[]): void {
    for (const place of jobs.flatMap(placesOf)) place.read(grantee);
  },

  restore(grantee: Function, jobs: readonly Job[]): void {
    for (const place of jobs.flatMap(placesOf)) place.restore(grantee);
  },

  migrate(grantee: Function, jobs: readonly Job[]): void {
    storeGrants.read(grantee, jobs);
    for (const place of jobs.flatMap(placesOf)) place.migrate(grantee);
  },
} as const;
