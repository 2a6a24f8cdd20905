import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import { checksumKindXml } from './checksums.ts';
import { commonPrefix, isBefore } from './grouped-page.ts';
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

export function wantedBy(query: URLSearchParams, startAfter: string, pageSize: number): Wanted {
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
    throw new AwsError('InvalidArgument', 'Argument max-keys must be an integer between 0 and 2147483647', {
      members: { ArgumentName: 'max-keys', ArgumentValue: query.get('max-keys') },
    });
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
    ({ key, etag, lastModified, body, storageClass, checksum }) =>
      `<Contents><Key>${name(key)}</Key><LastModified>${new Date(lastModified).toISOString()}</LastModified><ETag>${escapeXml(etag)}</ETag>${checksumKindXml(checksum)}<Size>${body.length}</Size>${owned}<StorageClass>${storageClass}</StorageClass></Contents>`,
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
    const common = commonPrefix(key, { prefix, delimiter });
    if (common !== undefined && (common === prefixes.at(-1) || isBefore(common, startAfter))) continue;
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
    throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect', {
      members: { ArgumentName: 'continuation-token' },
    });
  return key;
}
