import { sourceRegion } from '../model/job-regions.ts';
import type { Job, Store } from '../model/job.ts';
import { parseStreamArn } from '../model/stream-arn.ts';
import { ownPlace } from '../stores/places.ts';

/** A store of a job whose stream is followed. */
export interface FollowedStore {
  readonly job: Job;
  readonly store: Store;
  /** Among the stores of its job. */
  readonly index: number;
  readonly streamArn: string;
}

/** The longest that one invocation of a follower takes. */
export const FOLLOW_TIMEOUT_SECONDS = 120;

/** What jobs follow, in their order. */
export function followedStores(jobs: readonly Job[]): readonly FollowedStore[] {
  return jobs.flatMap(job =>
    (job.follow?.streams ?? []).flatMap(streamArn => {
      const index = job.stores.findIndex(store => isOf(streamArn, store, sourceRegion(job)));
      const store = job.stores[index];
      return store === undefined ? [] : [{ job, store, index, streamArn }];
    }),
  );
}

/** Jobs that follow something, each with no other stores than these. */
export function followedJobs(jobs: readonly Job[]): readonly Job[] {
  return jobs.flatMap(job => {
    const stores = followedStores([job]).map(({ store }) => store);
    return stores.length === 0 ? [] : [{ ...job, stores }];
  });
}

function isOf(streamArn: string, store: Store, home: string): boolean {
  const stream = parseStreamArn(streamArn);
  const own = ownPlace(store, store.region ?? home);
  return own.type === 'dynamodb' && own.region === stream?.region && own.name === stream?.table;
}
