import type { CopyObjectCommandInput, StorageClass } from '@aws-sdk/client-s3';
import { changed, type PlaceChange } from '../../core/model/place.ts';
import type { ObjectRecord } from '../../core/model/record.ts';
import { contentHeaders, lock } from './copy-in-place.ts';

export interface CopyToBucket {
  readonly bucket: string;
  readonly from: { readonly bucket: string; readonly serverSideEncryptionKey?: string };
  readonly object: ObjectRecord;
  readonly places: readonly PlaceChange[];
}

/**
 * The copy of an object to another bucket, of any Region, under the same key, if there is none yet. Tags and annotations
 * come with it; access control lists do not, as they are the source bucket's own. `CopySourceIfMatch` holds payload and
 * data key together: metadata are those that were read with it.
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
    // Without a key of its own, the copy gets what the destination bucket gives by default.
    ...(serverSideEncryptionKey !== undefined && {
      ServerSideEncryption: 'aws:kms' as const,
      SSEKMSKeyId: serverSideEncryptionKey,
    }),
    ...lock(object),
  };
}
