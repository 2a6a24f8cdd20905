import type { Sampling, StoreCall, StoreCost, StoreCount, Visit, Writing } from '../store.ts';

/** US dollars in us-east-1, storage class Standard, without free tier, as published in November 2026. */
const USD = { listOrCopy: 0.005 / 1_000, read: 0.0004 / 1_000 } as const;

const KEYS_PER_LISTING = 1_000;

/**
 * What is read before an object with a new body is put (adapters/s3/put-object.ts): its checksum, all that S3 shows of it, its body
 * and its tags; and whether it has annotations, for which AWS names no price: it counts as a listing.
 */
const BEFORE_PUT = 4 * USD.read + USD.listOrCopy;

/**
 * Reading metadata takes a HEAD request for each object, tags, body and each annotation one more, and all that twice if the objects are
 * copied. AWS names no price for reading an annotation: it counts as a GET.
 * Parts of an upload cost what a copy costs, and so does an object that is put as a whole; what is read besides for each object of
 * over 5 GB, some $0.00001, is not counted.
 */
export function bucketCost({ records, writes = records }: StoreCount, visit: Visit): StoreCost {
  const { passes, bodies = 0 } = visit;
  const reads = readsOfObjects(visit).reduce((sum, { times }) => sum + times, 0);
  const listings = Math.ceil(records / KEYS_PER_LISTING);
  return {
    reads: records * reads * USD.read + passes * listings * USD.listOrCopy,
    writes: writes * (USD.listOrCopy + bodies * BEFORE_PUT),
  };
}

/** Annotations of an object that a sample reads at most (core/plan/sample-records.ts). */
export const SAMPLED_ANNOTATIONS = 8;

/**
 * Three calls for what the bucket is, with which key S3 encrypts there and where to cut it, a listing for each page, which names an object at least unless it is the last
 * one of its place, and of each object two reads, a listing of its annotations, and a read of each of these.
 */
export function bucketSampling(records: number, places: number): Sampling {
  const listings = 3 + places + 2 * records;
  const reads = (2 + SAMPLED_ANNOTATIONS) * records;
  return { requests: listings + reads, usd: listings * USD.listOrCopy + reads * USD.read };
}

export function bucketCalls(visit: Writing): readonly StoreCall[] {
  const { passes, writes, bodies = 0 } = visit;
  const written = [
    { action: 's3:CopyObject', times: 1 - bodies },
    { action: 's3:PutObject', times: bodies },
  ];
  return [
    { action: 's3:ListObjectsV2', times: passes, per: 'page' },
    ...[...readsOfObjects(visit), ...(writes ? written : [])]
      .filter(({ times }) => times > 0)
      .map(call => ({ ...call, per: 'record' as const })),
  ];
}

function readsOfObjects({
  isCopied,
  passes,
  tags = false,
  annotations = 0,
  bodies = 0,
}: Visit): readonly { readonly action: string; readonly times: number }[] {
  const each = passes * (isCopied ? 2 : 1);
  return [
    { action: 's3:HeadObject', times: each },
    { action: 's3:GetObjectTagging', times: tags ? each : 0 },
    { action: 's3:GetObjectAnnotation', times: each * annotations },
    { action: 's3:GetObject', times: each * bodies },
  ];
}
