import type { FollowBook } from '../follow/ports.ts';
import { followStage } from '../follow/quiet.ts';
import { unheard } from '../plan/unheard.ts';
import type { Job } from '../model/job.ts';
import type { LatestRuns } from '../plan/ports.ts';
import type { StoreCatalogs } from '../stores/registry.ts';

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

/** A follower that is told of no write to something that it follows. */
export interface UnheardFollow {
  readonly job: string;
  readonly words: string;
}

export interface LookedAtFollows {
  readonly ended: readonly EndedFollow[];
  readonly unheard: readonly UnheardFollow[];
}

export interface EndPorts {
  readonly latestRuns: LatestRuns;
  readonly catalogs: Pick<StoreCatalogs, 'dynamodb' | 's3'>;
  readonly follows: Pick<FollowBook, 'deployed' | 'left' | 'end' | 'withdraw' | 'all'>;
}

/**
 * Somebody has to look at it from outside: a follower to which nothing comes is not invoked. If it could hear of nothing, that nothing has come
 * says nothing.
 */
export async function endFollows(
  { jobs, now }: { readonly jobs: readonly Job[]; readonly now: number },
  { latestRuns, catalogs, follows }: EndPorts,
): Promise<LookedAtFollows> {
  const following = new Set(jobs.filter(({ follow }) => follow !== undefined).map(({ name }) => name));
  for await (const { job, state } of follows.all())
    if (!following.has(job) && state.withdrawnAt === undefined) await follows.withdraw(job, now);
  const ended: EndedFollow[] = [];
  const deaf: UnheardFollow[] = [];
  for (const job of jobs) {
    if (job.follow === undefined) continue;
    const state = await follows.deployed(job.name, job.follow, now);
    const migration = (await latestRuns.latest(job.name, 'migrate'))?.lastFinished;
    const stage = followStage(job.follow, state, { migration, now });
    if (stage.kind === 'waits' || stage.kind === 'ended' || migration === undefined) continue;
    const words = await unheard(job, catalogs);
    if (words.length > 0) {
      await follows.left(job.name, now);
      deaf.push(...words.map(one => ({ job: job.name, words: one })));
      continue;
    }
    if (stage.kind !== 'ends') continue;
    await follows.end(job.name, now);
    const { late, lookedAt } = state;
    const seen = lookedAt === undefined ? {} : { lookedAt };
    ended.push({ job: job.name, runId: migration.runId, quietSince: stage.quietSince, ...seen, late });
  }
  return { ended, unheard: deaf };
}
