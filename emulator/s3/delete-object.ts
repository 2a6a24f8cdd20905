import { AwsError } from '../protocol/aws-error.ts';
import { newVersionId, type Bucket, type ObjectVersion } from './bucket.ts';

interface Asked {
  readonly key: string;
  readonly versionId: string | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export function deleteObject({ key, versionId, headers }: Asked, bucket: Bucket): Record<string, string> {
  const { objects, versioning } = bucket;
  if (versionId !== null) {
    const version = objects.version(key, versionId);
    if (version !== undefined && isLocked(version, headers['x-amz-bypass-governance-retention'] === 'true'))
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
