import type { WrappedRecords } from './wrapped-records.ts';

export const RUN_MODES = ['census', 'migrate', 'verify', 'rollback'] as const;
export type RunMode = (typeof RUN_MODES)[number];

/** An action of the API of AWS that a run calls, beside those for its own ledger, journal and files. */
export interface PlannedCall {
  readonly action: string;
  readonly times: number;
  readonly per: 'data key' | 'record' | 'page';
  /** Absent for KMS. */
  readonly store?: string;
}

/** The passes that visit records. A census is the migrate pass without its writes. */
export type Phase = 'migrate' | 'verify' | 'rollback';

/** A part of a store that one child execution works through. */
export type ScanRange =
  | { readonly type: 'segment'; readonly segment: number; readonly totalSegments: number }
  | {
      readonly type: 'key-range';
      /** Only keys that start with this; the store's own prefix where it is not given. */
      readonly prefix?: string;
      /** Exclusive lower bound, in UTF-8 byte order. */
      readonly startAfter?: string;
      /** Inclusive upper bound, in UTF-8 byte order. */
      readonly endAt?: string;
    };

/** One line of `units.jsonl`: all that a child execution is told. */
export interface Unit {
  readonly runId: string;
  readonly unitId: string;
  /** Index into the plan's stores. */
  readonly store: number;
  readonly range: ScanRange;
  /** Records to visit at most: a sample. */
  readonly maxRecords?: number;
  /** The unit is for the worker that may see plaintext data keys. */
  readonly plaintext?: true;
}

/** What Plan saw of a store: its first records, read as a worker reads them. */
export interface StoreLook {
  readonly store: string;
  readonly records: number;
  /** There are more than those. */
  readonly more: boolean;
  readonly withDataKey: number;
  /** Of those, values that look like a ciphertext in another encoding than the job's. Hexadecimal, for one, is also valid base64. */
  readonly misread: number;
  readonly withoutDataKey: number;
  /** Of those, objects that are empty; absent where there are none. */
  readonly empty?: number;
  /** Objects whose bodies were read; absent where there are none. */
  readonly bodiesRead?: number;
  /** Records under keys of another table, which are not without a data key. */
  readonly wrappedBy?: WrappedRecords;
  /** Slots that hold something other than a data key in the job's form, or a data key that a run would leave alone. */
  readonly unreadable: number;
  /** Of those, slots in which the job's encoding finds no bytes at all. */
  readonly undecodable: number;
  /** Of those, slots of records that no run would write to, because a place beside the data key holds something unexpected. */
  readonly unsupported: number;
  /** Records whose data key place exists but is NULL or empty. */
  readonly placeEmpty: number;
  /** Of the first of those. */
  readonly reason?: string;
  /** Keys that records name beside their data keys. `known`: one of the job's. */
  readonly recordedKeys: readonly {
    readonly key: string;
    readonly records: number;
    readonly known: boolean;
  }[];
  /** In which forms something at the data key's place looks like one, the most frequent first. */
  readonly forms: readonly { readonly form: string; readonly count: number }[];
  /** What looks like a data key outside the job's places: the 20 most frequent. */
  readonly elsewhere: readonly SeenPlace[];
  /** The one of those that the job may have meant. */
  readonly nearest?: SeenPlace;
  /** If no data key is found: a name that is spelled almost like the job's place. */
  readonly nearName?: string;
  /** Attributes that look like the version of an optimistic lock. */
  readonly versions: readonly string[];
}

export interface SeenPlace {
  readonly place: string;
  readonly form: string;
  readonly count: number;
  /** The format fields that would read it; absent if no format of this version can. */
  readonly write?: string;
}

/** A key material as ListKeyRotations names it. */
export interface KnownKeyMaterial {
  readonly keyArn: string;
  readonly keyMaterialId: string;
  /** CURRENT, NON_CURRENT, PENDING_ROTATION, PENDING_MULTI_REGION_IMPORT_AND_ROTATION. */
  readonly state: string;
  /** ISO 8601; the first material of a key has none. */
  readonly rotatedAt?: string;
  readonly rotationType?: string;
}

export interface Estimate extends Forecast {
  /** Counts that the stores themselves report; DynamoDB's are up to six hours old. */
  readonly dataKeys: number;
  /** Stores of which Plan has seen as many records as are counted, or more, and not all: the estimate is a lower bound. */
  readonly uncounted?: readonly string[];
  /** If the journal that the run rests on proves as many data keys as it did; absent where that is not known, or none. */
  readonly resting?: RestingForecast;
}

export interface RestingForecast extends Forecast {
  /** Data keys that the journal proves. */
  readonly proven: number;
}

export interface Forecast {
  readonly kmsRequests: number;
  /** At the run's KMS rate. */
  readonly seconds: number;
  readonly usd: {
    readonly kms: number;
    readonly reads: number;
    readonly writes: number;
    readonly total: number;
  };
}
