import { Buffer } from 'node:buffer';
import { canonicalJson } from '../model/canonical-json.ts';
import { writtenPlace, type Store } from '../model/job.ts';
import type { OutcomeKind } from '../model/outcome.ts';
import type { RunMode, RunPlan } from '../model/run.ts';
import type { BucketScope, TableScope } from '../model/scope.ts';
import { narrowedTo } from '../model/narrowed-to.ts';
import type { Report } from '../report/report.ts';
import { digest } from '../scan/digest.ts';
import type { Doubt, StoreVerdict } from '../verdict/store-verdict.ts';
import { weightOf } from './proof-reach.ts';

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
  /** ISO 8601; absent in proofs of earlier versions. */
  readonly startedAt?: string;
  /** ISO 8601: when that run ended; when it began, where that is all that is known of it. */
  readonly at: string;
  /** It is not known how the run has ended: it makes its places known, and proves nothing. */
  readonly begun?: true;
  readonly sourceKeyArns: readonly string[];
  readonly destinationKeyArn: string;
  /** Absent in proofs of earlier versions, which did not look for doubts: nothing rests on those. */
  readonly verdict?: StoreVerdict['kind'];
  /** Of the verdict `not-proven`; for a part, all but that it is one. */
  readonly doubts?: readonly Doubt[];
  readonly records?: number;
  readonly withoutDataKey?: number;
  readonly dataKeys?: number;
  readonly proven?: number | null;
  /** Under none of the keys of the run, as KMS has said. */
  readonly foreign?: number;
  readonly lookAlikes?: number;
  /** Places that the operator answers for. */
  readonly ignored?: readonly string[];
  /** The operator answers for records without a data key. */
  readonly withoutDataKeyExpected?: true;
  /** Digest of what the job said of the store: its format, with the contexts, and what it answers for. */
  readonly jobText?: string;
  /** `null` where that run does not know, and since a rollback began. */
  readonly remaining: number | null;
  /** The source data keys were left where they are: the new ones are copies. */
  readonly keepsSource: boolean;
}

/** A part of a store: the scope that the job gave it, which tells whether several parts are all of it. */
export interface ProofPart extends TableScope, BucketScope {
  readonly words: string;
  /** The run visited so many records at most. */
  readonly sample?: number;
}

/** What a report says of each of its stores. A run that failed may have found doubts; it proves nothing. */
export function proofsOf(plan: RunPlan, report: Report): readonly StoreProof[] {
  return plan.stores.flatMap((_, index) => {
    const store = report.stores[index];
    if (store === undefined) return [];
    const doubts = doubtsOf(store.verdict);
    if (report.state === 'failed' && doubts.length === 0) return [];
    return [
      {
        ...about(plan, index, report.endedAt),
        startedAt: report.startedAt,
        verdict: doubts.length > 0 ? 'not-proven' : store.verdict.kind === 'empty' ? 'empty' : 'proven',
        doubts,
        records: store.records,
        withoutDataKey: store.withoutDataKey,
        dataKeys: sum(store.concluding),
        proven: store.proven,
        foreign: store.concluding['foreign-key'] ?? 0,
        lookAlikes: store.lookAlikes,
        remaining: store.remaining,
      },
    ];
  });
}

/** That it is a part of a store, its own field says. */
function doubtsOf(verdict: StoreVerdict): readonly Doubt[] {
  return verdict.kind === 'not-proven' ? verdict.doubts.filter(({ code }) => code !== 'narrowed') : [];
}

/**
 * One name for what is said of the same records, the same place in them, and the same source keys. Doubts have names of
 * their own: what is proven of a part later does not make them go away.
 */
export function proofId(proof: StoreProof): string {
  const { place, slot, part, sourceKeyArns } = proof;
  const about = [place, slot, part, weightOf(proof), [...sourceKeyArns].sort()];
  // A sort key has at most 1,024 bytes, and a prefix alone may have as many.
  return `${place.slice(0, 200)}#${digest(Buffer.from(canonicalJson(about)))}`;
}

/** The name of what is proven of a store, where a run like this one has proven it. */
export function proofIdOf(plan: RunPlan, index: number): string {
  return proofId({ ...about(plan, index, plan.startedAt), verdict: 'proven', doubts: [], remaining: 0 });
}

/** From its beginning on, the places of a run are known. Since a rollback has begun, nothing is proven of them any more. */
export function begunProofs(plan: RunPlan): readonly StoreProof[] {
  return plan.stores.map((_, index) => ({
    ...about(plan, index, plan.startedAt),
    ...(plan.mode !== 'rollback' && { begun: true }),
    verdict: 'not-proven',
    doubts: [],
    remaining: null,
  }));
}

/** What a job says of a store, beside where it is: a proof is of a job that said the same. */
export function jobText({ format, ignore = [], withoutDataKey }: Store): string {
  return digest(Buffer.from(canonicalJson([format, [...ignore].sort(), withoutDataKey])));
}

function sum(outcomes: Readonly<Partial<Record<OutcomeKind, number>>>): number {
  return Object.values(outcomes).reduce((total, count) => total + count, 0);
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
    ...(store.withoutDataKey === 'expected' && { withoutDataKeyExpected: true }),
    jobText: jobText(store),
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
  return { words, ...store.scope, ...(sample !== undefined && { sample }) };
}
