import type { FinishedRun } from '../plan/ports.ts';
import type { Holder } from '../lock/store-lock.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { isSameName, isSamePlace, type StorePlace } from '../model/store-place.ts';
import type { StoreProof } from '../proof/store-proof.ts';

/** Whether a follower may move data keys now, and as which run says. */
export type FollowStanding =
  | { readonly kind: 'acts'; readonly plan: RunPlan }
  /** There is nothing that it may do: whatever comes, a run has to find it. */
  | { readonly kind: 'rests'; readonly why: string }
  /** It cannot be said now. It is asked again. */
  | { readonly kind: 'waits'; readonly why: string };

/** What is known when the question is asked. */
export interface StandingFacts {
  readonly job: string;
  /** Of the job as it is deployed. */
  readonly jobDigest: string;
  /** The place that is followed. */
  readonly place: StorePlace;
  readonly holders: readonly Holder[];
  /** Plans of those holders that are runs of this job. */
  readonly held: readonly (RunPlan | undefined)[];
  /** The migration that it goes by: the one at work, or else the last one that came to its end. */
  readonly migration: { readonly plan: RunPlan; readonly finished: boolean } | undefined;
  /** A migration of the job is at work, and none of its units is verified yet. */
  readonly migrating: string | undefined;
  /** ISO 8601: when the latest rollback of the job began. */
  readonly rolledBackAt: string | undefined;
  /** The last finished migration of that place, of whatever job. */
  readonly lastMigration: FinishedRun | undefined;
  /** A rollback has told the follower to stop. */
  readonly fenced: boolean;
  /** Of all places that share records with that one. */
  readonly proofs: readonly StoreProof[];
  /** Milliseconds since 1970. */
  readonly endedAt: number | undefined;
}

/**
 * A follower goes on with what a migration of its job has begun: from the same keys, to the same key, in the same way. It has no
 * right of its own. As soon as that migration is undone, or another one has come after it, it touches nothing.
 */
export function standingOf(facts: StandingFacts): FollowStanding {
  const { job, holders, held, migration, migrating } = facts;
  const stranger = holders.find(holder => holder.job !== job);
  if (stranger !== undefined)
    return waits(`run ${stranger.runId} of the job ${stranger.job} holds the store`);
  const back = holders.find(({ mode }) => mode === 'rollback');
  if (back !== undefined) return rests(`it is being rolled back by ${back.runId}`);
  if (held.includes(undefined)) return waits('a run of the job is being planned');
  // Each write of the run comes as an event, too, and KMS would be asked about every data key once more.
  if (migrating !== undefined)
    return rests(`${migrating} is at work, and its verify pass sees what comes meanwhile`);
  if (migration === undefined)
    return rests('no migration of the job has come to its end, and none is at work');
  const { plan } = migration;
  const why = outdated(facts, plan) ?? overtaken(facts, migration) ?? stopped(facts, plan);
  return why === undefined ? { kind: 'acts', plan } : rests(why);
}

function outdated(
  { jobDigest, place }: StandingFacts,
  { jobDigest: of, runId, route }: RunPlan,
): string | undefined {
  if (of !== jobDigest) return `the job is another one since ${runId}; run it`;
  if (route.type === 'decrypt-encrypt')
    return `${runId} took the route decrypt-encrypt, and nothing else follows it`;
  return ['dynamodb', 's3'].includes(place.type) ? undefined : `${place.type} is not followed`;
}

/** Another run has the last word about the store. */
function overtaken(
  { held, place, lastMigration, proofs, job }: StandingFacts,
  { plan, finished }: NonNullable<StandingFacts['migration']>,
): string | undefined {
  const other = held.find(one => one !== undefined && !hasSameKeys(one, plan));
  if (other !== undefined) return `${other.runId} has other keys`;
  if (finished && !isLast(plan, lastMigration))
    return `${lastMigration?.runId ?? 'another run'} has moved the store since`;
  // Prefixes of one bucket may lie within each other, and each has a last migration of its own.
  const part = proofs.find(
    proof =>
      proof.job !== job &&
      !isSamePlace(proof.place, place) &&
      proof.mode === 'migrate' &&
      proof.at > plan.startedAt &&
      proof.destinationKeyArn !== plan.destination.keyArn,
  );
  if (part !== undefined) return `${part.runId} has moved a part of the store since, or all around it`;
  // What it writes would be under a key that somebody has proven to be free of data keys, or is about to.
  const freed = proofs.find(
    proof =>
      proof.job !== job &&
      isSameName(proof.place, place) &&
      proof.at > plan.startedAt &&
      proof.sourceKeyArns.includes(plan.destination.keyArn) &&
      proof.destinationKeyArn !== plan.destination.keyArn,
  );
  return freed === undefined
    ? undefined
    : `${freed.runId} moves the store away from ${plan.destination.keyArn}`;
}

/** A later run of the job to the same key is one over a sample: any other would be the one that the follower goes by. */
function isLast({ runId, job, destination }: RunPlan, last: StandingFacts['lastMigration']): boolean {
  return last?.runId === runId || (last?.job === job && last.destinationKeyArn === destination.keyArn);
}

function stopped(
  { rolledBackAt, fenced, endedAt }: StandingFacts,
  { startedAt }: RunPlan,
): string | undefined {
  if (rolledBackAt !== undefined && rolledBackAt >= startedAt) return 'the job was rolled back since';
  if (fenced) return 'it was told to stop, to be rolled back';
  return endedAt !== undefined && endedAt > Date.parse(startedAt)
    ? 'it has ended, because nothing had come for long; the next migration of the job begins it anew'
    : undefined;
}

function hasSameKeys(one: RunPlan, other: RunPlan): boolean {
  const keys = ({ sources }: RunPlan): string =>
    sources
      .map(({ keyArn }) => keyArn)
      .sort()
      .join();
  return one.destination.keyArn === other.destination.keyArn && keys(one) === keys(other);
}

function rests(why: string): FollowStanding {
  return { kind: 'rests', why };
}

function waits(why: string): FollowStanding {
  return { kind: 'waits', why };
}
