import type { Context, SQSBatchResponse } from 'aws-lambda';
import { tellFailedBatch, tellUnreadable } from '../adapters/run/follow-telemetry.ts';
import { followObjects } from '../core/follow/follow-objects.ts';
import { queueTold } from '../core/follow/queue-event.ts';
import { followedBuckets } from '../core/job/followed-stores.ts';
import { follow, jobs } from './follower.ts';

/** What writes to followed buckets lead to (lib/follow). Messages that are not done with are there again after a while. */
export async function handler(event: unknown, context: Context): Promise<SQSBatchResponse> {
  const told = queueTold(event);
  if (told === undefined) throw new TypeError('this is no event of a queue');
  if (told.unreadable.length > 0) tellUnreadable(told.unreadable.length);
  const again = await followObjects(told, followedBuckets(jobs), {
    follow: (followed, written) => follow(followed, written, context),
    failed: ({ job }, { length }, error) => tellFailedBatch(job.name, length, error),
  });
  return { batchItemFailures: again.map(itemIdentifier => ({ itemIdentifier })) };
}
