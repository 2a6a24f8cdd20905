import type { StorePlace } from '../model/store-place.ts';
import type { StoreProof } from '../proof/store-proof.ts';
import type { KeyMaterialCount } from '../model/books.ts';
import type { PlannedRoute } from '../model/route.ts';
import type { RunMode, Unit } from '../model/run.ts';
import type { RunPlan } from '../model/run-plan.ts';

/** What Plan leaves for the workers. */
export interface PlanFiles {
  writePlan(plan: RunPlan, units: Iterable<Unit>): Promise<{ readonly unitsKey: string }>;
}

export interface FinishedRun {
  readonly runId: string;
  /** Absent in what earlier versions have remembered. */
  readonly job?: string;
  readonly sourceKeyArns: readonly string[];
  readonly destinationKeyArn: string;
}

/** The last finished migration, by the place that it wrote to. */
export interface RunHistory {
  lastMigration(place: StorePlace): Promise<FinishedRun | undefined>;
  /** What is remembered under the name of a proof. */
  proof(id: string): Promise<StoreProof | undefined>;
}

/** How a run ended, as far as the ledger knows. Times are milliseconds since 1970. */
export interface RunEnd {
  /** Every unit came to its end: no worker can be writing. */
  readonly succeeded: boolean;
  /** Since when its workers are told to stop at their next page. */
  readonly fencedAt: number;
}

/** What the report of a run (core/report/report.ts) tells of what its journal proves. */
export interface EndedRun {
  /** ISO 8601. */
  readonly endedAt: string;
  readonly route: Pick<PlannedRoute, 'type'>;
  /** By index of the store. */
  readonly stores: readonly {
    readonly records: number;
    readonly dataKeys: number;
    readonly keyMaterials: readonly KeyMaterialCount[];
  }[];
}

/** Past runs, one of which is to be rolled back. */
export interface PastRuns {
  plan(runId: string): Promise<RunPlan | undefined>;
  units(runId: string): Promise<readonly Unit[]>;
  /** What it reported when it came to its end. */
  report(runId: string): Promise<EndedRun | undefined>;
  /** Tells any remaining workers of a run to stop, and returns since when they have been told. */
  fence(runId: string, now: number): Promise<RunEnd>;
  /** About when one of its workers last began a page, and never earlier than that; `undefined` if none ever did. */
  lastPageAt(runId: string): Promise<number | undefined>;
}

/** The last run of a job in a mode. */
export interface LatestRun {
  readonly runId: string;
  readonly workDigest: string;
  /** It finished: there is nothing to continue. */
  readonly finished: boolean;
  /** ISO 8601; absent if an earlier version has written this entry. */
  readonly startedAt?: string;
  /** The key that each alias of the job named then. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** It was about the first records of each store only. */
  readonly sampled?: true;
  /** The last run of this job and mode that came to its end and was no sample; absent in entries of earlier versions. */
  readonly lastFinished?: {
    readonly runId: string;
    readonly startedAt: string;
    /** Of the job as it was written then. */
    readonly jobDigest: string;
  };
  /** How often KMS has contradicted a journal of the job. @default never; kept with the mode `migrate`, the only one that journals */
  readonly contradictions?: number;
}

export interface LatestRuns {
  latest(job: string, mode: RunMode): Promise<LatestRun | undefined>;
}
