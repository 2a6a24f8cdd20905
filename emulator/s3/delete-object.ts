import { AwsError } from '../protocol/aws-error.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import { checkDelete } from './conditions.ts';
import { checkVersionId, newVersionId } from './object-versions.ts';

interface Asked {
  readonly key: string;
  readonly versionId: string | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const BYPASS = 'x-amz-bypass-governance-retention';

/** Whatever its value: without Object Lock there is nothing to go round. */
export function checkBypass(headers: Asked['headers'], { objectLock }: Bucket): void {
  if (headers[BYPASS] !== undefined && !objectLock)
    throw new AwsError('InvalidArgument', `${BYPASS} is only applicable to Object Lock enabled buckets.`, {
      members: { ArgumentName: BYPASS },
    });
}

export function deleteObject({ key, versionId, headers }: Asked, bucket: Bucket): Record<string, string> {
  const { objects, versioning } = bucket;
  checkVersionId(versionId);
  checkDelete(objects.current(key), headers);
  if (versionId !== null) {
    const version = objects.version(key, versionId);
    if (version !== undefined && isLocked(version, headers[BYPASS] === 'true'))
      throw new AwsError('AccessDenied', 'Access Denied because object protected by object lock.', {
        status: 403,
      });
    objects.remove(key, versionId);
    return {
      ...(version?.deleteMarker === true && { 'x-amz-delete-marker': 'true' }),
      'x-amz-version-id': versionId,
    };
  }
  if (versioning === '') {
    objects.remove(key);
    return {};
  }
  const marker: ObjectVersion = {
    key,
    versionId: newVersionId(bucket),
    deleteMarker: true,
    body: Buffer.alloc(0),
    etag: '',
    lastModified: Date.now(),
    headers: {},
    metadata: {},
    storageClass: 'STANDARD',
    grants: [],
    tags: {},
    annotations: new Map(),
  };
  objects.put(marker, versioning);
  return { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId };
}

/** By a hold, or by a retention that runs and that the caller may not, or does not, go round. */
function isLocked({ headers }: ObjectVersion, bypassesGovernance: boolean): boolean {
  if (headers['x-amz-object-lock-legal-hold'] === 'ON') return true;
  const mode = headers['x-amz-object-lock-mode'];
  const until = Date.parse(headers['x-amz-object-lock-retain-until-date'] ?? '');
  if (mode === undefined || until <= Date.now()) return false;
  return mode === 'COMPLIANCE' || !bypassesGovernance;
}
