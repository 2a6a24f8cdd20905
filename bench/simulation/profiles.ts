import { LIMITS } from './limits.ts';

/** Which quota a profile is about: that of KMS, of one table, or of one prefix. */
type Quota = 'kms' | 'tableWrites' | 'prefixWrites';

export interface Profile {
  readonly name: string;
  readonly dataKeys: number;
  readonly store: 'table' | 'bucket';
  /** Tables of equal size. A billion items in one table, or several where one would be the tightest quota. */
  readonly stores: number;
  readonly itemBytes: number;
  /** KMS's quota in the Region, per second. */
  readonly kmsQuota: number;
  /** The job's `kmsRequestsPerSecond` and `maxConcurrency`. */
  readonly rate: number;
  readonly workers: number;
  readonly quota: Quota;
}

const BILLION = 1_000_000_000;
const ITEM_BYTES = 1_000;

const kms = (kmsQuota: number, workers: number, stores = 1): Profile => ({
  name: `KMS ${kmsQuota.toLocaleString('en-US')}/s`,
  ...{ dataKeys: BILLION, store: 'table', stores, itemBytes: ITEM_BYTES },
  ...{ kmsQuota, rate: kmsQuota, workers, quota: 'kms' },
});

/**
 * A billion data keys, one in each item of 1 KB or each small object, in a Region of one of KMS's three default quotas. The job
 * asks for all of the tightest quota.
 */
export const PROFILES: readonly Profile[] = [
  kms(10_000, 400),
  kms(20_000, 600),
  // One table takes 40,000 writes a second; four take what KMS does.
  kms(100_000, 2_000, 4),
  {
    name: 'One table',
    ...{ dataKeys: BILLION, store: 'table', stores: 1, itemBytes: ITEM_BYTES },
    ...{ kmsQuota: 100_000, rate: LIMITS.tableWrites, workers: 1_000, quota: 'tableWrites' },
  },
  {
    name: 'One S3 prefix',
    ...{ dataKeys: BILLION, store: 'bucket', stores: 1, itemBytes: ITEM_BYTES },
    ...{ kmsQuota: 10_000, rate: LIMITS.prefixWrites, workers: 300, quota: 'prefixWrites' },
  },
];

/** Whole partitions of one table: by its size, and at least as many as all of its writes need. */
export function partitionsOf({ dataKeys, itemBytes, stores }: Profile): number {
  const bySize = Math.ceil((dataKeys * itemBytes) / stores / LIMITS.partitionBytes);
  return Math.max(bySize, LIMITS.tableWrites / LIMITS.partitionWrites);
}
