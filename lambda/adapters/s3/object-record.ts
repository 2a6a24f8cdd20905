import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ObjectHeaders, ObjectRecord } from '../../core/model/record.ts';

/** CopyObject copies up to 5 GiB (S3 API reference). Larger objects need a multipart copy. */
const MAX_COPY_BYTES = 5 * 1024 ** 3;
const ARCHIVED_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/**
 * A HEAD reply in the core's terms, with everything that a copy must send again when it replaces metadata. `readAt` is by
 * S3's own clock.
 */
export function objectRecord(key: string, head: HeadObjectCommandOutput, readAt: number): ObjectRecord {
  const blocked = blockedReason(head);
  const lastModified = head.LastModified?.getTime() ?? 0;
  return {
    kind: 'object',
    locator: key,
    etag: head.ETag ?? '',
    lastModified,
    settled: readAt - lastModified >= 1000,
    size: head.ContentLength ?? 0,
    metadata: head.Metadata ?? {},
    headers: headersOf(head),
    ...(head.StorageClass !== undefined && { storageClass: head.StorageClass }),
    ...(head.ServerSideEncryption !== undefined && { encryption: encryptionOf(head) }),
    ...lockOf(head),
    ...(blocked !== undefined && { blocked }),
  };
}

function headersOf(head: HeadObjectCommandOutput): ObjectHeaders {
  return {
    ...(head.ContentType !== undefined && { contentType: head.ContentType }),
    ...(head.CacheControl !== undefined && { cacheControl: head.CacheControl }),
    ...(head.ContentDisposition !== undefined && { contentDisposition: head.ContentDisposition }),
    ...(head.ContentEncoding !== undefined && { contentEncoding: head.ContentEncoding }),
    ...(head.ContentLanguage !== undefined && { contentLanguage: head.ContentLanguage }),
    ...(head.ExpiresString !== undefined && { expires: head.ExpiresString }),
    ...(head.WebsiteRedirectLocation !== undefined && {
      websiteRedirectLocation: head.WebsiteRedirectLocation,
    }),
  };
}

function encryptionOf(head: HeadObjectCommandOutput): {
  algorithm: string;
  kmsKeyId?: string;
  bucketKey?: boolean;
} {
  return {
    algorithm: head.ServerSideEncryption ?? '',
    ...(head.SSEKMSKeyId !== undefined && { kmsKeyId: head.SSEKMSKeyId }),
    ...(head.BucketKeyEnabled !== undefined && { bucketKey: head.BucketKeyEnabled }),
  };
}

function lockOf(head: HeadObjectCommandOutput): Pick<ObjectRecord, 'lock'> {
  const { ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus } = head;
  if (ObjectLockMode === undefined && ObjectLockLegalHoldStatus === undefined) return {};
  return {
    lock: {
      ...(ObjectLockMode !== undefined && { mode: ObjectLockMode }),
      ...(ObjectLockRetainUntilDate !== undefined && { retainUntil: ObjectLockRetainUntilDate.getTime() }),
      ...(ObjectLockLegalHoldStatus !== undefined && { legalHold: ObjectLockLegalHoldStatus === 'ON' }),
    },
  };
}

function blockedReason(head: HeadObjectCommandOutput): string | undefined {
  if ((head.ContentLength ?? 0) > MAX_COPY_BYTES) return 'larger than 5 GB: one CopyObject cannot carry it';
  if (head.ExpiresString !== undefined && new Date(head.ExpiresString).toUTCString() !== head.ExpiresString)
    return 'has an Expires header that is not an HTTP date, which a copy would change';
  if ((head.MissingMeta ?? 0) > 0)
    return 'has metadata that S3 cannot return as headers, which a copy would lose';
  if (head.ArchiveStatus !== undefined)
    return `archived (${head.ArchiveStatus}): restore the object, then run the job again`;
  const restored = /ongoing-request="false"/.test(head.Restore ?? '');
  if (ARCHIVED_CLASSES.has(head.StorageClass ?? '') && !restored)
    return `archived (${head.StorageClass}): restore the object, then run the job again`;
  return undefined;
}

/** An object that S3 does not show, or not completely enough for the format. `hidden` says why. */
export function hiddenObject(key: string, hidden: string): ObjectRecord {
  return {
    kind: 'object',
    locator: key,
    etag: '',
    lastModified: 0,
    settled: true,
    size: 0,
    metadata: {},
    headers: {},
    blocked: hidden,
    hidden,
  };
}
