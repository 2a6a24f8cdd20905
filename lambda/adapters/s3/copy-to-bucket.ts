import type { CopyObjectCommandInput, StorageClass } from '@aws-sdk/client-s3';
import { changed } from '../../core/places/changed.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { ObjectRecord } from '../../core/model/record.ts';
import { contentHeaders, lock } from './copy-in-place.ts';

export interface CopyToBucket {
  readonly bucket: string;
  readonly from: { readonly bucket: string; readonly serverSideEncryptionKey?: string };
  readonly object: ObjectRecord;
  readonly places: readonly PlaceChange[];
}

/**
 * Copies an object to another bucket, in any Region, under the same key, unless the copy exists. It includes tags and
 * annotations, but not the access control list, which belongs to the source bucket. `CopySourceIfMatch` keeps payload and
 * data key together: the metadata are those that were read with that payload.
 */
export function copyToBucket({ bucket, from, object, places }: CopyToBucket): CopyObjectCommandInput {
  const { serverSideEncryptionKey } = from;
  return {
    Bucket: bucket,
    Key: object.locator,
    CopySource: `${from.bucket}/${encodeURIComponent(object.locator)}`,
    CopySourceIfMatch: object.etag,
    IfNoneMatch: '*',
    MetadataDirective: 'REPLACE',
    Metadata: changed(object, places).metadata,
    ...contentHeaders(object),
    ...(object.storageClass !== undefined && { StorageClass: object.storageClass as StorageClass }),
    // If the job names no key, the copy gets the default encryption of the destination bucket.
    ...(serverSideEncryptionKey !== undefined && {
      ServerSideEncryption: 'aws:kms' as const,
      SSEKMSKeyId: serverSideEncryptionKey,
    }),
    ...lock(object),
  };
}
