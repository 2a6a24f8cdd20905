import type { KeyUse } from './key-use.ts';
import type { JobRoute } from './route.ts';

/** A validated job (docs/design.md, Job). `format` is checked by its own room and is opaque here. */
export interface Job {
  readonly name: string;
  readonly source: { readonly keys: readonly KeyUse[] };
  readonly destination: Destination;
  readonly route: JobRoute;
  readonly stores: readonly Store[];
  readonly limits: Limits;
  /** `full` reads every record again after a migration, `ask-all` asks KMS about every data key then; `off` leaves `remaining` unknown. */
  readonly verify: 'full' | 'ask-all' | 'off';
  /** Compare every record after a migration with what it was before, beside its data key. */
  readonly fingerprints: boolean;
  /** `page` names data keys of a page that have the same outcome and key materials in one line of the log. */
  readonly log: 'page' | 'each';
  /** One, or several of different modes. */
  readonly schedule?: JobSchedule | readonly JobSchedule[];
  readonly follow?: JobFollow;
}

/** What is moved after a migration, as soon as an application has written it. */
export interface JobFollow {
  /** ARNs of the streams of tables. */
  readonly streams?: readonly string[];
  /** Names of buckets that send their events to EventBridge. */
  readonly buckets?: readonly string[];
  /** Following ends when nothing was under a source key for so long. */
  readonly untilQuietDays: number;
}

/** When runs of a job start by themselves. */
export interface JobSchedule {
  /** A rate or cron expression of EventBridge Scheduler. */
  readonly expression: string;
  /** Name of the IANA database. */
  readonly timeZone: string;
  readonly mode: 'census' | 'migrate' | 'verify';
  /** `after-migration`: once a census and a migration of the job have come to their end. `at-once`: the operator says so. */
  readonly starts: 'after-migration' | 'at-once' | 'never';
}

interface Destination extends KeyUse {
  /** Length of the longest data key in plaintext: what an RSA destination must be able to hold. */
  readonly dataKeyBytes: number;
}

/** KMS's largest default quota in a Region. */
export const MAX_KMS_REQUESTS_PER_SECOND = 100_000;

/** DynamoDB gives a table 40,000 units by default, and more on request: 25 times that is no bound for anybody. */
export const MAX_CAPACITY_PER_SECOND = 1_000_000;

export interface Limits {
  /** KMS requests per second of the whole fleet, retries included. */
  readonly kmsRequestsPerSecond: number;
  /** Workers at one time. */
  readonly maxConcurrency: number;
  /** Percentage of units that may fail before the run stops. */
  readonly toleratedFailurePercentage: number;
  /** Write units per second of each table, of the whole fleet. @default without a bound of its own */
  readonly writeCapacityPerSecond?: number;
  /** Read units per second of each table, of the whole fleet. @default without a bound of its own */
  readonly readCapacityPerSecond?: number;
}

export interface FormatConfig {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * A store of a job, as far as every kind has it. What a kind adds (its table, its bucket, the fields of its scope) is
 * known in its room under core/stores, and nowhere else.
 */
export interface Store {
  /** The kind of store: a name in core/stores/registry.ts. */
  readonly type: string;
  /** @default the Region of the source keys */
  readonly region?: string;
  readonly format: FormatConfig;
  /** The role of another account, whose store this is. @default the store is of the account of the deployment */
  readonly assumeRole?: AssumedRole;
  /** The key of the store's own server-side encryption, where that is a customer managed key. */
  readonly serverSideEncryptionKey?: string;
  /** Places outside the format that look as if they hold a data key; the operator has confirmed that they may stay. */
  readonly ignore?: readonly string[];
  /** The operator has confirmed that records without a data key need none. */
  readonly withoutDataKey?: 'expected';
  /** How old the key material may be that its data keys are under after a run. */
  readonly maximumAgeDays?: number;
  /** The part of it that a run is about; absent where that is all of it. */
  readonly scope?: object;
  /** The store that gets the new data keys, in its records of the same keys, if this store is to stay as it is. */
  readonly copyTo?: StoreCopy;
  readonly [field: string]: unknown;
}

/** What a job says of a role that is assumed for a store, in the words of AssumeRole. */
export interface AssumedRole {
  readonly roleArn: string;
  readonly externalId?: string;
}

export interface StoreCopy {
  readonly region: string;
  /** Whether records that do not exist there yet are created. Existing ones get their new data key in any case. */
  readonly createMissing: boolean;
  readonly serverSideEncryptionKey?: string;
  readonly [field: string]: unknown;
}
