import { createHash, randomBytes } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import type { S3Request } from './s3-request.ts';

/** An id that S3 has made can be told from any other text, whether or not the version is still there. */
export function newVersionId({ versioning }: Bucket): string {
  if (versioning !== 'Enabled') return 'null';
  const order = Buffer.alloc(6);
  order.writeUIntBE(++made, 0, 6);
  const random = spelled(Buffer.concat([randomBytes(12), order]));
  return random + markOf(random);
}

/** How many ids were made. An id holds its number, so that a listing goes on behind a version that is gone. */
let made = 0;
const RANDOM_LENGTH = 24;

/** Later ones are higher. */
export function orderOf(versionId: string): number {
  const bytes = Buffer.from(versionId.slice(0, RANDOM_LENGTH).replaceAll('.', '-'), 'base64url');
  return bytes.length === 18 ? bytes.readUIntBE(12, 6) : Number.NaN;
}

export function isVersionId(text: string): boolean {
  return text === 'null' || text.slice(RANDOM_LENGTH) === markOf(text.slice(0, RANDOM_LENGTH));
}

function markOf(random: string): string {
  return spelled(createHash('sha256').update(random).digest()).slice(0, 8);
}

function spelled(bytes: Buffer): string {
  return bytes.toString('base64url').replaceAll('-', '.');
}

/** @throws AwsError for what cannot be the id of a version */
export function checkVersionId(versionId: string | null): void {
  if (versionId !== null && !isVersionId(versionId))
    throw new AwsError('InvalidArgument', 'Invalid version id specified', {
      members: { ArgumentName: 'versionId', ArgumentValue: versionId },
    });
}

/** Of which object, or which version of it, a request tells. */
export type Asked = Pick<S3Request, 'method' | 'key' | 'query'>;

/**
 * The object, or the version that is asked for. S3 shows a delete marker to nobody: the latest one is as if there were no
 * object, and one that is named by its id cannot be read.
 *
 * @throws AwsError NoSuchKey, NoSuchVersion, MethodNotAllowed
 */
export function readable(asked: Asked, bucket: Bucket): ObjectVersion {
  const version = versionOf(asked, bucket);
  if (!version.deleteMarker) return version;
  if (asked.query.get('versionId') !== null) throw ofMarker(asked.method, version);
  throw noSuchKey(asked.key, { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId });
}

/** The same for its tags: those of a delete marker are refused, even where it is the latest version. */
export function taggable(asked: Asked, bucket: Bucket): ObjectVersion {
  const version = versionOf(asked, bucket);
  if (version.deleteMarker) throw ofMarker(asked.method, version);
  return version;
}

function versionOf({ key, query }: Asked, { objects }: Bucket): ObjectVersion {
  const versionId = query.get('versionId');
  checkVersionId(versionId);
  const version = versionId === null ? objects.newest(key) : objects.version(key, versionId);
  if (version !== undefined) return version;
  if (versionId === null) throw noSuchKey(key);
  throw new AwsError('NoSuchVersion', 'The specified version does not exist.', {
    status: 404,
    members: { Key: key, VersionId: versionId },
  });
}

export function noSuchKey(key: string, headers: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', {
    status: 404,
    members: { Key: key },
    headers,
  });
}

function ofMarker(method: string, { lastModified, versionId }: ObjectVersion): AwsError {
  return new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    status: 405,
    members: { Method: method, ResourceType: 'DeleteMarker' },
    headers: {
      allow: 'DELETE',
      'last-modified': new Date(lastModified).toUTCString(),
      'x-amz-delete-marker': 'true',
      'x-amz-version-id': versionId,
    },
  });
}
