import type { FollowerLocks } from '../lock/followers.ts';
import type { OutcomeEntry } from '../journal/entries.ts';
import type { Journal } from '../journal/ports.ts';
import type { JobFollow } from '../model/job.ts';
import type { RunPlan } from '../model/run-plan.ts';
import type { StorePlace } from '../model/store-place.ts';
import type { Unit } from '../model/run.ts';
import type { LatestRuns, RunHistory } from '../plan/ports.ts';
import type { Clock, KeyService, RecordStore, RunControl } from '../ports.ts';
import type { StoreProof } from '../proof/store-proof.ts';
import type { UnitScope } from '../scan/unit-scope.ts';

/** What a ledger keeps of the follower of a job. Times are milliseconds since 1970. */
export interface FollowState {
  /** What its job follows, as it is deployed. */
  readonly follow?: JobFollow;
  /** Since when it is deployed as it is. */
  readonly since?: number;
  /** When a data key under a source key was last seen. */
  readonly lateAt?: number;
  /** When the follower was last told of any write. */
  readonly lookedAt?: number;
  /** When it last left a write as it was that it was told of, or was seen to be told of none. */
  readonly leftAt?: number;
  readonly endedAt?: number;
  /** When it was seen that its job follows nothing any more. */
  readonly withdrawnAt?: number;
  /** Data keys seen under each source key. */
  readonly late: Readonly<Record<string, number>>;
}

export interface FollowBook {
  state(job: string): Promise<FollowState>;
  /** Counts data keys that are about to be moved, by the ARN of the key that they are under. */
  saw(job: string, late: ReadonlyMap<string, number>, now: number): Promise<void>;
  looked(job: string, now: number): Promise<void>;
  /** Notes that a write may have been left as it was. */
  left(job: string, now: number): Promise<void>;
  /** Notes since when the follower is deployed as it is. */
  deployed(job: string, follow: JobFollow, now: number): Promise<FollowState>;
  end(job: string, now: number): Promise<void>;
  /** Notes that the job follows nothing any more. */
  withdraw(job: string, now: number): Promise<void>;
  /** Of each job that follows something, or did. */
  all(): AsyncIterable<KnownFollow>;
}

export interface KnownFollow {
  readonly job: string;
  readonly state: FollowState;
}

/** What decides whether a follower may write. */
export interface StandingPorts {
  readonly locks: FollowerLocks;
  readonly latestRuns: LatestRuns;
  readonly history: Pick<RunHistory, 'lastMigration'> & {
    /** Of all places that share records with this one. */
    proofsOf(place: StorePlace): AsyncIterable<StoreProof>;
  };
  readonly book: Pick<FollowBook, 'state'>;
  readonly plan: (runId: string) => Promise<RunPlan | undefined>;
  readonly control: (runId: string) => Promise<RunControl>;
  readonly clock: Clock;
}

export interface FollowTelemetry {
  dataKey(entry: OutcomeEntry): void;
  /** Data keys that were found under a source key. */
  late(store: string, sourceKeyArn: string, dataKeys: number): void;
  /** It has nothing to do, or must wait. */
  idle(why: string): void;
}

/** What a follower needs to move data keys as one run says. */
export interface MovePorts {
  readonly records: RecordStore;
  readonly keys: KeyService;
  readonly journal: Journal;
  /** Requests per second that this invocation may send to KMS; `undefined` if nothing is free now. */
  readonly share: () => Promise<number | undefined>;
}

export interface FollowPorts extends StandingPorts {
  readonly book: FollowBook;
  /** Plan and units of what the follower does, so that it can be rolled back. Writing them again changes nothing. */
  readonly writePlan: (plan: RunPlan, units: readonly Unit[]) => Promise<unknown>;
  readonly scopeOf: (unit: Unit, plan: RunPlan) => UnitScope;
  readonly open: (scope: UnitScope) => Promise<MovePorts>;
  readonly telemetry: FollowTelemetry;
  /** Of this invocation. */
  readonly id: string;
}
