import type { UnitProgress } from './model/books.ts';
import type { KeyMaterial } from './model/data-key.ts';
import type { EncryptionContext } from './model/encryption-context.ts';
import type { EncryptionAlgorithm } from './model/key-use.ts';
import type { ScanRange } from './model/run.ts';
import type { PlaceChange } from './model/place.ts';
import type { StoreRecord } from './model/record.ts';

/**
 * What several rooms of the core need of the world, in its own words; what one of them needs is in its own ports.ts.
 * Adapters implement these over the AWS SDK, tests over memory.
 * An expected outcome is a value; a thrown PremiseBroken means that the whole run cannot go on.
 */

export interface RecordPage {
  readonly records: readonly StoreRecord[];
  /** Where the next page starts; absent when the range is finished. */
  readonly cursor?: string;
}

export type WriteResult =
  | { readonly kind: 'written' }
  /** The record is not what it was when it was read: nothing has been written. */
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'blocked'; readonly reason: string }
  /** Retries are spent; whether the write happened is unknown. `busy`: the store takes it later. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly busy?: Busy };

/** `throttled`: the store is asked for more than it takes. `contended`: another write holds the record for a moment. */
export type Busy = 'throttled' | 'contended';

export interface RecordStore {
  readPage(
    range: ScanRange,
    options: { readonly cursor?: string; readonly pageSize: number; readonly consistent: boolean },
  ): Promise<RecordPage>;
  /**
   * The records of the first of these locators as they are now, in their order, as many as can be held together, at least
   * one; `undefined` for those that are not there.
   */
  find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]>;
  /** The record as it is now, strongly consistent; `undefined` when it is gone. */
  reread(record: StoreRecord): Promise<StoreRecord | undefined>;
  /** Whether one write takes the whole of that change: a store takes so many places of a record at a time. */
  takes(record: StoreRecord, places: readonly PlaceChange[]): boolean;
  /** Applies the change if, and only if, everything it expects still holds. */
  write(record: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult>;
}

/** One side of a ReEncrypt request. */
export interface RequestSide {
  readonly keyArn: string;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  /** Empty for asymmetric keys. */
  readonly context: EncryptionContext;
}

/** Both keys are in one Region: there is no ReEncrypt across Regions. */
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
  /** Another key made this ciphertext: said of nothing else. */
  | { readonly kind: 'incorrect-key' }
  /** Corrupt, or made under another context, or by another key: KMS documents no order in which it looks at these. */
  | { readonly kind: 'invalid-ciphertext' }
  /** KMS does not do it for this ciphertext under this context; with these keys it does for others. */
  | { readonly kind: 'denied'; readonly reason: string }
  /** KMS refuses this very request, whoever asks: a data key too long for the destination. */
  | { readonly kind: 'rejected' }
  /** Retries are spent. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** A dry run tells whether the call would have succeeded, and nothing of key materials. */
export type DryRunAnswer = { readonly kind: 'would-re-encrypt' } | NotReEncrypted;

export interface KeyService {
  reEncrypt(request: ReEncryptRequest): Promise<ReEncryptAnswer>;
  /** Everything that KMS checks of a request, and nothing done. */
  tryReEncrypt(request: ReEncryptRequest): Promise<DryRunAnswer>;
  /** Sets this worker's share of the run's rate, in requests per second. */
  pace(requestsPerSecond: number): void;
  /** Requests sent, retries included, and throttled answers, since the last call. */
  takeUsage(): { readonly requests: number; readonly throttled: number };
}

/** What this worker may have of its run's rate: all workers together keep to it, whoever is busy. */
export interface RateShares {
  /** Requests per second until it asks again; `undefined` where nothing is free, and the unit must come back later. */
  take(runRate: number): Promise<number | undefined>;
}

export interface RunControl {
  /** The run's rate as an operator has changed it since Plan: whatever was written there, NaN where that is no number. */
  readonly kmsRequestsPerSecond?: number;
  /** An operator has paused the run: no worker begins another page. */
  readonly paused?: boolean;
  /** The last words of a worker that could not go on for another reason. */
  readonly trouble?: string;
  /** Set by the first worker that found a premise broken; every other worker stops at its next page. */
  readonly brokenPremise?: string;
  /** No worker of the run is writing later than this, milliseconds since 1970. */
  readonly leaseUntil?: number;
}

export interface Ledger {
  /** The last checkpoint of that unit and phase in a run. */
  lastCheckpoint(of: UnitProgress, runId: string): Promise<UnitProgress | undefined>;
  /**
   * Stores progress if this run has no checkpoint of that unit yet, or if no other invocation has moved the unit on
   * since `previousPages`; UnitConflict otherwise.
   */
  checkpoint(progress: UnitProgress, previousPages: number): Promise<void>;
  readControl(runId: string): Promise<RunControl>;
  breakPremise(runId: string, message: string): Promise<void>;
  /** Leaves the words of an error that a retry may mend: Step Functions drops them where a map fails as a whole. */
  noteTrouble(runId: string, words: string): Promise<void>;
  renewLease(runId: string, until: number): Promise<void>;
}

export interface Deadline {
  /** Milliseconds until this invocation is killed. */
  remaining(): number;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}
