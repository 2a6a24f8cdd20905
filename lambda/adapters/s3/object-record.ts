import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ObjectHeaders, ObjectLock, ObjectRecord } from '../../core/model/record.ts';
import { isStoredAsShown } from './encoded-words.ts';

/** Objects of these classes can be read only while they are restored. */
export function isArchiveClass(storageClass: string | undefined): boolean {
  return storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';
}

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
  const { ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus, ObjectLockEventHold } = head;
  if ((ObjectLockMode ?? ObjectLockLegalHoldStatus ?? ObjectLockEventHold) === undefined) return {};
  return {
    lock: {
      ...(ObjectLockEventHold !== undefined && { eventHold: eventHoldOf(head) }),
      ...(ObjectLockMode !== undefined && { mode: ObjectLockMode }),
      ...(ObjectLockRetainUntilDate !== undefined && { retainUntil: ObjectLockRetainUntilDate.getTime() }),
      ...(ObjectLockLegalHoldStatus !== undefined && { legalHold: ObjectLockLegalHoldStatus === 'ON' }),
    },
  };
}

function eventHoldOf(head: HeadObjectCommandOutput): NonNullable<ObjectLock['eventHold']> {
  const { ObjectLockEventHoldDurationDays: days, ObjectLockEventHoldDurationYears: years } = head;
  return {
    on: head.ObjectLockEventHold === 'ON',
    ...(days !== undefined && { days }),
    ...(years !== undefined && { years }),
  };
}

function blockedReason(head: HeadObjectCommandOutput): string | undefined {
  if (head.ExpiresString !== undefined && new Date(head.ExpiresString).toUTCString() !== head.ExpiresString)
    return 'has an Expires header that is not an HTTP date, which a copy would change';
  if ((head.MissingMeta ?? 0) > 0)
    return 'has metadata that S3 cannot return as headers, which a copy would lose';
  if (!Object.values(head.Metadata ?? {}).every(isStoredAsShown))
    return 'has metadata that look encoded (RFC 2047), which a copy would store as other text';
  if (head.ArchiveStatus !== undefined)
    return `archived (${head.ArchiveStatus}): restore the object, then run the job again`;
  const restored = /ongoing-request="false"/.test(head.Restore ?? '');
  if (isArchiveClass(head.StorageClass) && !restored)
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
