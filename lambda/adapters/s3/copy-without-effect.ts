import type { CopyObjectCommandInput, UploadPartCopyCommandInput } from '@aws-sdk/client-s3';
import type { ObjectRecord } from '../../core/model/record.ts';
import { copyInPlace } from './copy-in-place.ts';

/**
 * Not a valid ETag, because ETags are hexadecimal. S3 answers a copy that demands it with 412, but only if the copy is
 * allowed.
 */
const NEVER = '"never"';

export interface CopyWithoutEffect {
  readonly bucket: string;
  readonly key: string;
  readonly object: ObjectRecord | undefined;
  /** The source bucket, if it is another one. */
  readonly from: string | undefined;
}

/**
 * A copy that only tests whether it is allowed. The conditions on both sides never hold. If S3 ignored them, it would
 * copy the object without a change.
 */
export function copyWithoutEffect({ bucket, key, object, from }: CopyWithoutEffect): CopyObjectCommandInput {
  if (from !== undefined)
    return {
      Bucket: bucket,
      Key: key,
      CopySource: `${from}/${encodeURIComponent(key)}`,
      CopySourceIfMatch: NEVER,
      IfNoneMatch: '*',
    };
  if (object === undefined || object.hidden !== undefined)
    throw new Error(`${key} is missing or not shown; ask about another object`);
  const copy = copyInPlace({ bucket, object, places: [], grants: {} });
  return { ...copy, CopySourceIfMatch: NEVER, IfMatch: NEVER };
}

/** For objects that no single request copies. S3 knows no such upload, and says so, but only if the copy is allowed. */
export function partWithoutEffect({
  bucket,
  key,
  from,
}: {
  readonly bucket: string;
  readonly key: string;
  readonly from: string;
}): UploadPartCopyCommandInput {
  return {
    Bucket: bucket,
    Key: key,
    CopySource: `${from}/${encodeURIComponent(key)}`,
    CopySourceIfMatch: NEVER,
    UploadId: 'never',
    PartNumber: 1,
  };
}
