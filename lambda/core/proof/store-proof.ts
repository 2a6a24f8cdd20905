import type { Resting } from '../model/books.ts';
import type { ServerSideEncrypted } from '../model/server-side-encryption.ts';
import type { WrappedRecords } from '../model/wrapped-records.ts';
import type { RunMode } from '../model/run.ts';
import type { StorePlace } from '../model/store-place.ts';
import type { BucketScope, TableScope } from '../model/scope.ts';
import type { Doubt, StoreVerdict } from '../verdict/store-verdict.ts';

/** What the last finished run says about one store, or about a part of it. */
export interface StoreProof {
  /** The table, or bucket and prefix, with its Region. */
  readonly place: StorePlace;
  /** Whose data keys were copied to that place, and stay under the source keys; absent where it was written in place. */
  readonly copiedFrom?: StorePlace;
  /** Whose role was assumed for it; absent where it is of the account of the deployment. */
  readonly account?: string;
  /** Where in a record the data key lies that it is about; absent in proofs of earlier versions. */
  readonly slot?: string;
  /** The part that the run was about; absent where that was all of the store. */
  readonly part?: ProofPart;
  readonly job: string;
  readonly runId: string;
  readonly mode: RunMode;
  /** ISO 8601; absent in proofs of earlier versions. */
  readonly startedAt?: string;
  /** ISO 8601: when that run ended or, if that is not known, when it began. */
  readonly at: string;
  /** It is not known how the run ended. The entry makes its places known and proves nothing. */
  readonly begun?: true;
  readonly sourceKeyArns: readonly string[];
  readonly destinationKeyArn: string;
  /** Absent in proofs of earlier versions, which did not look for doubts: nothing rests on those. */
  readonly verdict?: StoreVerdict['kind'];
  /** Of the verdict `not-proven`; for a part, all but that it is one. */
  readonly doubts?: readonly Doubt[];
  readonly records?: number;
  readonly withoutDataKey?: number;
  /** Records under keys of other tables: the proof says nothing about those. */
  readonly wrappedBy?: readonly WrappedRecords[];
  /** Objects that S3 itself encrypts with a source key. Absent of tables, and where they were not counted. */
  readonly serverSideEncrypted?: readonly ServerSideEncrypted[];
  readonly dataKeys?: number;
  readonly proven?: number | null;
  /** Those of them that rest on the journal; absent where KMS was asked about all. */
  readonly resting?: Resting;
  /** The finished migration on whose journal its run may rest. */
  readonly restsOn?: string;
  /** Under none of the keys of the run, as KMS has said. */
  readonly foreign?: number;
  readonly lookAlikes?: number;
  /** Places that the operator answers for. */
  readonly ignored?: readonly string[];
  /** The operator answers for records without a data key. */
  readonly withoutDataKeyExpected?: true;
  /** Digest of what the job said of the store: its format, with the contexts, and what it answers for. */
  readonly jobText?: string;
  /** `null` if that run does not know it, and once a rollback has begun. */
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
