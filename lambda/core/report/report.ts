import type { Failure, Fingerprints, KeyMaterialCount, LookAlikeCount, Resting } from '../model/books.ts';
import type { MaterialAge } from './material-age.ts';
import type { SealedJournal } from '../evidence/seals.ts';
import type { VersionsOfPlace } from '../model/noncurrent-versions.ts';
import type { ServerSideEncrypted } from '../model/server-side-encryption.ts';
import type { WrappedRecords } from '../model/wrapped-records.ts';
import type { EncryptionAlgorithm } from '../model/key-use.ts';
import type { OutcomeKind } from '../model/outcome.ts';
import type { RouteType } from '../model/route.ts';
import type { Estimate, Phase, RunMode } from '../model/run.ts';
import type { RunVerdict } from '../verdict/run-verdict.ts';
import type { StoreVerdict } from '../verdict/store-verdict.ts';

/** Units that the tables of a store said they took. */
export interface CapacityReport {
  readonly readUnits: number;
  readonly writeUnits: number;
  /** In the busiest `seconds` of the run. */
  readonly mostReadUnitsPerSecond: number;
  readonly mostWriteUnitsPerSecond: number;
  /** Ten, or more where the run was longer than ten minutes. */
  readonly seconds: number;
}

export interface StoreReport {
  readonly store: string;
  /** Of the role that was assumed for it; absent where it is of the account of the deployment. */
  readonly account?: string;
  /** Every unit of every pass over this store came to its end, and the run was about all of it. */
  readonly complete: boolean;
  /** The part of the store that the run was about, where that was not all of it. */
  readonly narrowedTo?: string;
  readonly verdict: StoreVerdict;
  readonly records: number;
  /** Records in which the job's format finds no data key, as the concluding pass counts them. */
  readonly withoutDataKey: number;
  /** Locators of the first 10 of them. */
  readonly withoutDataKeyFirst: readonly string[];
  /** Records under keys of other tables, by the name of the table; absent where there are none. */
  readonly wrappedBy?: readonly WrappedRecords[];
  /** Objects that S3 itself encrypts with a source key, as the concluding pass counts them. Absent of tables, and where they were not counted. */
  readonly serverSideEncrypted?: readonly ServerSideEncrypted[];
  readonly dataKeys: number;
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  /** Of the pass that concludes the run: the verify pass, where there is one. */
  readonly concluding: Readonly<Partial<Record<OutcomeKind, number>>>;
  /** Data keys that KMS has opened with the destination key; `null` without a verify pass. */
  readonly proven: number | null;
  /** Those of them that rest on the journal: KMS was not asked again. Absent where none does. */
  readonly resting?: Resting;
  /** Values outside the job's places that look like data keys. */
  readonly lookAlikes: number;
  /** Data keys that may still need a source key; `null` where the scan of this store did not finish, or saw a part of it. */
  readonly remaining: number | null;
  /** What its tables took for the run, all passes together; absent where the store has no capacity of its own. */
  readonly capacity?: CapacityReport;
  /** What was seen of noncurrent versions when the run was planned; absent where the store can have none. */
  readonly versions?: readonly VersionsOfPlace[];
  /** Under which key materials its data keys were, and are. */
  readonly keyMaterials: readonly KeyMaterialCount[];
  /** Against the greatest age that the job allows; absent where it names none. */
  readonly materialAge?: MaterialAge;
}

/** Data keys under one key material, with what KMS says about it. `state` is absent if KMS says nothing. */
export interface KeyMaterialReport extends KeyMaterialCount {
  readonly state?: string;
  /** ISO 8601; the first material of a key has none. */
  readonly rotatedAt?: string;
  readonly rotationType?: string;
}

/** The data keys that a run has found under one key, with one algorithm. */
export interface WrappingKey {
  readonly keyArn: string;
  /** Of the key, as KMS names it, such as RSA_2048; `null` if KMS has not told it. */
  readonly keySpec: string | null;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  readonly before: number;
  readonly after: number;
  /** Those that have any. */
  readonly stores: readonly { readonly store: string; readonly before: number; readonly after: number }[];
}

/**
 * The account of a run (docs/design.md, Report): what `rewrap report`, the HTML page and `report.json` all show. In
 * groups: whoever needs one of them asks for that one.
 */
export interface Report extends ReportedRun, EndOfRun, Evidence, Course {}

/** Identifies the run. */
export interface ReportedRun {
  readonly runId: string;
  readonly job: string;
  readonly mode: RunMode;
  /** Unfinished runs that this one went on from, latest first: their counts are part of its own. */
  readonly continues?: readonly string[];
  /** The finished migration on whose journal this run may rest; absent where KMS was asked, or the run's own journal. */
  readonly restsOn?: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly dryRun: boolean;
}

/** The result of the run. */
export interface EndOfRun {
  readonly state: 'succeeded' | 'failed';
  /** The result in one value. Title, text, exit code, metrics and proofs all follow from it. */
  readonly verdict: RunVerdict;
  /** Data keys that may still need a source key; `null` wherever a scan did not finish, or did not see all of a store. */
  readonly remaining: number | null;
  /** The same within the part that a narrowed run was about; absent where the run was about everything. */
  readonly remainingInScope?: number | null;
  /** Why the run failed, in the words of the error that ended it. */
  readonly error?: string;
}

/** What the result rests on, and what it does not rest on. */
export interface Evidence {
  readonly stores: readonly StoreReport[];
  readonly keyMaterials: readonly KeyMaterialReport[];
  /** The same by key and algorithm, asymmetric keys first. Absent in reports of earlier versions. */
  readonly wrappingKeys?: readonly WrappingKey[];
  /** The new data keys are copies: the source records, or the old data keys beside them, stay as they are. */
  readonly keepsSource: boolean;
  /** No run writes the data keys of one of the stores, at least: their application moves them. */
  readonly countsOnly?: true;
  /** Records compared, beside their data key, with what they were before the run; where the job asks for it. */
  readonly fingerprints?: Fingerprints;
  /** Outside the job's places; the first 100 are named. */
  readonly lookAlikes: LookAlikeCount;
  /** The first 100; all of them are in the journal. */
  readonly failures: readonly Failure[];
  /** The chains of the run's journal; absent where it has no journal, and in reports of earlier versions. */
  readonly journal?: SealedJournal;
  /** What the verdict does not rest on, in words that a person can act on. */
  readonly notChecked: readonly string[];
}

/** What one pass did in each slot of `PaceReport`. */
export interface PassPace {
  readonly phase: Phase;
  readonly dataKeys: readonly number[];
  readonly requests: readonly number[];
  readonly throttled: readonly number[];
}

/** What the run did over time, in at most 60 slots of the same length. */
export interface PaceReport {
  /** Of a slot. */
  readonly seconds: number;
  /** The beginning of the first slot, ISO 8601. */
  readonly from: string;
  readonly passes: readonly PassPace[];
  /** KMS requests per second that the run might send in one Region, when it was planned. */
  readonly mostRequestsPerSecond: number;
}

/** How the run went. */
export interface Course {
  readonly route: { readonly type: RouteType; readonly why: string };
  readonly kms: { readonly requests: number; readonly throttled: number };
  readonly estimate: Estimate | null;
  /** What those KMS requests cost at list prices of us-east-1, in US dollars; absent in reports of earlier versions. */
  readonly measured?: { readonly usd: { readonly kms: number } };
  /** Absent where nothing was done, and in reports of earlier versions. */
  readonly pace?: PaceReport;
  readonly warnings: readonly string[];
  readonly files: { readonly journal: string; readonly run: string };
}
