import type { Sampling, StoreCost, StoreCount, Visit } from '../store.ts';

/** US dollars in us-east-1, storage class Standard, without free tier, as published in November 2026. */
const USD = { listOrCopy: 0.005 / 1_000, read: 0.0004 / 1_000 } as const;

const KEYS_PER_LISTING = 1_000;

/**
 * What is read before an object with a new body is put (adapters/s3/put-object.ts): its checksum, all that S3 shows of it, its body
 * and its tags; and whether it has annotations, for which AWS names no price: it counts as a listing.
 */
const BEFORE_PUT = 4 * USD.read + USD.listOrCopy;

/**
 * Reading metadata takes a HEAD request for each object, tags and body one more each, and all that twice if the objects are copied.
 * Parts of an upload cost what a copy costs, and so does an object that is put as a whole; what is read besides for each object of
 * over 5 GB, some $0.00001, is not counted.
 */
export function bucketCost(
  { records, writes = records }: StoreCount,
  { isCopied, passes, tags = false, bodies = 0 }: Visit,
): StoreCost {
  const each = (isCopied ? 2 : 1) * (1 + (tags ? 1 : 0) + bodies);
  const listings = Math.ceil(records / KEYS_PER_LISTING);
  return {
    reads: passes * (records * each * USD.read + listings * USD.listOrCopy),
    writes: writes * (USD.listOrCopy + bodies * BEFORE_PUT),
  };
}

/**
 * Two calls for what the bucket is and where to cut it, a listing for each page, which names an object at least unless it is the last
 * one of its place, and two reads of each object.
 */
export function bucketSampling(records: number, places: number): Sampling {
  const listings = 2 + places + records;
  return {
    requests: listings + 2 * records,
    usd: listings * USD.listOrCopy + 2 * records * USD.read,
  };
}
