import type {
  CopyObjectCommandInput,
  ServerSideEncryption,
  StorageClass,
  ObjectLockMode,
} from '@aws-sdk/client-s3';
import { changed } from '../../core/places/changed.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { ObjectLock, ObjectRecord } from '../../core/model/record.ts';
import type { GrantHeaders } from './object-grants.ts';
import { isArchiveClass } from './object-record.ts';

export interface CopyInPlace {
  readonly bucket: string;
  readonly object: ObjectRecord;
  readonly places: readonly PlaceChange[];
  readonly grants: GrantHeaders;
}

/**
 * The copy of an object onto itself that changes some metadata and sends everything again that S3 would drop.
 * Tags and annotations are kept by S3 itself (directives default to COPY).
 *
 * The condition has two halves, because an in-place copy of the same bytes may keep the ETag: `IfMatch` on the
 * destination guards the bytes, `CopySourceIfUnmodifiedSince` on the source guards the metadata, to the second.
 * `CopySourceIfMatch` must not join them: S3 then ignores the date.
 */
export function copyInPlace({ bucket, object, places, grants }: CopyInPlace): CopyObjectCommandInput {
  return {
    Bucket: bucket,
    Key: object.locator,
    CopySource: `${bucket}/${encodeURIComponent(object.locator)}`,
    CopySourceIfUnmodifiedSince: new Date(object.lastModified),
    IfMatch: object.etag,
    MetadataDirective: 'REPLACE',
    Metadata: changed(object, places).metadata,
    ...contentHeaders(object),
    ...(object.storageClass !== undefined && { StorageClass: object.storageClass as StorageClass }),
    ...encryption(object),
    ...lock(object),
    ...grants,
  };
}

/** The headers that S3 takes from the request, not from the source, when metadata are replaced. */
export function contentHeaders({ headers }: ObjectRecord): Partial<CopyObjectCommandInput> {
  return {
    ...(headers.contentType !== undefined && { ContentType: headers.contentType }),
    ...(headers.cacheControl !== undefined && { CacheControl: headers.cacheControl }),
    ...(headers.contentDisposition !== undefined && { ContentDisposition: headers.contentDisposition }),
    ...(headers.contentEncoding !== undefined && { ContentEncoding: headers.contentEncoding }),
    ...(headers.contentLanguage !== undefined && { ContentLanguage: headers.contentLanguage }),
    ...(headers.expires !== undefined && { Expires: new Date(headers.expires) }),
    ...(headers.websiteRedirectLocation !== undefined && {
      WebsiteRedirectLocation: headers.websiteRedirectLocation,
    }),
  };
}

function encryption({ encryption: sse }: ObjectRecord): Partial<CopyObjectCommandInput> {
  if (sse === undefined) return {};
  return {
    ServerSideEncryption: sse.algorithm as ServerSideEncryption,
    ...(sse.kmsKeyId !== undefined && { SSEKMSKeyId: sse.kmsKeyId }),
    // S3 shows the flag only where it is set. If it is not sent, the bucket decides; DSSE-KMS knows no bucket keys.
    ...(sse.algorithm === 'aws:kms' && { BucketKeyEnabled: sse.bucketKey ?? false }),
  };
}

/**
 * Why an object is not copied onto itself. In an archive class, the copy would be archived anew: it could not be read until
 * it is restored once more, and its minimum duration would begin again. In another class it would cost more, and only its
 * owner knows which.
 */
export function refusedInPlace({ storageClass, blocked }: ObjectRecord): string | undefined {
  return isArchiveClass(storageClass)
    ? `archived (${storageClass}): a copy in place would archive it anew; restore the object, copy it onto itself into a class that can be read at once, such as STANDARD_IA, then run the job again`
    : blocked;
}

/** An expired retention protects nothing and cannot be set again. */
export function lock({ lock: held, lastModified }: ObjectRecord): Partial<CopyObjectCommandInput> {
  if (held === undefined) return {};
  const retained =
    held.mode !== undefined &&
    held.retainUntil !== undefined &&
    held.retainUntil > Math.max(Date.now(), lastModified);
  return {
    ...(retained && {
      ObjectLockMode: held.mode as ObjectLockMode,
      ObjectLockRetainUntilDate: new Date(held.retainUntil ?? 0),
    }),
    ...(held.legalHold === true && { ObjectLockLegalHoldStatus: 'ON' as const }),
    ...(held.eventHold !== undefined && eventHold(held.eventHold)),
  };
}

/** One that was released is sent as well: else the bucket could put the copy on hold. */
function eventHold({
  on,
  days,
  years,
}: NonNullable<ObjectLock['eventHold']>): Partial<CopyObjectCommandInput> {
  return {
    ObjectLockEventHold: on ? 'ON' : 'OFF',
    ...(days !== undefined && { ObjectLockEventHoldDurationDays: days }),
    ...(years !== undefined && { ObjectLockEventHoldDurationYears: years }),
  };
}
