import type { UnitProgress } from './model/books.ts';
import type { ConsumedCapacity } from './model/consumed.ts';
import type { KeyMaterial } from './model/data-key.ts';
import type { EncryptionContext } from './model/encryption-context.ts';
import type { EncryptionAlgorithm } from './model/key-use.ts';
import type { ScanRange } from './model/run.ts';
import type { PlaceChange } from './model/place.ts';
import type { StoreRecord } from './model/record.ts';

/**
 * What several rooms of the core need from the outside, in the core's own terms. What only one room needs is in that room's
 * ports.ts. Adapters implement these interfaces over the AWS SDK, tests over memory.
 * An expected outcome is a value. A thrown PremiseBroken means that the whole run cannot continue.
 */

export interface RecordPage {
  readonly records: readonly StoreRecord[];
  /** Where the next page starts; absent when the range is finished. */
  readonly cursor?: string;
}

export type WriteResult =
  | { readonly kind: 'written' }
  /** The record has changed since it was read. Nothing was written. */
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'blocked'; readonly reason: string }
  /** All retries were used up. Whether the write happened is unknown. `busy`: the store would take it later. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly busy?: Busy };

/** `throttled`: the store is asked for more than it can take. `contended`: another write holds the record for a moment. */
export type Busy = 'throttled' | 'contended';

export interface RecordStore {
  readPage(
    range: ScanRange,
    options: { readonly cursor?: string; readonly pageSize: number; readonly consistent: boolean },
  ): Promise<RecordPage>;
  /**
   * The current records of these locators, in their order; `undefined` for those that do not exist. As many as fit into
   * memory together, counted from the first, but at least one.
   */
  find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]>;
  /** The record as it is now, strongly consistent; `undefined` when it is gone. */
  reread(record: StoreRecord): Promise<StoreRecord | undefined>;
  /** Whether one write can make the whole change. A store limits how many places of a record a write may change. */
  takes(record: StoreRecord, places: readonly PlaceChange[]): boolean;
  /** Applies the change if, and only if, every place still has its expected value. */
  write(record: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult>;
}

/** One side of a ReEncrypt request. */
export interface RequestSide {
  readonly keyArn: string;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  /** Empty for asymmetric keys. */
  readonly context: EncryptionContext;
}

/** Both keys are in the same Region: ReEncrypt does not work across Regions. */
export interface ReEncryptRequest {
  readonly ciphertext: Uint8Array;
  readonly source: RequestSide;
  readonly destination: RequestSide;
}

export type ReEncryptAnswer =
  | {
      readonly kind: 're-encrypted';
      readonly ciphertext: Uint8Array;
      readonly source: KeyMaterial;
      readonly destination: KeyMaterial;
      readonly sourceAlgorithm: string;
      readonly destinationAlgorithm: string;
      readonly requestIds: readonly string[];
    }
  | NotReEncrypted;

export type NotReEncrypted =
  /** Another key made this ciphertext. KMS says this in no other case. */
  | { readonly kind: 'incorrect-key' }
  /** Corrupt, or under another context, or made by another key. KMS does not document in which order it checks these. */
  | { readonly kind: 'invalid-ciphertext' }
  /** KMS refuses this ciphertext under this context, but not every request with these keys. */
  | { readonly kind: 'denied'; readonly reason: string }
  /** KMS refuses this request whoever sends it: the data key is too long for the destination. */
  | { readonly kind: 'rejected' }
  /** All retries were used up. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** A dry run says whether the call would have succeeded, but names no key materials. */
export type DryRunAnswer = { readonly kind: 'would-re-encrypt' } | NotReEncrypted;

export interface KeyService {
  reEncrypt(request: ReEncryptRequest): Promise<ReEncryptAnswer>;
  /** Has KMS check everything about a request without carrying it out. */
  tryReEncrypt(request: ReEncryptRequest): Promise<DryRunAnswer>;
  /** Sets this worker's share of the run's rate, in requests per second. */
  pace(requestsPerSecond: number): void;
  /** Requests sent since the last call, retries included, and how many of them were throttled. */
  takeUsage(): { readonly requests: number; readonly throttled: number };
}

/** This worker's share of its run's rate. All workers together keep to the rate, whichever of them are busy. */
export interface RateShares {
  /** Requests per second until it asks again; `undefined` if nothing is free and the unit must come back later. */
  take(runRate: number): Promise<number | undefined>;
}

/** What a worker takes of the capacity of its store. */
export interface CapacityUse {
  /** What was consumed since the last call; `undefined` if nothing was, or if the store has no capacity of its own. */
  takeConsumed(): ConsumedCapacity | undefined;
  /** The limits of the run as they are now. */
  keepTo(limits: { readonly readCapacityPerSecond?: number; readonly writeCapacityPerSecond?: number }): void;
}

export interface RunControl {
  /** The run's rate if an operator has changed it since Plan; NaN if what was written there is not a number. */
  readonly kmsRequestsPerSecond?: number;
  /** Limits of capacity that an operator has set since Plan; NaN as above. */
  readonly readCapacityPerSecond?: number;
  readonly writeCapacityPerSecond?: number;
  /** An operator has paused the run: no worker begins another page. */
  readonly paused?: boolean;
  /** The last error of a worker that could not continue for another reason. */
  readonly trouble?: string;
  /** Set by the first worker that found a premise broken; every other worker stops at its next page. */
  readonly brokenPremise?: string;
  /** No worker of the run writes after this time, milliseconds since 1970. */
  readonly leaseUntil?: number;
  /** The verify pass of a followed job may have read something: what is written now, it may not see. */
  readonly verifying?: boolean;
}

export interface Ledger {
  /** The last checkpoint of that unit and phase in a run. */
  lastCheckpoint(of: UnitProgress, runId: string): Promise<UnitProgress | undefined>;
  /**
   * Stores progress if this run has no checkpoint of that unit yet, or if no other invocation has advanced the unit since
   * `previousPages`. Throws UnitConflict otherwise.
   */
  checkpoint(progress: UnitProgress, previousPages: number): Promise<void>;
  readControl(runId: string): Promise<RunControl>;
  breakPremise(runId: string, message: string): Promise<void>;
  /** Records the message of an error that a retry may solve, because Step Functions drops it if a map fails as a whole. */
  noteTrouble(runId: string, words: string): Promise<void>;
  renewLease(runId: string, until: number): Promise<void>;
  /** Notes that the verify pass of a run is about to read. */
  noteVerifying(runId: string): Promise<void>;
  /** Counts that KMS has contradicted a journal of this job. Nothing rests any more on a run that was planned before. */
  distrustJournals(job: string): Promise<void>;
}

export interface Deadline {
  /** Milliseconds until this invocation is killed. */
  remaining(): number;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}
