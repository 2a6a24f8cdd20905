import { AwsError } from '../protocol/aws-error.ts';
import { newVersionId, type Bucket, type ObjectVersion } from './bucket.ts';

export function deleteObject(key: string, versionId: string | null, bucket: Bucket): Record<string, string> {
  const { objects, versioning } = bucket;
  if (versionId !== null) {
    const version = objects.version(key, versionId);
    if (
      version?.headers['x-amz-object-lock-mode'] !== undefined ||
      version?.headers['x-amz-object-lock-legal-hold'] === 'ON'
    )
      throw new AwsError('AccessDenied', 'Access Denied because object protected by object lock.', {
        status: 403,
      });
    objects.remove(key, versionId);
    return { 'x-amz-version-id': versionId };
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
