import { followedBuckets, followedTables, jobsOfFollowed } from '../../lambda/core/job/followed-stores.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { ciphertextJobs, plaintextJobs } from '../jobs/plaintext-route.ts';
import { keyGrants } from '../keys/key-grants.ts';
import { storeGrants } from '../stores/store-grants.ts';
import type { Grant, Home } from './grant.ts';

/** The functions whose roles grow with the jobs. */
export const ROLES_OF_JOBS = [
  'Plan',
  'MigrateUnit',
  'MigrateUnitPlaintext',
  'VerifyUnit',
  'RollbackUnit',
  'FollowTable',
  'FollowBucket',
] as const;
export type RoleOfJobs = (typeof ROLES_OF_JOBS)[number];

/** What each function may do for its jobs. There is no MigrateUnitPlaintext where no job may take its route. */
export const JOB_GRANTS: Readonly<
  Record<RoleOfJobs, (jobs: readonly Job[], home: Home) => readonly Grant[]>
> = {
  Plan: (jobs, home) => [
    ...storeGrants.inspect(jobs, home),
    ...storeGrants.read(jobs, home),
    ...keyGrants.describe(jobs),
    ...keyGrants.reEncrypt(jobs),
    ...followedBuckets(jobs).map(({ bucket }) => ({
      actions: ['s3:GetBucketNotification'],
      resource: `arn:${home.partition}:s3:::${bucket}`,
    })),
  ],
  /** Data keys that can only take a plaintext route never come here. */
  MigrateUnit: (jobs, home) => [
    ...storeGrants.migrate(ciphertextJobs(jobs), home),
    ...keyGrants.reEncrypt(ciphertextJobs(jobs)),
  ],
  MigrateUnitPlaintext: (jobs, home) => [
    ...storeGrants.migrate(plaintextJobs(jobs), home),
    ...keyGrants.decryptEncrypt(plaintextJobs(jobs)),
  ],
  VerifyUnit: (jobs, home) => [...storeGrants.read(jobs, home), ...keyGrants.reEncryptDestination(jobs)],
  RollbackUnit: (jobs, home) => storeGrants.restore(jobs, home),
  /** It reads items by their keys, as a rollback does, and of no other store than those that are followed. */
  FollowTable: (jobs, home) => {
    const tables = followedTables(jobs);
    const followed = jobsOfFollowed(tables);
    return [
      ...storeGrants.restore(followed, home),
      ...keyGrants.reEncrypt(followed),
      ...tables.map(({ streamArn }) => ({ actions: READ_STREAM, resource: streamArn })),
    ];
  },
  /** As FollowTable, with objects. It may read its queue besides (lib/follow). */
  FollowBucket: (jobs, home) => {
    const followed = jobsOfFollowed(followedBuckets(jobs));
    return [...storeGrants.restore(followed, home), ...keyGrants.reEncrypt(followed)];
  },
};

/** Lambda reads a stream under the role of the function that it invokes. */
const READ_STREAM = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
