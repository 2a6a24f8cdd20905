import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import { lowerBound } from './key-order.ts';
import { listed } from './listed-names.ts';
import { escapeXml, xmlResponse, type S3Request } from './s3-request.ts';

const MAX_KEYS = 1000;

/** What a listing asks for; pages never hold more than 1,000 entries. */
interface Wanted {
  readonly prefix: string;
  readonly startAfter: string;
  readonly delimiter: string;
  readonly maxKeys: number;
}

interface Page {
  readonly objects: readonly ObjectVersion[];
  readonly prefixes: readonly string[];
  /** The last key or common prefix of this page, if more follows. */
  readonly next?: string;
}

/** ListObjects, with the key or common prefix at which the next page begins. */
export function listObjects(request: S3Request, bucket: Bucket, pageSize: number): AwsResponse {
  const { query } = request;
  const marker = query.get('marker') ?? '';
  const wanted = wantedBy(query, marker, pageSize);
  const page = readPage(bucket, wanted);
  const { name, element, optional } = listed(query);
  // S3 names the next marker where there is a delimiter; else it is the last key of the page.
  const next = page.next !== undefined && wanted.delimiter !== '' ? element('NextMarker', page.next) : '';
  return xmlResponse(
    `<ListBucketResult><Name>${bucket.name}</Name>${element('Prefix', wanted.prefix)}${element('Marker', marker)}${next}${described(page, wanted, optional)}${contents(page, { name, owner: bucket.accountId })}</ListBucketResult>`,
  );
}

/** ListObjectsV2. Continuation tokens are opaque. */
export function listObjectsV2(request: S3Request, bucket: Bucket, pageSize: number): AwsResponse {
  const { query } = request;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const wanted = wantedBy(query, token === null ? startAfter : decodeToken(token), pageSize);
  const page = readPage(bucket, wanted);
  const { name, element, optional } = listed(query);
  const next =
    page.next === undefined ? '' : `<NextContinuationToken>${encodeToken(page.next)}</NextContinuationToken>`;
  const given = token === null ? '' : `<ContinuationToken>${escapeXml(token)}</ContinuationToken>`;
  const owner = query.get('fetch-owner') === 'true' ? bucket.accountId : undefined;
  return xmlResponse(
    `<ListBucketResult><Name>${bucket.name}</Name>${element('Prefix', wanted.prefix)}${optional('StartAfter', startAfter)}<KeyCount>${page.objects.length + page.prefixes.length}</KeyCount>${given}${next}${described(page, wanted, optional)}${contents(page, { name, owner })}</ListBucketResult>`,
  );
}

function wantedBy(query: URLSearchParams, startAfter: string, pageSize: number): Wanted {
  return {
    prefix: query.get('prefix') ?? '',
    startAfter,
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(maxKeysOf(query), pageSize),
  };
}

function maxKeysOf(query: URLSearchParams): number {
  const most = Number(query.get('max-keys') ?? MAX_KEYS);
  if (!Number.isInteger(most) || most < 0)
    throw new AwsError('InvalidArgument', 'Argument max-keys must be an integer between 0 and 2147483647');
  return most;
}

/** What both versions tell of a page. */
function described(
  { next }: Page,
  { maxKeys, delimiter }: Wanted,
  optional: (tag: string, text: string) => string,
): string {
  return `${optional('Delimiter', delimiter)}${optional('EncodingType', '')}<MaxKeys>${maxKeys}</MaxKeys><IsTruncated>${next !== undefined}</IsTruncated>`;
}

function contents(
  { objects, prefixes }: Page,
  { name, owner }: { readonly name: (key: string) => string; readonly owner: string | undefined },
): string {
  const owned = owner === undefined ? '' : `<Owner><ID>${owner}</ID></Owner>`;
  const entries = objects.map(
    ({ key, etag, lastModified, body, storageClass }) =>
      `<Contents><Key>${name(key)}</Key><LastModified>${new Date(lastModified).toISOString()}</LastModified><ETag>${escapeXml(etag)}</ETag><Size>${body.length}</Size>${owned}<StorageClass>${storageClass}</StorageClass></Contents>`,
  );
  const common = prefixes.map(prefix => `<CommonPrefixes><Prefix>${name(prefix)}</Prefix></CommonPrefixes>`);
  return [...entries, ...common].join('');
}

function readPage(bucket: Bucket, { prefix, startAfter, delimiter, maxKeys }: Wanted): Page {
  // A page of none has no next one.
  if (maxKeys === 0) return { objects: [], prefixes: [] };
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

/** ListObjectVersions, newest first within a key. */
export function listVersions({ query }: S3Request, bucket: Bucket, pageSize: number): AwsResponse {
  const { prefix, maxKeys } = wantedBy(query, '', pageSize);
  const { name, element, optional } = listed(query);
  const keyMarker = query.get('key-marker') ?? '';
  const versionMarker = query.get('version-id-marker');
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
      ? `${element('NextKeyMarker', last.key)}<NextVersionIdMarker>${last.versionId}</NextVersionIdMarker>`
      : '';
  const markers = `${element('KeyMarker', keyMarker)}<VersionIdMarker>${escapeXml(versionMarker ?? '')}</VersionIdMarker>`;
  return xmlResponse(
    `<ListVersionsResult><Name>${bucket.name}</Name>${element('Prefix', prefix)}${markers}${optional('EncodingType', '')}<MaxKeys>${maxKeys}</MaxKeys><IsTruncated>${truncated}</IsTruncated>${next}${page.map(version => versionXml(version, bucket, name)).join('')}</ListVersionsResult>`,
  );
}

function versionXml(
  { key, versionId, deleteMarker, lastModified, etag, body, storageClass }: ObjectVersion,
  bucket: Bucket,
  name: (key: string) => string,
): string {
  const latest = bucket.objects.newest(key)?.versionId === versionId;
  const common = `<Key>${name(key)}</Key><VersionId>${versionId}</VersionId><IsLatest>${latest}</IsLatest><LastModified>${new Date(lastModified).toISOString()}</LastModified><Owner><ID>${bucket.accountId}</ID></Owner>`;
  if (deleteMarker) return `<DeleteMarker>${common}</DeleteMarker>`;
  return `<Version>${common}<ETag>${escapeXml(etag)}</ETag><Size>${body.length}</Size><StorageClass>${storageClass}</StorageClass></Version>`;
}
