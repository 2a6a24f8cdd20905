import { followStage, type FollowStage } from '../../lambda/core/follow/quiet.ts';
import type { FollowBook, KnownFollow } from '../../lambda/core/follow/ports.ts';
import { parseStreamArn } from '../../lambda/core/model/stream-arn.ts';
import type { LatestRuns } from '../../lambda/core/plan/ports.ts';

/** What follows the stores of a job. Times are ISO 8601. */
export interface FollowerStatus {
  readonly job: string;
  readonly tables: readonly string[];
  readonly buckets: readonly string[];
  /** `waits` for a migration to come to its end; `ends` with the next daily look of Plan. */
  readonly stage: FollowStage['kind'];
  /** Since when it is deployed as it is. */
  readonly since?: string;
  /** When it was last told of any write; noted every ten minutes. */
  readonly lookedAt?: string;
  /** When a data key was last found under a source key. */
  readonly lateAt?: string;
  /** When it last left a write as it was that it was told of, or was seen to be told of none; noted every ten minutes. */
  readonly leftAt?: string;
  /** Data keys that were found under a source key, and moved unless the log says otherwise, by its ARN. */
  readonly late: Readonly<Record<string, number>>;
  /** When it ends if no more are found. */
  readonly endsAt?: string;
  readonly endedAt?: string;
}

interface Ports {
  readonly book: Pick<FollowBook, 'all'>;
  readonly latestRuns: LatestRuns;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Every follower that is deployed, and has been told of a write or was seen by the daily look of Plan. */
export async function followers({ book, latestRuns, now }: Ports): Promise<readonly FollowerStatus[]> {
  const found: FollowerStatus[] = [];
  for await (const known of book.all()) {
    const { job, state } = known;
    if (state.follow === undefined || state.withdrawnAt !== undefined) continue;
    const migration = (await latestRuns.latest(job, 'migrate'))?.lastFinished;
    found.push(statusOf(known, followStage(state.follow, state, { migration, now })));
  }
  return found;
}

function statusOf({ job, state }: KnownFollow, stage: FollowStage): FollowerStatus {
  const { follow, since, lookedAt, lateAt, leftAt, late } = state;
  const times = {
    ...{ since, lookedAt, lateAt, leftAt },
    endsAt: stage.kind === 'follows' ? stage.endsAt : undefined,
    endedAt: stage.kind === 'ended' ? stage.endedAt : undefined,
  };
  const told = Object.entries(times).flatMap(([name, time]) =>
    time === undefined ? [] : [[name, new Date(time).toISOString()] as const],
  );
  const tables = (follow?.streams ?? []).map(stream => parseStreamArn(stream)?.table ?? stream);
  return {
    job,
    tables,
    buckets: follow?.buckets ?? [],
    stage: stage.kind,
    ...Object.fromEntries(told),
    late,
  };
}
