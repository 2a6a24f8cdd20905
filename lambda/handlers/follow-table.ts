import type { Context, DynamoDBBatchResponse } from 'aws-lambda';
import { tableWritten } from '../core/follow/stream-event.ts';
import { followedTables } from '../core/job/followed-stores.ts';
import { follow, jobs } from './follower.ts';

/** What a write to a followed table leads to (lib/follow). The stream hands the rest of a batch over again that is not done. */
export async function handler(event: unknown, context: Context): Promise<DynamoDBBatchResponse> {
  const { streamArn, items } = tableWritten(event);
  const followed = followedTables(jobs).find(one => one.streamArn === streamArn);
  if (followed === undefined)
    throw new Error(`no job of this deployment follows ${streamArn}; deploy it again`);
  const again = await follow(followed, items, context);
  return { batchItemFailures: again.map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })) };
}
