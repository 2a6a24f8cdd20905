import { AwsError } from '../protocol/aws-error.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import { checkEncryption, defaultLocks, encryptionHeaders } from './bucket-defaults.ts';
import { shownMetadata, storedMetadata } from './metadata-words.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** Headers of a write that GET and HEAD return unchanged. */
const CONTENT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];
const OWN_HEADERS = [
  'x-amz-object-lock-event-hold',
  'x-amz-object-lock-event-hold-duration-days',
  'x-amz-object-lock-event-hold-duration-years',
  'x-amz-object-lock-legal-hold',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-website-redirect-location',
];
const METADATA_PREFIX = 'x-amz-meta-';
/** S3 counts names and values of user-defined metadata together. */
const MAX_METADATA_BYTES = 2 * 1024;

export type Attributes = Pick<ObjectVersion, 'headers' | 'metadata' | 'storageClass' | 'grants'>;

/** What a PUT, or a copy that replaces metadata, says about its object. Everything else takes its default. */
export function attributesFrom(headers: Headers, bucket: Bucket): Attributes {
  return {
    headers: { ...contentHeaders(headers), ...ownHeaders(headers, bucket) },
    metadata: metadataFrom(headers),
    storageClass: storageClass(headers),
    grants: grantsFrom(headers, bucket),
  };
}

/**
 * A copy that keeps metadata also keeps content headers, and nothing else: class, encryption, lock and grants come from
 * the request.
 */
export function attributesOfCopy(source: ObjectVersion, headers: Headers, bucket: Bucket): Attributes {
  const kept = Object.fromEntries(
    Object.entries(source.headers).filter(([name]) => CONTENT_HEADERS.includes(name)),
  );
  return {
    headers: { ...kept, ...ownHeaders(headers, bucket) },
    metadata: source.metadata,
    storageClass: storageClass(headers),
    grants: grantsFrom(headers, bucket),
  };
}

function contentHeaders(headers: Headers): Record<string, string> {
  const found = CONTENT_HEADERS.flatMap(name =>
    headers[name] === undefined ? [] : [[name, headers[name]] as const],
  );
  return { 'content-type': 'binary/octet-stream', ...Object.fromEntries(found) };
}

function ownHeaders(headers: Headers, bucket: Bucket): Record<string, string> {
  checkEncryption(headers, bucket);
  const all: Headers = { ...defaultLocks(headers, bucket), ...headers };
  const found = OWN_HEADERS.flatMap(name => (all[name] === undefined ? [] : [[name, all[name]] as const]));
  if (!bucket.objectLock && found.some(([name]) => name.startsWith('x-amz-object-lock')))
    throw new AwsError('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  const until = headers[UNTIL];
  checkRetention(headers[MODE], until);
  if (until !== undefined && Date.parse(until) <= Date.now())
    throw new AwsError('InvalidArgument', 'The retain until date must be in the future!');
  return { ...(encryptionHeaders(headers, bucket) as Record<string, string>), ...Object.fromEntries(found) };
}

const MODE = 'x-amz-object-lock-mode';
const UNTIL = 'x-amz-object-lock-retain-until-date';

/** A retention has a mode and a date. */
function checkRetention(mode: string | undefined, until: string | undefined): void {
  const missing = mode === undefined ? MODE : UNTIL;
  if ((mode === undefined) !== (until === undefined))
    throw new AwsError('InvalidArgument', `${UNTIL} and ${MODE} must both be supplied`, {
      members: { ArgumentName: missing },
    });
  if (mode !== undefined && mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE')
    throw new AwsError('InvalidArgument', 'Unknown wormMode directive.', {
      members: { ArgumentName: MODE, ArgumentValue: mode },
    });
}

function metadataFrom(headers: Headers): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(METADATA_PREFIX) && value !== undefined
      ? [[name.slice(METADATA_PREFIX.length), storedMetadata(value)] as const]
      : [],
  );
  const bytes = entries.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (bytes > MAX_METADATA_BYTES)
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
  return Object.fromEntries(entries);
}

const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
];

function storageClass(headers: Headers): string {
  const value = headers['x-amz-storage-class'] ?? 'STANDARD';
  if (!STORAGE_CLASSES.includes(value))
    throw new AwsError('InvalidStorageClass', 'The storage class you specified is not valid', {
      members: { StorageClassRequested: value },
    });
  return value;
}

const CANNED: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  private: [],
  'public-read': [['uri="http://acs.amazonaws.com/groups/global/AllUsers"', 'READ']],
  'authenticated-read': [['uri="http://acs.amazonaws.com/groups/global/AuthenticatedUsers"', 'READ']],
  'bucket-owner-full-control': [],
};
const GRANT_HEADERS: Readonly<Record<string, string>> = {
  'x-amz-grant-full-control': 'FULL_CONTROL',
  'x-amz-grant-read': 'READ',
  'x-amz-grant-read-acp': 'READ_ACP',
  'x-amz-grant-write-acp': 'WRITE_ACP',
};

function grantsFrom(headers: Headers, { ownership, accountId }: Bucket): ObjectVersion['grants'] {
  const explicit = Object.entries(GRANT_HEADERS).flatMap(([header, permission]) =>
    (headers[header] ?? '')
      .split(',')
      .map(text => text.trim())
      .filter(Boolean)
      .map(grantee => ({ grantee, permission })),
  );
  const canned = headers['x-amz-acl'];
  if (ownership === 'BucketOwnerEnforced') {
    if (explicit.length > 0 || (canned !== undefined && canned !== 'bucket-owner-full-control'))
      throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
    return [];
  }
  if (explicit.length > 0) return explicit;
  const owner = { grantee: `id="${accountId}"`, permission: 'FULL_CONTROL' };
  return [
    owner,
    ...(CANNED[canned ?? 'private'] ?? []).map(([grantee, permission]) => ({ grantee, permission })),
  ];
}

/** The reply headers of GET and HEAD. */
export function replyHeaders(version: ObjectVersion, { versioning }: Bucket): Record<string, string> {
  const metadata = Object.entries(version.metadata).map(
    ([name, value]) => [METADATA_PREFIX + name, shownMetadata(value)] as const,
  );
  const tagCount = Object.keys(version.tags).length;
  return {
    ...version.headers,
    ...Object.fromEntries(metadata),
    'accept-ranges': 'bytes',
    etag: version.etag,
    'last-modified': new Date(version.lastModified).toUTCString(),
    ...(version.storageClass !== 'STANDARD' && { 'x-amz-storage-class': version.storageClass }),
    ...(versioning !== '' && { 'x-amz-version-id': version.versionId }),
    ...(tagCount > 0 && { 'x-amz-tagging-count': String(tagCount) }),
  };
}
