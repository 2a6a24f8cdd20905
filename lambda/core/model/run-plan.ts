import type { Limits, Store } from './job.ts';
import type { PlannedKey } from './key-use.ts';
import type { VersionsOfPlace } from './noncurrent-versions.ts';
import type { PlannedRoute } from './route.ts';
import type { Estimate, KnownKeyMaterial, PlannedCall, RunMode, StoreLook } from './run.ts';

/**
 * A run with everything resolved, as Plan writes it to the run bucket. Its fields are grouped, so that a function can ask
 * for the group it needs. Optional fields are missing in plans of earlier versions, unless their comment says otherwise.
 */
export interface RunPlan extends RunIdentity, KeysOfRun, StoresOfRun, PassesOfRun, WorkOfRun, ToldBefore {}

/** Which run it is, and of what. */
export interface RunIdentity {
  readonly runId: string;
  readonly job: string;
  /** Of the job as it was written. */
  readonly jobDigest?: string;
  readonly mode: RunMode;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The run that a rollback undoes; absent in all others. */
  readonly rollsBack?: string;
  /** Unfinished runs of the same work, latest first. Units continue from where those stopped. */
  readonly continues?: readonly string[];
  /**
   * The last finished migration of the job, on whose journal this run may rest, and the runs that it went on from, latest
   * first. Absent if there is none that it may rest on.
   */
  readonly restsOn?: readonly string[];
  /**
   * How often KMS had contradicted a journal of this job when the run was planned. Nothing rests on a run that does not know
   * of all contradictions, or that an earlier version has planned.
   */
  readonly contradictions?: number;
  /** Of the lines that its workers write; absent in plans of versions that write 2 or 3. */
  readonly journalSchema?: number;
}

/** From which keys to which key, and by which route. */
export interface KeysOfRun {
  readonly sources: readonly PlannedKey[];
  readonly destination: PlannedKey;
  readonly route: PlannedRoute;
  /** The job names a key by an alias, so that roles get it by a condition on that alias. */
  readonly byAlias?: true;
  /** For every KMS request of the run. KMS documents them as not secret. */
  readonly grantTokens: readonly string[];
  /** What KMS tells of the key materials of all keys of the run, at its start. */
  readonly keyMaterials: readonly KnownKeyMaterial[];
  /**
   * When keys were made, by their ARNs, ISO 8601: none of their materials is older. Without those of which KMS does not tell it, and without
   * multi-Region keys: a replica is younger than its material. Absent where no store has a greatest age.
   */
  readonly keysCreatedAt?: Readonly<Record<string, string>>;
}

/** Where it works. */
export interface StoresOfRun {
  readonly stores: readonly Store[];
  /** The Region of stores that name none. */
  readonly storeRegion: string;
  /** By index of the store: the slot that its format looks at. */
  readonly slots?: readonly string[];
  /** Of each store that was looked at. */
  readonly looked?: readonly StoreLook[];
  /** By index of the store: what was seen of former versions of its records. Absent in rollbacks, too. */
  readonly versions?: readonly (readonly VersionsOfPlace[])[];
  /** Source records, or old data keys beside the new ones, stay as they are, in one of its stores at least. */
  readonly keepsSource: boolean;
  /** By index of the store: the same of each. Absent in plans of earlier versions. */
  readonly keepsSourceIn?: readonly boolean[];
  /** No run writes the data keys of one of its stores, at least: the job has no migration. */
  readonly countsOnly?: true;
  /** Records of each store to visit at most; absent where the run is no sample. */
  readonly sample?: number;
}

/** What its passes do. */
export interface PassesOfRun {
  /** A census that has KMS check every data key and make no new ciphertext. */
  readonly dryRun: boolean;
  readonly verify: boolean;
  /** The job is followed, so that its follower has to know when the verify pass begins to read. */
  readonly followed?: true;
  /** KMS is asked about every data key, whatever the journal proves. */
  readonly askAll?: true;
  /** The verify pass compares every record with what the migrate pass has read, beside the data key. */
  readonly fingerprints?: boolean;
  /** Whether each data key has a line of the log of its own. @default 'page', also in plans of earlier versions */
  readonly log?: 'page' | 'each';
}

/** How the work is cut, and how fast it may be done. */
export interface WorkOfRun {
  readonly units: number;
  /** By index of the store. */
  readonly unitsPerStore: readonly number[];
  /** Workers that can be busy at one time: never more than units. */
  readonly workers: number;
  /** Records a worker reads, journals and writes at a time, at most. */
  readonly pageSize: number;
  /** The longest that one invocation of a worker takes. */
  readonly workerTimeoutSeconds: number;
  readonly limits: Limits;
  /** The highest rate that it may be given while it runs: the job's limit. */
  readonly highestRate?: number;
  /** The highest limits of capacity that it may be given while it runs: the job's. Without one, any is lower than none. */
  readonly highestCapacity?: Pick<Limits, 'readCapacityPerSecond' | 'writeCapacityPerSecond'>;
  /** By table (core/stores/dynamodb/capacity.ts): the read units a second of its verify pass, where no limit says so. */
  readonly verifyReads?: Readonly<Record<string, number>>;
}

/** What an operator is told beforehand. */
interface ToldBefore {
  readonly estimate: Estimate;
  /** What `estimate` has counted; absent in rollbacks, too. */
  readonly calls?: readonly PlannedCall[];
  readonly warnings: readonly string[];
}
