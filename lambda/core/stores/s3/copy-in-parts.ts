import type { ObjectRecord } from '../../model/record.ts';

const MIB = 1024 ** 2;
const GIB = 1024 * MIB;

export interface CopyLimits {
  /** The most that one request copies: a whole object, or a part of one. */
  readonly mostBytes: number;
  /** How large the parts of a larger object are, unless it would then have too many. */
  readonly partBytes: number;
}

/**
 * CopyObject and UploadPartCopy take up to 5 GiB (S3 API reference). With 32 parts of 128 MiB in flight, 4 GiB are under way
 * at a time, and at 25 MB a second each part is answered after 5 seconds: long before its request times out, and soon enough
 * to stop in time.
 */
export const COPY_LIMITS: CopyLimits = { mostBytes: 5 * GIB, partBytes: 128 * MIB };

/** Of an upload (S3 user guide, multipart upload limits). */
const MOST_PARTS = 10_000;

/** Bytes of an object, the first and the last included. */
export interface Part {
  readonly number: number;
  readonly first: number;
  readonly last: number;
}

/** No single request copies it. */
export function isCopiedInParts(
  { size }: Pick<ObjectRecord, 'size'>,
  { mostBytes }: CopyLimits = COPY_LIMITS,
): boolean {
  return size > mostBytes;
}

/**
 * The parts of a copy. 10,000 of 128 MiB are 1.2 TiB; a larger object has larger parts, at 48.8 TiB, where S3's largest
 * objects end, of 5 GiB.
 *
 * They are never as many as those that the object has now. The ETag of an upload ends with the number of its parts, so the copy
 * has another ETag than what it replaces, and whoever holds the old one, as another worker or an earlier invocation may, does
 * not write over it.
 */
export function partsOf(
  { size, etag }: Pick<ObjectRecord, 'size' | 'etag'>,
  limits: CopyLimits = COPY_LIMITS,
): readonly Part[] {
  const bytes = partBytesOf(size, Number(/-(\d+)"?$/.exec(etag)?.[1]), limits);
  return Array.from({ length: Math.ceil(size / bytes) }, (_, index) => ({
    number: index + 1,
    first: index * bytes,
    last: Math.min(size, (index + 1) * bytes) - 1,
  }));
}

/** @param now how many parts the object has; NaN if it has none */
function partBytesOf(size: number, now: number, { mostBytes, partBytes }: CopyLimits): number {
  const bytes = Math.max(partBytes, Math.ceil(size / MOST_PARTS));
  const count = Math.ceil(size / bytes);
  if (count !== now) return bytes;
  // S3 wants 5 MiB in every part but the last, so rather one part less than one more.
  const larger = Math.ceil(size / (count - 1));
  return larger <= mostBytes ? larger : Math.ceil(size / (count + 1));
}

/** Requests that write, for an object that is copied in parts: its beginning, its parts and its end. */
export function requestsOfCopy(object: Pick<ObjectRecord, 'size' | 'etag'>): number {
  return isCopiedInParts(object) ? partsOf(object).length + 2 : 1;
}

/** Milliseconds for the end of an upload, which takes S3 some seconds, and to journal and account for it. */
export const RESERVE_MS = 60_000;
/** Until then it is not known how fast S3 copies. */
const FIRST_LOOK_MS = 60_000;

/** Where a copy stands. */
export interface CopyProgress {
  readonly size: number;
  readonly copied: number;
  readonly elapsedMs: number;
  /** Until the invocation is killed. */
  readonly remainingMs: number;
}

/**
 * Whether to go on with a copy. Not without time for its end; and not if, at the speed so far, twice the time that is left would
 * not be enough, because the worker has other objects to copy.
 */
export function mayFinish({ size, copied, elapsedMs, remainingMs }: CopyProgress): boolean {
  const left = remainingMs - RESERVE_MS;
  if (left <= 0) return false;
  if (elapsedMs < FIRST_LOOK_MS) return true;
  return copied > 0 && (elapsedMs * (size - copied)) / copied <= 2 * left;
}

/** Why an object that had all the time of an invocation was not copied. */
export function tooLargeFor({ size, copied, elapsedMs }: CopyProgress): string {
  return `${gigabytes(size)} GB: of a copy in parts ${gigabytes(copied)} GB were done after ${Math.round(elapsedMs / 1000)} s, and the time of one invocation, 15 minutes in a run, is not enough for all of it: run the job again when S3 is faster, or let its application store it again, in smaller objects or under the destination key`;
}

function gigabytes(bytes: number): string {
  return (bytes / GIB).toFixed(1);
}

/** Why an object with annotations is left as it is. */
export const ANNOTATED =
  'has annotations, and is over 5 GB: a copy in parts does not take them along, and S3 could only add them to the finished copy: save them elsewhere and delete them, run the job again, then put them back';
