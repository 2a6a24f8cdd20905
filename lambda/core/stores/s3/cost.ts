import type { StoreCost, StoreCount, Visit } from '../store.ts';

/** US dollars in us-east-1, storage class Standard, without free tier, as published in November 2026. */
const USD = { listOrCopy: 0.005 / 1_000, headRequest: 0.0004 / 1_000 } as const;

const KEYS_PER_LISTING = 1_000;

/**
 * Reading metadata takes a HEAD request for each object, and two if the objects are copied. Parts of an upload cost what a copy
 * costs; what is read besides for each object of over 5 GB, some $0.00001, is not counted.
 */
export function bucketCost(
  { records, writes = records }: StoreCount,
  { isCopied, passes }: Visit,
): StoreCost {
  const heads = records * (isCopied ? 2 : 1);
  const listings = Math.ceil(records / KEYS_PER_LISTING);
  return {
    reads: passes * (heads * USD.headRequest + listings * USD.listOrCopy),
    writes: writes * USD.listOrCopy,
  };
}
