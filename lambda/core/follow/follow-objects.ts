import type { FollowedBucket } from '../job/followed-stores.ts';
import type { ObjectWritten, QueueTold } from './queue-event.ts';

export interface FollowObjectsPorts {
  /** Follows one store. @returns what is to be handed over again */
  readonly follow: (
    followed: FollowedBucket,
    written: readonly ObjectWritten[],
  ) => Promise<readonly ObjectWritten[]>;
  readonly failed: (followed: FollowedBucket, written: readonly ObjectWritten[], error: unknown) => void;
}

/**
 * Tells each followed store of the objects that are its own. Those of no store are done with. What goes wrong with one store is not held
 * against messages about others.
 *
 * @returns the messages that are to be handed over again
 */
export async function followObjects(
  { objects, unreadable }: QueueTold,
  stores: readonly FollowedBucket[],
  { follow, failed }: FollowObjectsPorts,
): Promise<readonly string[]> {
  const again = new Set(unreadable);
  for (const followed of stores) {
    const own = objects.filter(written => isOf(written, followed));
    if (own.length === 0) continue;
    const left = await follow(followed, own).catch((error: unknown) => {
      failed(followed, own, error);
      return own;
    });
    for (const messageId of left.flatMap(({ messageIds }) => messageIds)) again.add(messageId);
  }
  return [...again];
}

function isOf({ bucket, locator }: ObjectWritten, followed: FollowedBucket): boolean {
  return bucket === followed.bucket && locator.startsWith(followed.prefix);
}
