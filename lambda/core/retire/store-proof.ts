import { Buffer } from 'node:buffer';
import { writtenPlace } from '../model/job.ts';
import type { RunMode, RunPlan } from '../model/run.ts';
import { narrowedTo, type BucketScope, type TableScope } from '../model/scope.ts';
import type { Report } from '../report/report.ts';
import { digest } from '../scan/digest.ts';
import type { Doubt, StoreVerdict } from '../verdict/store-verdict.ts';

/** What the last run that came to its end says about one store, or about a part of it. */
export interface StoreProof {
  /** The table, or bucket and prefix, with its Region. */
  readonly place: string;
  /** Where in a record the data key lies that it is about; absent in proofs of earlier versions. */
  readonly slot?: string;
  /** The part that the run was about; absent where that was all of the store. */
  readonly part?: ProofPart;
  readonly job: string;
  readonly runId: string;
  readonly mode: RunMode;
  /** ISO 8601: when that run ended, or a rollback began. */
  readonly at: string;
  readonly sourceKeyArns: readonly string[];
  readonly destinationKeyArn: string;
  /** Absent in proofs of earlier versions, which did not look for doubts: nothing rests on those. */
  readonly verdict?: StoreVerdict['kind'];
  /** Of the verdict `not-proven`; for a part, all but that it is one. */
  readonly doubts?: readonly Doubt[];
  readonly records?: number;
  readonly withoutDataKey?: number;
  readonly proven?: number | null;
  /** Places that the operator answers for. */
  readonly ignored?: readonly string[];
  /** `null` where that run does not know, and since a rollback began. */
  readonly remaining: number | null;
  /** The source data keys were left where they are: the new ones are copies. */
  readonly keepsSource: boolean;
}

/** A part of a store, with what tells whether several parts are all of it. */
export interface ProofPart {
  readonly words: string;
  readonly segments?: NonNullable<TableScope['segments']>;
  readonly filter?: NonNullable<TableScope['filter']>;
  readonly prefixes?: NonNullable<BucketScope['prefixes']>;
}

/** What a report says of each of its stores. */
export function proofsOf(plan: RunPlan, report: Report): readonly StoreProof[] {
  return plan.stores.flatMap((_, index) => {
    const store = report.stores[index];
    if (store === undefined) return [];
    const doubts = doubtsOf(store.verdict);
    return [
      {
        ...about(plan, index, report.endedAt),
        verdict: doubts.length > 0 ? 'not-proven' : store.verdict.kind === 'empty' ? 'empty' : 'proven',
        doubts,
        records: store.records,
        withoutDataKey: store.withoutDataKey,
        proven: store.proven,
        remaining: store.remaining,
      },
    ];
  });
}

/** That it is a part of a store, its own field says. */
function doubtsOf(verdict: StoreVerdict): readonly Doubt[] {
  return verdict.kind === 'not-proven' ? verdict.doubts.filter(({ code }) => code !== 'narrowed') : [];
}

/** A census proves nothing. What it finds in doubt counts all the same; where it finds nothing, earlier proofs stand. */
export function saysSomething({ mode, doubts = [] }: StoreProof): boolean {
  return mode !== 'census' || doubts.some(({ code }) => code !== 'not-verified');
}

/** One name for what is said of the same records and the same place in them. */
export function proofId({ place, slot, part }: Pick<StoreProof, 'place' | 'slot' | 'part'>): string {
  if (slot === undefined && part === undefined) return place;
  // A sort key has at most 1,024 bytes, and a prefix alone may have as many.
  return `${place.slice(0, 200)}#${digest(Buffer.from(JSON.stringify([place, slot, part?.words])))}`;
}

/** Since a rollback has begun, nothing is proven of its stores any more. */
export function voidedProofs(plan: RunPlan): readonly StoreProof[] {
  return plan.stores.map((_, index) => ({
    ...about(plan, index, plan.startedAt),
    verdict: 'not-proven',
    doubts: [],
    remaining: null,
  }));
}

type About = Omit<StoreProof, 'remaining' | 'verdict' | 'doubts'>;

function about(plan: RunPlan, index: number, at: string): About {
  const { job, runId, mode, sources, destination, keepsSource, storeRegion, slots = [], stores } = plan;
  const store = stores[index];
  if (store === undefined) throw new RangeError(`the plan of ${runId} has no store ${index}`);
  const [slot, part] = [slots[index], partOf(plan, index)];
  const ignored = store.ignore ?? [];
  return {
    place: writtenPlace(store, storeRegion),
    ...(slot !== undefined && { slot }),
    ...(part !== undefined && { part }),
    ...(ignored.length > 0 && { ignored }),
    job,
    runId,
    mode,
    at,
    sourceKeyArns: sources.flatMap(({ keyArn, alsoKnownAs }) => [keyArn, ...alsoKnownAs]),
    destinationKeyArn: destination.keyArn,
    keepsSource,
  };
}

function partOf({ stores, sample }: RunPlan, index: number): ProofPart | undefined {
  const store = stores[index];
  const words = store && narrowedTo(store, sample);
  if (store === undefined || words === undefined) return undefined;
  if (sample !== undefined) return { words };
  if (store.type === 's3') {
    const { prefixes, ...others } = store.scope ?? {};
    return Object.keys(others).length === 0 && prefixes !== undefined ? { words, prefixes } : { words };
  }
  const { segments, filter, index: sparse } = store.scope ?? {};
  if (sparse !== undefined || (segments !== undefined && filter !== undefined)) return { words };
  return { words, ...(segments && { segments }), ...(filter && { filter }) };
}
