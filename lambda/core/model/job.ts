/** A job as validated (DESIGN 6.1). `format` is checked by its own room and stays opaque here. */
export interface Job {
  readonly name: string;
  readonly source: { readonly keys: readonly string[] };
  readonly destination: { readonly key: string };
  readonly route: { readonly type: 'direct' };
  readonly stores: readonly Store[];
  readonly limits: Limits;
  /** `full` asks KMS about every data key again after a migration; `off` leaves `remaining` unknown. */
  readonly verify: 'full' | 'off';
  readonly schedule?: { readonly expression: string; readonly mode: 'census' | 'migrate' };
}

export interface Limits {
  /** ReEncrypt requests per second of the whole fleet, retries included. */
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
  readonly format: FormatConfig;
  /** The key of the store's own server-side encryption, where that is a customer managed key. */
  readonly serverSideEncryptionKey?: string;
}

export type Store =
  | ({ readonly type: 'dynamodb'; readonly table: string } & StoreBase)
  | ({ readonly type: 's3'; readonly bucket: string; readonly prefix: string } & StoreBase);

/** What reports, logs and the journal call a store. */
export function storeName(store: Store): string {
  return store.type === 'dynamodb' ? `dynamodb:${store.table}` : `s3:${store.bucket}/${store.prefix}`;
}
