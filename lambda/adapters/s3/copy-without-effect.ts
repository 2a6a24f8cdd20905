import type { CopyObjectCommandInput } from '@aws-sdk/client-s3';
import type { ObjectRecord } from '../../core/model/record.ts';
import { copyInPlace } from './copy-in-place.ts';

/** No ETag: these are hexadecimal. A copy that demands it is answered with 412, once S3 has found that it may be made. */
const NEVER = '"never"';

export interface CopyWithoutEffect {
  readonly bucket: string;
  readonly key: string;
  readonly object: ObjectRecord | undefined;
  /** Another bucket that objects are copied from. */
  readonly from: string | undefined;
}

/**
 * A copy that asks only whether it may be made. Conditions on both sides never hold; were they ignored, the object would
 * be copied as it is.
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
    throw new Error(`${key} is not there any more, or is not shown: another one has to be asked`);
  const copy = copyInPlace({ bucket, object, places: [], grants: {} });
  return { ...copy, CopySourceIfMatch: NEVER, IfMatch: NEVER };
}
