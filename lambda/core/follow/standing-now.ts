import { jobDigest } from '../job/job-digest.ts';
import { lastWriteAfter } from '../lock/lease.ts';
import type { Holder } from '../lock/store-lock.ts';
import { placeText, lockedPlaces, overlap } from '../lock/store-lock.ts';
import type { Lock } from '../lock/take-locks.ts';
import { followRunId } from '../model/follow-run-id.ts';
import { sourceRegion } from '../model/job-regions.ts';
import type { RunPlan } from '../model/run-plan.ts';
import type { RunControl } from '../ports.ts';
import { writtenPlace } from '../stores/places.ts';
import type { FollowedStore } from '../job/followed-stores.ts';
import type { StandingPorts } from './ports.ts';
import { standingOf, type FollowStanding, type StandingFacts } from './standing.ts';

const NOT_FENCED: RunControl = {};

export interface StandingNow {
  readonly standing: FollowStanding;
  readonly resource: string;
  /** As it was before anything else was asked: if it is still so, a run that has come since is not overlooked. */
  readonly lock: Lock;
}

/** Asks whether the follower of a store may write. */
export async function standingNow(
  { job, store, index }: FollowedStore,
  ports: StandingPorts,
): Promise<StandingNow> {
  const region = sourceRegion(job);
  const [locked = { resource: '', prefix: '' }] = lockedPlaces({ stores: [store], storeRegion: region });
  const lock = await ports.locks.read(locked.resource);
  const holders = lock.holders.filter(({ prefix }) => overlap(prefix, locked.prefix));
  const place = writtenPlace(store, region);
  const own = holders.filter(({ job: name }) => name === job.name);
  const held = await Promise.all(own.map(({ runId }) => ports.plan(runId)));
  const atWork = await atWorkOf(own, held, ports);
  const migration = atWork.migration ?? (await lastFinished(job.name, ports));
  const [rollback, lastMigration, state, control, proofs] = await Promise.all([
    ports.latestRuns.latest(job.name, 'rollback'),
    ports.history.lastMigration(place),
    ports.book.state(job.name),
    migration === undefined ? NOT_FENCED : ports.control(followRunId(migration.plan.runId)),
    collected(ports.history.proofsOf(place)),
  ]);
  const standing = standingOf({
    ...{ job: job.name, jobDigest: jobDigest(job), place, holders, held, migration, lastMigration, proofs },
    migrating: atWork.migrating,
    rolledBackAt: rollback?.startedAt,
    fenced: control.brokenPremise !== undefined,
    endedAt: state.endedAt,
  });
  return { standing: withStore(standing, index, placeText(locked)), resource: locked.resource, lock };
}

/** A plan of an earlier job may have other stores; equal digests mean equal stores, so this is a mistake of ours. */
function withStore(standing: FollowStanding, index: number, place: string): FollowStanding {
  if (standing.kind !== 'acts' || standing.plan.stores[index] !== undefined) return standing;
  throw new TypeError(`the plan of ${standing.plan.runId} has no store ${index} (${place})`);
}

type AtWork = Partial<Pick<StandingFacts, 'migration' | 'migrating'>>;

/**
 * A migration that holds the store, unless it was told to stop or is about a sample. One that has failed, or was stopped from outside,
 * holds the store until the next run, and nobody says so here: it is at work no longer once none of its workers can be writing.
 */
async function atWorkOf(
  own: readonly Holder[],
  held: readonly (RunPlan | undefined)[],
  { control, clock }: StandingPorts,
): Promise<AtWork> {
  for (const [index, { mode, runId }] of own.entries()) {
    const plan = held[index];
    if (mode !== 'migrate' || plan === undefined || plan.sample !== undefined || plan.dryRun) continue;
    const { brokenPremise, verifying, leaseUntil } = await control(runId);
    if (brokenPremise !== undefined) continue;
    if (verifying === true) return { migration: { plan, finished: false } };
    const writesUntil = leaseUntil ?? lastWriteAfter(Date.parse(plan.startedAt), plan);
    if (writesUntil > clock.now()) return { migrating: runId };
  }
  return {};
}

async function lastFinished(
  job: string,
  { latestRuns, plan }: StandingPorts,
): Promise<StandingFacts['migration']> {
  const last = (await latestRuns.latest(job, 'migrate'))?.lastFinished;
  const finished = last && (await plan(last.runId));
  return finished && { plan: finished, finished: true };
}

async function collected<One>(all: AsyncIterable<One>): Promise<readonly One[]> {
  const list: One[] = [];
  for await (const one of all) list.push(one);
  return list;
}
