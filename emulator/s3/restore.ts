import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import { readable } from './object-versions.ts';
import { emptyResponse, parseXml, type S3Request } from './s3-request.ts';

const ARCHIVED = ['GLACIER', 'DEEP_ARCHIVE'];
const DAY_MS = 24 * 60 * 60 * 1000;

/** An archived object can be read for as long as it is restored. */
export function checkReadable({ storageClass, restoredUntil = 0 }: ObjectVersion): void {
  if (ARCHIVED.includes(storageClass) && restoredUntil < Date.now())
    throw new AwsError('InvalidObjectState', "The operation is not valid for the object's storage class", {
      status: 403,
      members: { StorageClass: storageClass },
    });
}

export function restoreHeader({ restoredUntil = 0 }: ObjectVersion): Readonly<Record<string, string>> {
  return restoredUntil < Date.now()
    ? {}
    : {
        'x-amz-restore': `ongoing-request="false", expiry-date="${new Date(restoredUntil).toUTCString()}"`,
      };
}

/** The object is restored at once. */
export function restoreObject(request: S3Request, bucket: Bucket): AwsResponse {
  const version = readable(request, bucket);
  if (!ARCHIVED.includes(version.storageClass))
    throw new AwsError(
      'InvalidObjectState',
      "Restore is not allowed for the object's current storage class",
      {
        status: 403,
      },
    );
  const asked = parseXml(request.body)['RestoreRequest'] as { readonly Days?: string } | undefined;
  const again = version.restoredUntil !== undefined;
  version.restoredUntil = Date.now() + Number(asked?.Days ?? 1) * DAY_MS;
  return emptyResponse(again ? 200 : 202);
}
