import { writtenPlace } from '../model/job.ts';
import type { RunMode, RunPlan } from '../model/run.ts';
import type { Report } from '../report/report.ts';

/** What the last run that came to its end says about one store: what is left under which source keys. */
export interface StoreProof {
  /** The table, or bucket and prefix, with its Region. */
  readonly place: string;
  readonly job: string;
  readonly runId: string;
  readonly mode: RunMode;
  /** ISO 8601: when that run ended, or a rollback began. */
  readonly at: string;
  readonly sourceKeyArns: readonly string[];
  readonly destinationKeyArn: string;
  /** `null` where that run does not know, and since a rollback began. */
  readonly remaining: number | null;
  /** The source data keys were left where they are: the new ones are copies. */
  readonly keepsSource: boolean;
}

/** What a report proves of each of its stores. */
export function proofsOf(plan: RunPlan, report: Report): readonly StoreProof[] {
  return plan.stores.map((store, index) => ({
    ...about(plan, report.endedAt),
    place: writtenPlace(store, plan.storeRegion),
    // What a census counts, and what is left in a rolled back store, says nothing of being done.
    remaining: plan.verify ? (report.stores[index]?.remaining ?? null) : null,
  }));
}

/** Since a rollback has begun, nothing is proven of its stores any more. */
export function voidedProofs(plan: RunPlan): readonly StoreProof[] {
  return plan.stores.map(store => ({
    ...about(plan, plan.startedAt),
    place: writtenPlace(store, plan.storeRegion),
    remaining: null,
  }));
}

function about(plan: RunPlan, at: string): Omit<StoreProof, 'place' | 'remaining'> {
  const { job, runId, mode, sources, destination, keepsSource } = plan;
  return {
    job,
    runId,
    mode,
    at,
    sourceKeyArns: sources.flatMap(({ keyArn, alsoKnownAs }) => [keyArn, ...alsoKnownAs]),
    destinationKeyArn: destination.keyArn,
    keepsSource,
  };
}
