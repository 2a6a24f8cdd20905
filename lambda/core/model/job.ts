import type { KeyUse } from './key-use.ts';
import type { JobRoute } from './route.ts';
import type { BucketScope, TableScope } from './scope.ts';

/** A job as validated (docs/design.md, Job). `format` is checked by its own room and stays opaque here. */
export interface Job {
  readonly name: string;
  readonly source: { readonly keys: readonly KeyUse[] };
  readonly destination: Destination;
  readonly route: JobRoute;
  readonly stores: readonly Store[];
  readonly limits: Limits;
  /** `full` asks KMS about every data key again after a migration; `off` leaves `remaining` unknown. */
  readonly verify: 'full' | 'off';
  /** Compare every record after a migration with what it was before, beside its data key. */
  readonly fingerprints: boolean;
  readonly schedule?: { readonly expression: string; readonly mode: 'census' | 'migrate' };
}

interface Destination extends KeyUse {
  /** Length of the longest data key in plaintext: what an RSA destination must be able to hold. */
  readonly dataKeyBytes: number;
}

/** KMS's largest default quota in a Region. */
export const MAX_KMS_REQUESTS_PER_SECOND = 100_000;

export interface Limits {
  /** KMS requests per second of the whole fleet, retries included. */
  readonly kmsRequestsPerSecond: number;
  /** Workers at one time. */
  readonly maxConcurrency: number;
  /** Percentage of units that may fail before the run stops. */
  readonly toleratedFailurePercentage: number;
}

export interface FormatConfig {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface StoreBase {
  /** @default the Region of the source keys */
  readonly region?: string;
  readonly format: FormatConfig;
  /** The key of the store's own server-side encryption, where that is a customer managed key. */
  readonly serverSideEncryptionKey?: string;
  /** Places outside the format that hold what looks like a data key, and that the operator answers for. */
  readonly ignore?: readonly string[];
  /** The operator answers for records in which the format finds no data key: they need none. */
  readonly withoutDataKey?: 'expected';
}

interface CopyBase {
  readonly region: string;
  /** Whether records that are not there yet are made. Those that are there get their data key swapped in any case. */
  readonly createMissing: boolean;
  readonly serverSideEncryptionKey?: string;
}

export interface TableStore extends StoreBase {
  readonly type: 'dynamodb';
  readonly table: string;
  readonly scope?: TableScope;
  /** The table whose items of the same keys get the new data keys, where the table itself is to stay as it is. */
  readonly copyTo?: CopyBase & { readonly table: string };
}

export interface BucketStore extends StoreBase {
  readonly type: 's3';
  readonly bucket: string;
  readonly prefix: string;
  readonly scope?: BucketScope;
  readonly copyTo?: CopyBase & { readonly bucket: string };
}

export type Store = TableStore | BucketStore;

/** What reports, logs and the journal call a store: unique within a job. */
export function storeName(store: Store): string {
  const own = placeName(store, store.region);
  return store.copyTo === undefined ? own : `${own} to ${placeOfCopy(store)}`;
}

function placeOfCopy(store: Store): string {
  switch (store.type) {
    case 'dynamodb':
      return placeName({ type: 'dynamodb', table: store.copyTo?.table ?? '' }, store.copyTo?.region);
    case 's3':
      return placeName(
        { type: 's3', bucket: store.copyTo?.bucket ?? '', prefix: store.prefix },
        store.copyTo?.region,
      );
  }
}

/** The place that data keys are written to, the same under whatever job names it. `region`: of stores that name none. */
export function writtenPlace(store: Store, region: string): string {
  return store.copyTo === undefined ? placeName(store, store.region ?? region) : placeOfCopy(store);
}

type Place = Pick<TableStore, 'type' | 'table'> | Pick<BucketStore, 'type' | 'bucket' | 'prefix'>;

function placeName(place: Place, region: string | undefined): string {
  const name = place.type === 'dynamodb' ? place.table : `${place.bucket}/${place.prefix}`;
  return region === undefined ? `${place.type}:${name}` : `${place.type}:${region}:${name}`;
}
