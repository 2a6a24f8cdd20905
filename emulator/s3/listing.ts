import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import { lowerBound } from './key-order.ts';
import { escapeXml, xmlResponse, type S3Request } from './s3-request.ts';

const MAX_KEYS = 1000;

interface Page {
  readonly objects: readonly ObjectVersion[];
  readonly prefixes: readonly string[];
  /** The last key or common prefix of this page, if more follows. */
  readonly next?: string;
}

/** ListObjectsV2. Continuation tokens are opaque; pages never hold more than 1,000 entries. */
export function listObjects({ query }: S3Request, bucket: Bucket, pageSize: number): AwsResponse {
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const startAfter = token === null ? (query.get('start-after') ?? '') : decodeToken(token);
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), pageSize);
  const page = readPage(bucket, { prefix, startAfter, delimiter, maxKeys });
  const name = query.get('encoding-type') === 'url' ? encodeKey : escapeXml;
  const contents = page.objects.map(
    ({ key, etag, lastModified, body, storageClass }) =>
      `<Contents><Key>${name(key)}</Key><LastModified>${new Date(lastModified).toISOString()}</LastModified><ETag>${escapeXml(etag)}</ETag><Size>${body.length}</Size><StorageClass>${storageClass}</StorageClass></Contents>`,
  );
  const prefixes = page.prefixes.map(
    common => `<CommonPrefixes><Prefix>${name(common)}</Prefix></CommonPrefixes>`,
  );
  const next =
    page.next === undefined ? '' : `<NextContinuationToken>${encodeToken(page.next)}</NextContinuationToken>`;
  return xmlResponse(
    `<ListBucketResult><Name>${bucket.name}</Name><Prefix>${name(prefix)}</Prefix><KeyCount>${page.objects.length + page.prefixes.length}</KeyCount><MaxKeys>${maxKeys}</MaxKeys><IsTruncated>${page.next !== undefined}</IsTruncated>${next}${contents.join('')}${prefixes.join('')}</ListBucketResult>`,
  );
}

function readPage(
  bucket: Bucket,
  {
    prefix,
    startAfter,
    delimiter,
    maxKeys,
  }: { prefix: string; startAfter: string; delimiter: string; maxKeys: number },
): Page {
  const { keys } = bucket.objects;
  const objects: ObjectVersion[] = [];
  const prefixes: string[] = [];
  let last = startAfter;
  for (
    let index = Math.max(lowerBound(keys, prefix), lowerBound(keys, startAfter, startAfter !== ''));
    index < keys.length;
    index++
  ) {
    const key = keys[index] ?? '';
    if (!key.startsWith(prefix)) break;
    const object = bucket.objects.current(key);
    if (object === undefined) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end === -1 ? undefined : key.slice(0, end + delimiter.length);
    if (
      common !== undefined &&
      (common === prefixes.at(-1) || (startAfter !== '' && startAfter.startsWith(common)))
    )
      continue;
    if (objects.length + prefixes.length >= maxKeys) return { objects, prefixes, next: last };
    if (common === undefined) objects.push(object);
    else prefixes.push(common);
    last = common ?? key;
  }
  return { objects, prefixes };
}

function encodeToken(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64');
}

function decodeToken(token: string): string {
  const key = Buffer.from(token, 'base64').toString('utf8');
  if (encodeToken(key) !== token)
    throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
  return key;
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

/** ListObjectVersions, newest first within a key. */
export function listVersions({ query }: S3Request, bucket: Bucket, pageSize: number): AwsResponse {
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const versionMarker = query.get('version-id-marker');
  const maxKeys = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), pageSize);
  const { keys } = bucket.objects;
  const entries = keys
    .slice(
      Math.max(
        lowerBound(keys, prefix),
        lowerBound(keys, keyMarker, versionMarker === null && keyMarker !== ''),
      ),
    )
    .filter(key => key.startsWith(prefix))
    .flatMap(key => bucket.objects.versionsOf(key).toReversed());
  const marker = entries.findIndex(({ key, versionId }) => key === keyMarker && versionId === versionMarker);
  const rest = entries.slice(versionMarker === null ? 0 : marker + 1);
  const page = rest.slice(0, maxKeys);
  const truncated = rest.length > maxKeys;
  const last = page.at(-1);
  const next =
    truncated && last !== undefined
      ? `<NextKeyMarker>${escapeXml(last.key)}</NextKeyMarker><NextVersionIdMarker>${last.versionId}</NextVersionIdMarker>`
      : '';
  return xmlResponse(
    `<ListVersionsResult><Name>${bucket.name}</Name><Prefix>${escapeXml(prefix)}</Prefix><MaxKeys>${maxKeys}</MaxKeys><IsTruncated>${truncated}</IsTruncated>${next}${page.map(version => versionXml(version, bucket)).join('')}</ListVersionsResult>`,
  );
}

function versionXml(
  { key, versionId, deleteMarker, lastModified, etag, body, storageClass }: ObjectVersion,
  bucket: Bucket,
): string {
  const latest = bucket.objects.newest(key)?.versionId === versionId;
  const common = `<Key>${escapeXml(key)}</Key><VersionId>${versionId}</VersionId><IsLatest>${latest}</IsLatest><LastModified>${new Date(lastModified).toISOString()}</LastModified>`;
  if (deleteMarker) return `<DeleteMarker>${common}</DeleteMarker>`;
  return `<Version>${common}<ETag>${escapeXml(etag)}</ETag><Size>${body.length}</Size><StorageClass>${storageClass}</StorageClass></Version>`;
}
