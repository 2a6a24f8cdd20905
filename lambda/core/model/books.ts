import type { ConsumedCapacity } from './consumed.ts';
import type { KeyMaterial } from './data-key.ts';
import type { AsymmetricAlgorithm } from './key-use.ts';
import type { OutcomeKind } from './outcome.ts';
import type { Pace } from './pace.ts';
import type { Phase } from './run.ts';
import type { Sealed } from './seal.ts';
import type { ServerSideEncrypted } from './server-side-encryption.ts';
import type { WrappedRecords } from './wrapped-records.ts';

/** A data key that is not settled, named for the report. */
export interface Failure {
  readonly store: string;
  readonly locator: string;
  readonly slot: string;
  readonly outcome: OutcomeKind;
  readonly reason: string;
}

/** How many data keys were under one key material before and after the pass. */
export interface KeyMaterialCount {
  readonly keyArn: string;
  readonly keyMaterialId: string | null;
  /** Absent where it is SYMMETRIC_DEFAULT, and in ledgers of earlier versions. */
  readonly encryptionAlgorithm?: AsymmetricAlgorithm;
  readonly before: number;
  readonly after: number;
}

/** The same for counts that add up. An asymmetric key has as many as it has algorithms. */
export function materialId({
  keyArn,
  keyMaterialId = null,
  encryptionAlgorithm,
}: KeyMaterial | Omit<KeyMaterialCount, 'before' | 'after'>): string {
  return `${keyArn} ${keyMaterialId} ${encryptionAlgorithm ?? 'SYMMETRIC_DEFAULT'}`;
}

/** Records whose fingerprint was compared with the one taken before the run's writes. */
export interface Fingerprints {
  readonly compared: number;
  /** Those that differ: somebody has written to them since, or the run has changed what it must not change. */
  readonly changed: number;
  /** The first 100 of them. */
  readonly first: readonly { readonly store: string; readonly locator: string }[];
}

/** Values that look like a KMS ciphertext, outside the places that the job declares or ignores. */
export interface LookAlikeCount {
  readonly count: number;
  /** The first 100 of them. */
  readonly first: readonly NamedLookAlike[];
}

export interface NamedLookAlike {
  readonly store: string;
  readonly locator: string;
  /** Where in the record, for people. */
  readonly path: string;
  readonly form: string;
}

/** Data keys whose verdict rests on what KMS has said before, by the journal, and how KMS confirmed it. */
export interface Resting {
  /** KMS was not asked about them in this pass. */
  readonly onJournal: number;
  /** Those among them that KMS was asked about in an earlier run. */
  readonly ofEarlierRuns: number;
  /** The journal proves them, and KMS was asked about them in full all the same. */
  readonly sampled: number;
  /** Those of the sample about which KMS says something else than the journal. */
  readonly contradicted: number;
}

/** What a pass saw and did. `dataKeys` equals the sum of `outcomes`, always. */
export interface Books {
  readonly records: number;
  /** Records in which the job's format finds no data key. Absent in ledgers of earlier versions. */
  readonly withoutDataKey?: number;
  /** Objects among them whose bodies were read as well. @default 0 */
  readonly bodiesRead?: number;
  /** Locators of the first 10 of them. */
  readonly withoutDataKeyFirst?: readonly string[];
  /** Records under keys of other tables, by the name of the table. They do not count as without a data key. */
  readonly wrappedBy?: readonly WrappedRecords[];
  /** Objects that S3 itself encrypts with a source key. Absent in ledgers of earlier versions, which did not count them. */
  readonly serverSideEncrypted?: readonly ServerSideEncrypted[];
  readonly dataKeys: number;
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  /** Absent where the pass did not look, and in ledgers of earlier versions. */
  readonly lookAlikes?: LookAlikeCount;
  readonly keyMaterials: readonly KeyMaterialCount[];
  /** Data keys that need a source key, or may need one. Only the 0 of a verify pass is a proof. */
  readonly remaining: number;
  readonly kms: { readonly requests: number; readonly throttled: number };
  /** What tables said they took for it. Absent where nothing was asked of a table, and in ledgers of earlier versions. */
  readonly capacity?: ConsumedCapacity;
  /** What was done when. Absent where nothing was, and in ledgers of earlier versions. */
  readonly pace?: Pace;
  /** The first 100; all of them are in the journal. */
  readonly failures: readonly Failure[];
  /** Of a verify pass that compares them. */
  readonly fingerprints?: Fingerprints;
  /** What rests on the journal; absent where nothing does and nothing could, and in ledgers of earlier versions. */
  readonly resting?: Resting;
}

export const MAX_FAILURES = 100;

/** Ten examples are enough to see what the others are. */
export const MAX_EXAMPLES = 10;

/** What is already accounted for of the page after the cursor, if it was left half-way. The page is read again, and this is skipped. */
export interface Beyond {
  /** Digests of the locators of records that are done. */
  readonly records: readonly string[];
  /** The same of a record that is not. */
  readonly within?: string;
  /** Digests of its data keys that are done. */
  readonly dataKeys: readonly string[];
  /** The requests about the next data key that KMS has already answered in the negative. */
  readonly said?: readonly string[];
}

/** How far a unit has got. */
export interface Position {
  /** Where the store continues, in its own notation. */
  readonly cursor?: string;
  readonly beyond?: Beyond;
  readonly done: boolean;
}

/** The progress of a unit. It is kept in the ledger, so that any worker can continue from it. */
export interface UnitProgress extends Position {
  readonly runId: string;
  readonly unitId: string;
  readonly phase: Phase;
  /** Index into the plan's stores. */
  readonly store: number;
  /** Pages accounted for. A page that was accounted for in parts counts once for each part. */
  readonly pages: number;
  readonly books: Books;
  /** Earlier runs whose work on this unit is continued, latest first. The first pages of its journal belong to them. */
  readonly carriedFrom?: readonly string[];
  /** The ends of the chains of its journal. Absent where nothing is journalled, and in ledgers of earlier versions. */
  readonly sealed?: Sealed;
  /** The page that it has reached of the journal that it looks into: of the run's migrate pass, or of the run that it rests on. */
  readonly comparedTo?: number;
  /** Never in a checkpoint: why this invocation has ended, and the next one can wait. */
  readonly paused?: 'by-operator' | 'no-share' | 'not-yet-allowed';
}
