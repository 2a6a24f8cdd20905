import type { JobFollow } from '../model/job.ts';
import type { LatestRun } from '../plan/ports.ts';
import type { FollowState } from './ports.ts';

/** Where the follower of a job stands. */
export type FollowStage =
  /** No migration has come to its end that it could go on with. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'follows'; readonly quietSince: number; readonly endsAt: number }
  | { readonly kind: 'ends'; readonly quietSince: number }
  | { readonly kind: 'ended'; readonly endedAt: number };

const DAY_MS = 86_400_000;

/**
 * Nothing has come for long enough if no data key was seen under a source key since the follower is there, since the migration, and for
 * so many days, and if it has looked at every write in all that time. A migration after the end begins it anew.
 */
export function followStage(
  { untilQuietDays }: JobFollow,
  { since, lateAt, leftAt, endedAt }: FollowState,
  { migration, now }: { readonly migration: LatestRun['lastFinished']; readonly now: number },
): FollowStage {
  if (migration === undefined || since === undefined) return { kind: 'waits' };
  const migratedAt = Date.parse(migration.startedAt);
  if (endedAt !== undefined && endedAt > Math.max(since, migratedAt)) return { kind: 'ended', endedAt };
  const quietSince = Math.max(since, migratedAt, lateAt ?? 0, leftAt ?? 0);
  const endsAt = quietSince + untilQuietDays * DAY_MS;
  return now >= endsAt ? { kind: 'ends', quietSince } : { kind: 'follows', quietSince, endsAt };
}
