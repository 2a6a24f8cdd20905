import type { FollowBook } from '../follow/ports.ts';
import { followStage } from '../follow/quiet.ts';
import type { Job } from '../model/job.ts';
import type { LatestRuns } from '../plan/ports.ts';

/** A follower to which nothing has come for as long as its job says. */
export interface EndedFollow {
  readonly job: string;
  /** The migration that it went on with. */
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly quietSince: number;
  readonly lookedAt?: number;
  /** Data keys that were seen under each source key. */
  readonly late: Readonly<Record<string, number>>;
}

export interface EndPorts {
  readonly latestRuns: LatestRuns;
  readonly follows: Pick<FollowBook, 'deployed' | 'end' | 'withdraw' | 'all'>;
}

/** Somebody has to look at it from outside: a follower to which nothing comes is not invoked. */
export async function endFollows(
  { jobs, now }: { readonly jobs: readonly Job[]; readonly now: number },
  { latestRuns, follows }: EndPorts,
): Promise<readonly EndedFollow[]> {
  const following = new Set(jobs.filter(({ follow }) => follow !== undefined).map(({ name }) => name));
  for await (const { job, state } of follows.all())
    if (!following.has(job) && state.withdrawnAt === undefined) await follows.withdraw(job, now);
  const ended: EndedFollow[] = [];
  for (const job of jobs) {
    if (job.follow === undefined) continue;
    const state = await follows.deployed(job.name, job.follow, now);
    const migration = (await latestRuns.latest(job.name, 'migrate'))?.lastFinished;
    const stage = followStage(job.follow, state, { migration, now });
    if (stage.kind !== 'ends' || migration === undefined) continue;
    await follows.end(job.name, now);
    const { late, lookedAt } = state;
    const seen = lookedAt === undefined ? {} : { lookedAt };
    ended.push({ job: job.name, runId: migration.runId, quietSince: stage.quietSince, ...seen, late });
  }
  return ended;
}
