import { createHash, randomBytes } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import { checksumHeaders, verifyChecksums } from './checksums.ts';
import { checkRead, checkWrite } from './conditions.ts';
import { checkCustomerKey, CUSTOMER_KEY_MD5 } from './customer-keys.ts';
import { attributesFrom, replyHeaders } from './object-attributes.ts';
import { newVersionId, readable } from './object-versions.ts';
import { checkReadable, restoreHeader } from './restore.ts';
import { emptyResponse, type S3Request } from './s3-request.ts';
import { tagsOfHeader } from './tags.ts';

export function putObject(request: S3Request, bucket: Bucket): AwsResponse {
  const { key, headers, body } = request;
  checkWrite(bucket, key, headers);
  const checksum = verifyChecksums(body, headers);
  const attributes = attributesFrom(headers, bucket);
  const version: ObjectVersion = {
    key,
    versionId: newVersionId(bucket),
    deleteMarker: false,
    body,
    lastModified: Date.now(),
    ...attributes,
    etag: etagOfObject(body, attributes.headers),
    tags: tagsOfHeader(headers['x-amz-tagging']),
    annotations: new Map(),
    checksum,
  };
  bucket.objects.put(version, bucket.versioning);
  // S3 shows the version `null` to readers, and not to whom PutObject is answered.
  const { 'x-amz-version-id': versionId, ...shown } = writeHeaders(version, bucket);
  return emptyResponse(200, {
    ...shown,
    ...(versionId !== undefined && versionId !== 'null' && { 'x-amz-version-id': versionId }),
    ...checksumHeaders(checksum),
  });
}

export function writeHeaders(version: ObjectVersion, bucket: Bucket): Record<string, string> {
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

/** API reference, Object: a digest of the data, and none where a key of KMS or of the customer encrypts it. */
export function etagOfObject(body: Buffer, headers: ObjectVersion['headers']): string {
  const isDigest =
    headers[CUSTOMER_KEY_MD5] === undefined && headers['x-amz-server-side-encryption'] === 'AES256';
  return isDigest ? etagOf(body) : `"${randomBytes(16).toString('hex')}"`;
}

export function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** GET and HEAD. */
export function getObject(request: S3Request, bucket: Bucket): AwsResponse {
  const version = readable(request, bucket);
  checkCustomerKey(version, request.headers);
  if (checkRead(version, request.headers) === 'not-modified')
    return emptyResponse(304, { etag: version.etag });
  if (request.method === 'GET') checkReadable(version);
  const checksum = checksumHeader(version, request);
  const headers = { ...replyHeaders(version, bucket), ...restoreHeader(version), ...checksum };
  const answer = ranged(version.body, request.headers['range'], headers);
  return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
}

/** S3 shows it with all bytes, whether or not a range asked for them. */
function checksumHeader({ checksum, body }: ObjectVersion, { headers }: S3Request): Record<string, string> {
  const range = rangeOf(headers['range'], body.length);
  const isWhole = range === undefined || range.end + 1 - range.start === body.length;
  return checksum !== undefined && headers['x-amz-checksum-mode'] === 'ENABLED' && isWhole
    ? checksumHeaders(checksum)
    : {};
}

/** `undefined` for what is no range of bytes: S3 answers all of them. */
function rangeOf(
  range: string | undefined,
  length: number,
): { readonly start: number; readonly end: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (range === undefined || (from === '' && to === '')) return undefined;
  if (from !== '' && to !== '' && Number(from) > Number(to)) return undefined;
  const start = from === '' ? Math.max(0, length - Number(to)) : Number(from);
  const end = from === '' || to === '' ? length - 1 : Math.min(Number(to), length - 1);
  if (start <= end) return { start, end };
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', {
    status: 416,
    members: { ActualObjectSize: length, RangeRequested: range },
  });
}

function ranged(body: Buffer, asked: string | undefined, headers: Record<string, string>): AwsResponse {
  const range = rangeOf(asked, body.length);
  if (range === undefined)
    return { status: 200, headers: { ...headers, 'content-length': String(body.length) }, body };
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(end + 1 - start),
      'content-range': `bytes ${start}-${end}/${body.length}`,
    },
    body: body.subarray(start, end + 1),
  };
}
