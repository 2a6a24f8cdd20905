import type { StoresOfRun } from '../model/run-plan.ts';
import { lockedPlaces, type Follower } from './store-lock.ts';
import type { Lock } from './take-locks.ts';

export interface FollowerLocks {
  read(resource: string): Promise<Lock>;
  /** Replaces the followers if nobody has changed the lock since `version`; answers whether it did. */
  replaceFollowers(resource: string, version: number, followers: readonly Follower[]): Promise<boolean>;
}

/** Other followers and runs change the lock, too. One that cannot leave is gone when its time is over. */
const TRIES = 20;
/** How often a run looks whether followers have left. */
const LOOK_MS = 1_000;

/**
 * Notes in a lock that a follower may be writing. Whoever changes the lock after it was read keeps it out, so that no follower
 * enters behind a run that has taken the lock.
 */
export function enter(
  resource: string,
  { lock, follower, now }: { readonly lock: Lock; readonly follower: Follower; readonly now: number },
  locks: FollowerLocks,
): Promise<boolean> {
  const others = (lock.followers ?? []).filter(({ id, until }) => id !== follower.id && until > now);
  return locks.replaceFollowers(resource, lock.version, [...others, follower]);
}

export async function leave(resource: string, id: string, locks: FollowerLocks): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { version, followers = [] } = await locks.read(resource);
    const others = followers.filter(one => one.id !== id);
    if (others.length === followers.length) return;
    if (await locks.replaceFollowers(resource, version, others)) return;
  }
}

export interface FollowersLeave {
  readonly locks: { read(resource: string): Promise<Lock> };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * Waits until the followers have left that were there when a run took its locks. A write of theirs behind a rollback would undo it.
 * Each has said until when it may write, so that one that was killed is not waited for any longer.
 */
export async function untilFollowersLeave(
  plan: Pick<StoresOfRun, 'stores' | 'storeRegion'>,
  { locks, now, wait }: FollowersLeave,
): Promise<void> {
  for (const resource of new Set(lockedPlaces(plan).map(place => place.resource))) {
    const there = await writing(resource, { locks, now });
    for (let left = there; left.length > 0;) {
      await wait(LOOK_MS);
      const still = new Set((await writing(resource, { locks, now })).map(({ id }) => id));
      left = left.filter(({ id }) => still.has(id));
    }
  }
}

async function writing(
  resource: string,
  { locks, now }: Pick<FollowersLeave, 'locks' | 'now'>,
): Promise<readonly Follower[]> {
  const { followers = [] } = await locks.read(resource);
  return followers.filter(({ until }) => until > now());
}
