import { sourceRegion } from '../model/job-regions.ts';
import type { Job, Store } from '../model/job.ts';
import { parseStreamArn } from '../model/stream-arn.ts';
import { ownPlace } from '../stores/places.ts';

/** A store of a job that is followed. */
export interface FollowedStore {
  readonly job: Job;
  readonly store: Store;
  /** Among the stores of its job. */
  readonly index: number;
}

export interface FollowedTable extends FollowedStore {
  readonly streamArn: string;
}

/** The objects of a bucket that have a store's prefix. */
export interface FollowedBucket extends FollowedStore {
  readonly bucket: string;
  readonly prefix: string;
}

/** The longest that one invocation of a follower takes. */
export const FOLLOW_TIMEOUT_SECONDS = 120;

/** The policy of the queue of a deployment has 8,192 bytes at most (SQS developer guide, quotas), and the ARN of a bucket's rule some 130 of them. */
export const MOST_FOLLOWED_BUCKETS = 50;

/** The tables that jobs follow, in their order. */
export function followedTables(jobs: readonly Job[]): readonly FollowedTable[] {
  return jobs.flatMap(job =>
    (job.follow?.streams ?? []).flatMap(streamArn => {
      const index = job.stores.findIndex(store => isOf(streamArn, store, sourceRegion(job)));
      const store = job.stores[index];
      return store === undefined ? [] : [{ job, store, index, streamArn }];
    }),
  );
}

/** The stores in buckets that jobs follow. Those of one bucket have prefixes of their own. */
export function followedBuckets(jobs: readonly Job[]): readonly FollowedBucket[] {
  return jobs.flatMap(job =>
    (job.follow?.buckets ?? []).flatMap(bucket =>
      job.stores.flatMap((store, index) => {
        const { type, name, prefix = '' } = ownPlace(store, store.region ?? sourceRegion(job));
        return type === 's3' && name === bucket ? [{ job, store, index, bucket, prefix }] : [];
      }),
    ),
  );
}

/** Their names, each once. */
export function namesOfFollowedBuckets(jobs: readonly Job[]): readonly string[] {
  return [...new Set(followedBuckets(jobs).map(({ bucket }) => bucket))];
}

/** Jobs that follow something, each with no other stores than these. */
export function jobsOfFollowed(followed: readonly FollowedStore[]): readonly Job[] {
  return [...new Set(followed.map(({ job }) => job))].map(job => ({
    ...job,
    stores: followed.flatMap(({ job: of, store }) => (of === job ? [store] : [])),
  }));
}

function isOf(streamArn: string, store: Store, home: string): boolean {
  const stream = parseStreamArn(streamArn);
  const own = ownPlace(store, store.region ?? home);
  return own.type === 'dynamodb' && own.region === stream?.region && own.name === stream?.table;
}
