import { createHash } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import { newVersionId, type Bucket, type Buckets, type ObjectVersion } from './bucket.ts';
import { verifyChecksums } from './checksums.ts';
import { checkCopySource, checkRead, checkWrite } from './conditions.ts';
import { copySourceOf } from './copy-source.ts';
import { attributesFrom, attributesOfCopy, replyHeaders } from './object-attributes.ts';
import { emptyResponse, escapeXml, xmlResponse, type S3Request } from './s3-request.ts';

/** One PUT and one CopyObject take up to 5 GiB. */
const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
const ARCHIVED = ['GLACIER', 'DEEP_ARCHIVE'];

export function putObject(request: S3Request, bucket: Bucket): AwsResponse {
  const { key, headers, body } = request;
  checkWrite(bucket.objects.current(key), headers);
  const checksum = verifyChecksums(body, headers);
  const version: ObjectVersion = {
    key,
    versionId: newVersionId(bucket),
    deleteMarker: false,
    body,
    etag: etagOf(body),
    lastModified: Date.now(),
    ...attributesFrom(headers, bucket),
    tags: Object.fromEntries(new URLSearchParams(headers['x-amz-tagging'] ?? '')),
    ...(checksum !== undefined && { checksum }),
  };
  bucket.objects.put(version, bucket.versioning);
  return emptyResponse(200, writeHeaders(version, bucket));
}

function writeHeaders(version: ObjectVersion, bucket: Bucket): Record<string, string> {
  return {
    etag: version.etag,
    ...(bucket.versioning !== '' && { 'x-amz-version-id': version.versionId }),
    ...pick(version.headers, name => name.startsWith('x-amz-server-side-encryption')),
  };
}

function pick(
  headers: Readonly<Record<string, string>>,
  wanted: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => wanted(name)));
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** GET and HEAD. */
export function getObject(request: S3Request, bucket: Bucket): AwsResponse {
  const version = readable(request.key, request.query.get('versionId'), bucket);
  if (checkRead(version, request.headers) === 'not-modified')
    return emptyResponse(304, { etag: version.etag });
  if (request.method === 'GET' && ARCHIVED.includes(version.storageClass))
    throw new AwsError('InvalidObjectState', "The operation is not valid for the object's storage class", {
      status: 403,
    });
  const checksum = checksumHeader(version, request);
  const headers = { ...replyHeaders(version, bucket), ...checksum };
  if (request.method === 'HEAD')
    return { status: 200, headers: { ...headers, 'content-length': String(version.body.length) }, body: '' };
  return ranged(version.body, request.headers['range'], headers);
}

function checksumHeader({ checksum }: ObjectVersion, { headers }: S3Request): Record<string, string> {
  if (
    checksum === undefined ||
    headers['x-amz-checksum-mode'] !== 'ENABLED' ||
    headers['range'] !== undefined
  )
    return {};
  return { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value };
}

function ranged(body: Buffer, range: string | undefined, headers: Record<string, string>): AwsResponse {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (range === undefined || (from === '' && to === '')) return { status: 200, headers, body };
  const start = from === '' ? Math.max(0, body.length - Number(to)) : Number(from);
  const end = from === '' || to === '' ? body.length - 1 : Math.min(Number(to), body.length - 1);
  if (start > end)
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', { status: 416 });
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end}/${body.length}` },
    body: body.subarray(start, end + 1),
  };
}

/** The object, or the requested version. Deleted and missing ones have errors of their own. */
export function readable(key: string, versionId: string | null, bucket: Bucket): ObjectVersion {
  const version = versionId === null ? bucket.objects.newest(key) : bucket.objects.version(key, versionId);
  if (version === undefined && versionId !== null)
    throw new AwsError('NoSuchVersion', 'The specified version does not exist.', { status: 404 });
  if (version === undefined || version.deleteMarker)
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', {
      status: 404,
      members: { Key: key },
    });
  return version;
}

export function copyObject(request: S3Request, bucket: Bucket, buckets: Buckets): AwsResponse {
  const { key, headers } = request;
  const { source, sourceBucket } = copySource(headers['x-amz-copy-source'] ?? '', buckets);
  checkCopySource(source, headers);
  checkWrite(bucket.objects.current(key), headers);
  if (source.body.length > MAX_OBJECT_BYTES)
    throw new AwsError(
      'InvalidRequest',
      'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    );
  if (ARCHIVED.includes(source.storageClass))
    throw new AwsError('InvalidObjectState', "Operation is not valid for the source object's storage class", {
      status: 403,
    });
  const replaces = headers['x-amz-metadata-directive'] === 'REPLACE';
  const sameObject = sourceBucket === bucket && source.key === key && source === bucket.objects.current(key);
  if (sameObject && !replaces && !changesSomething(headers)) {
    throw new AwsError(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const version: ObjectVersion = {
    key,
    versionId: newVersionId(bucket),
    deleteMarker: false,
    body: source.body,
    // A copy is written as one part, so the ETag of a multipart source is not kept.
    etag: etagOf(source.body),
    lastModified: Date.now(),
    ...(replaces ? attributesFrom(headers, bucket) : attributesOfCopy(source, headers, bucket)),
    tags:
      headers['x-amz-tagging-directive'] === 'REPLACE'
        ? Object.fromEntries(new URLSearchParams(headers['x-amz-tagging'] ?? ''))
        : source.tags,
    ...(source.checksum !== undefined && { checksum: source.checksum }),
  };
  bucket.objects.put(version, bucket.versioning);
  const result = `<CopyObjectResult><ETag>${escapeXml(version.etag)}</ETag><LastModified>${new Date(version.lastModified).toISOString()}</LastModified></CopyObjectResult>`;
  return xmlResponse(result, 200, writeHeaders(version, bucket));
}

function copySource(
  header: string,
  buckets: Buckets,
): { readonly source: ObjectVersion; readonly sourceBucket: Bucket } {
  const { bucketName, key, versionId } = copySourceOf(header);
  const sourceBucket = buckets.get(bucketName);
  return { source: readable(key, versionId, sourceBucket), sourceBucket };
}

function changesSomething(headers: S3Request['headers']): boolean {
  return ['x-amz-storage-class', 'x-amz-server-side-encryption', 'x-amz-website-redirect-location'].some(
    name => headers[name] !== undefined,
  );
}

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
  };
  objects.put(marker, versioning);
  return { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId };
}
