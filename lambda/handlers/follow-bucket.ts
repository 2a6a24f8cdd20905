import type { Context, SQSBatchResponse } from 'aws-lambda';
import { tellFailedBatch, tellUnreadable } from '../adapters/run/follow-telemetry.ts';
import { queueTold, type ObjectWritten } from '../core/follow/queue-event.ts';
import { followedBuckets, type FollowedBucket } from '../core/job/followed-stores.ts';
import { follow, jobs } from './follower.ts';

/**
 * What writes to followed buckets lead to (lib/follow). Messages that are not done with are there again after a while; those about
 * objects that no job follows are done with.
 */
export async function handler(event: unknown, context: Context): Promise<SQSBatchResponse> {
  const told = queueTold(event);
  if (told === undefined) throw new TypeError('this is no event of a queue');
  const { objects, unreadable } = told;
  if (unreadable.length > 0) tellUnreadable(unreadable.length);
  const again: ObjectWritten[] = [];
  for (const followed of followedBuckets(jobs)) {
    const own = objects.filter(written => isOf(written, followed));
    if (own.length > 0) again.push(...(await undone(followed, own, context)));
  }
  const messageIds = new Set([...unreadable, ...again.flatMap(written => written.messageIds)]);
  return { batchItemFailures: [...messageIds].map(itemIdentifier => ({ itemIdentifier })) };
}

function isOf({ bucket, locator }: ObjectWritten, followed: FollowedBucket): boolean {
  return bucket === followed.bucket && locator.startsWith(followed.prefix);
}

/** What goes wrong with one store is not held against the writes to others. */
async function undone(
  followed: FollowedBucket,
  written: readonly ObjectWritten[],
  context: Context,
): Promise<readonly ObjectWritten[]> {
  try {
    return await follow(followed, written, context);
  } catch (error) {
    tellFailedBatch(followed.job.name, written.length, error);
    return written;
  }
}
