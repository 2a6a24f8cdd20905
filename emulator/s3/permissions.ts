import type { Authorization, ConditionKeys } from '../protocol/authorization.ts';
import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import { copySourceOf } from './copy-source.ts';
import type { Bucket, Buckets, ObjectVersion } from './bucket.ts';
import type { Named } from './delete-objects.ts';
import type { S3Request } from './s3-request.ts';
import { keysUsed, type KeyUse } from './server-side-keys.ts';

/** What a request needs: an action on a bucket, or on an object in it. */
interface Need {
  readonly action: string;
  readonly bucket: Bucket;
  /** Of the object; `undefined` for the bucket itself. */
  readonly key?: string;
  readonly conditions?: ConditionKeys;
}

/** Actions on buckets by method and sub-resource. Where S3 names them otherwise than its operations, so does this. */
const ON_BUCKET: Readonly<Record<string, string>> = {
  GET: 'ListBucket',
  HEAD: 'ListBucket',
  DELETE: 'DeleteBucket',
  'GET versions': 'ListBucketVersions',
  'GET location': 'GetBucketLocation',
  'GET versioning': 'GetBucketVersioning',
  'PUT versioning': 'PutBucketVersioning',
  'GET ownershipControls': 'GetBucketOwnershipControls',
  'PUT ownershipControls': 'PutBucketOwnershipControls',
  'GET encryption': 'GetEncryptionConfiguration',
  'PUT encryption': 'PutEncryptionConfiguration',
  'GET object-lock': 'GetBucketObjectLockConfiguration',
  'PUT object-lock': 'PutBucketObjectLockConfiguration',
  'GET uploads': 'ListBucketMultipartUploads',
  'GET notification': 'GetBucketNotification',
  'PUT notification': 'PutBucketNotification',
};

/** Actions on objects. Each part of a multipart upload is a PutObject. */
const ON_OBJECT: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  HEAD: 'GetObject',
  PUT: 'PutObject',
  DELETE: 'DeleteObject',
  'GET tagging': 'GetObjectTagging',
  'PUT tagging': 'PutObjectTagging',
  'DELETE tagging': 'DeleteObjectTagging',
  'GET acl': 'GetObjectAcl',
  'PUT acl': 'PutObjectAcl',
  'GET annotation': 'ListObjectAnnotations',
  'GET annotationName': 'GetObjectAnnotation',
  'PUT annotation': 'PutObjectAnnotation',
  'PUT annotationName': 'PutObjectAnnotation',
  'DELETE annotation': 'DeleteObjectAnnotation',
  'DELETE annotationName': 'DeleteObjectAnnotation',
  'POST restore': 'RestoreObject',
  'PUT encryption': 'UpdateObjectEncryption',
  'POST uploads': 'PutObject',
  'PUT uploadId': 'PutObject',
  'POST uploadId': 'PutObject',
  'DELETE uploadId': 'AbortMultipartUpload',
  'GET uploadId': 'ListMultipartUploadParts',
};

/** Actions that have a twin for versions: `GetObjectVersion`, `GetObjectVersionTagging`, `ListObjectVersionAnnotations`. */
const OF_VERSIONS = /^(Get|Put|Delete|List)Object(Tagging|Acl|Annotations?|)$/;

/** What a write needs besides PutObject, by its headers. */
const BY_HEADER: readonly (readonly [RegExp, string])[] = [
  [/^x-amz-tagging$/, 'PutObjectTagging'],
  [/^x-amz-(acl|grant-.*)$/, 'PutObjectAcl'],
  [/^x-amz-object-lock-(mode|retain-until-date)$/, 'PutObjectRetention'],
  [/^x-amz-object-lock-legal-hold$/, 'PutObjectLegalHold'],
];

/** S3 leaves these out of its answer for callers without the permission, and answers all the same. */
const SHOWN_TO: readonly (readonly [RegExp, string])[] = [
  [/^x-amz-object-lock-(mode|retain-until-date)$/, 'GetObjectRetention'],
  [/^x-amz-object-lock-legal-hold$/, 'GetObjectLegalHold'],
  [/^x-amz-tagging-count$/, 'GetObjectTagging'],
];

/** @throws AwsError if the caller may not use the key */
export type UseKey = (use: KeyUse, at: OperationContext) => void;

/** Asks IAM about buckets and objects, with the bucket's policy. */
export class S3Permissions {
  readonly #buckets: Buckets;
  readonly #useKey: UseKey;

  constructor(buckets: Buckets, useKey: UseKey = () => undefined) {
    this.#buckets = buckets;
    this.#useKey = useKey;
  }

  /**
   * All that a request needs. Nothing is asked about a bucket that does not exist or is elsewhere: S3 says so to anyone.
   *
   * @throws AwsError AccessDenied
   */
  need(request: S3Request, subresource: string): void {
    const { method, bucket: name, key, accountId } = request;
    const { iam } = request.at;
    const operation = `${method} ${subresource}`.trim();
    if (name === '')
      return iam.need({ action: 's3:ListAllMyBuckets', resource: '*', resourceAccountId: accountId });
    const bucket = this.#buckets.find(name);
    if (operation === 'PUT' && key === '')
      return iam.need({ action: 's3:CreateBucket', resource: arnOf(name), resourceAccountId: accountId });
    if (bucket === undefined || bucket.region !== request.region) return;
    const needs =
      key === '' ? onBucket(request, bucket, operation) : this.#onObject(request, bucket, operation);
    for (const need of needs) this.#ask(iam, need, 'need');
    for (const use of keysUsed(request, operation, this.#buckets)) this.#useKey(use, request.at);
  }

  /**
   * What it takes to delete one of the objects that a request names: S3 denies them one by one.
   *
   * @throws AwsError AccessDenied
   */
  needToDelete(request: S3Request, { Key: key, VersionId }: Named): void {
    const bucket = this.#buckets.get(request.bucket);
    const own = { action: versioned('DeleteObject', VersionId !== undefined), bucket, key };
    for (const need of [own, ...bypassing(request.headers, own)]) this.#ask(request.at.iam, need, 'need');
  }

  /** The reply's headers that the caller may see. */
  shown(request: S3Request, headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const bucket = this.#buckets.find(request.bucket);
    if (bucket === undefined || request.key === '' || !['GET', 'HEAD'].includes(request.method))
      return headers;
    const hidden = SHOWN_TO.filter(
      ([pattern, action]) =>
        Object.keys(headers).some(name => pattern.test(name)) &&
        !this.#ask(request.at.iam, { action, bucket, key: request.key }, 'has'),
    );
    return Object.fromEntries(
      Object.entries(headers).filter(([name]) => !hidden.some(([pattern]) => pattern.test(name))),
    );
  }

  /** Who may not list a bucket does not learn that an object is missing: 403 instead of 404. */
  told(error: AwsError, request: S3Request): AwsError {
    if (error.code !== 'NoSuchKey' && error.code !== 'NoSuchVersion') return error;
    // A copy misses its source.
    const source = request.headers['x-amz-copy-source'];
    const bucket = this.#buckets.find(
      source === undefined ? request.bucket : copySourceOf(source).bucketName,
    );
    const action = error.code === 'NoSuchKey' ? 'ListBucket' : 'ListBucketVersions';
    if (bucket === undefined || this.#ask(request.at.iam, { action, bucket }, 'has')) return error;
    return new AwsError('AccessDenied', 'Access Denied', { status: 403 });
  }

  #onObject(request: S3Request, bucket: Bucket, operation: string): readonly Need[] {
    const { headers, key, query } = request;
    const action = versioned(ON_OBJECT[operation] ?? operation, query.has('versionId'));
    const conditions = headerConditions(headers);
    const own: Need = { action, bucket, key, conditions };
    if (operation === 'DELETE') return [own, ...bypassing(headers, own)];
    if (action !== 'PutObject') return [own];
    const besides = BY_HEADER.filter(([pattern]) =>
      Object.entries(headers).some(([name, value]) => value !== undefined && pattern.test(name)),
    ).map(([, needed]): Need => ({ action: needed, bucket, key, conditions }));
    const source = headers['x-amz-copy-source'];
    const copying = source === undefined ? [] : this.#copying(source, own, query.has('uploadId'));
    return [...copying, own, ...besides];
  }

  /** A copy reads its source, and what it carries over besides, if there is any. A part carries bytes alone. */
  #copying(source: string, { bucket, key = '', conditions }: Need, isPart: boolean): readonly Need[] {
    const { bucketName, key: sourceKey, versionId } = copySourceOf(source);
    const from = this.#buckets.find(bucketName);
    if (from === undefined) return [];
    const object: ObjectVersion | undefined =
      versionId === null ? from.objects.newest(sourceKey) : from.objects.version(sourceKey, versionId);
    const read = { bucket: from, key: sourceKey, ...(conditions !== undefined && { conditions }) };
    const isVersion = versionId !== null;
    const reading = [{ ...read, action: versioned('GetObject', isVersion) }];
    const carried = isPart ? [] : carriedBy(object, conditions ?? {});
    return [
      ...reading,
      ...carried.map(what => ({ ...read, action: versioned(`GetObject${what}`, isVersion) })),
      ...carried.map(what => ({
        ...{ bucket, key, action: `PutObject${what}` },
        ...(conditions !== undefined && { conditions }),
      })),
    ];
  }

  #ask(iam: Authorization, { action, bucket, key, conditions }: Need, how: 'need' | 'has'): boolean {
    const permission = {
      action: `s3:${action}`,
      resource: key === undefined ? arnOf(bucket.name) : `${arnOf(bucket.name)}/${key}`,
      resourceAccountId: bucket.accountId,
      resourcePolicy: bucket.policy,
      ...(conditions !== undefined && { conditions }),
    };
    if (how === 'has') return iam.has(permission);
    iam.need(permission);
    return true;
  }
}

/** Tags, unless the copy sends its own, and annotations, unless it leaves them out. */
function carriedBy(object: ObjectVersion | undefined, conditions: ConditionKeys): readonly string[] {
  const tagged = Object.keys(object?.tags ?? {}).length > 0;
  const annotated = (object?.annotations.size ?? 0) > 0;
  return [
    ...(tagged && conditions['s3:x-amz-tagging-directive'] !== 'REPLACE' ? ['Tagging'] : []),
    ...(annotated && conditions['s3:x-amz-object-annotation-directive'] !== 'EXCLUDE' ? ['Annotation'] : []),
  ];
}

/** To go round a retention of the mode governance is a permission of its own. */
function bypassing(headers: S3Request['headers'], of: Need): readonly Need[] {
  return headers['x-amz-bypass-governance-retention'] === 'true'
    ? [{ ...of, action: 'BypassGovernanceRetention' }]
    : [];
}

function onBucket({ query }: S3Request, bucket: Bucket, operation: string): readonly Need[] {
  // Each of the objects that it names is asked about when its turn comes.
  if (operation === 'POST delete') return [];
  const conditions = {
    's3:prefix': query.get('prefix') ?? undefined,
    's3:delimiter': query.get('delimiter') ?? undefined,
    's3:max-keys': query.get('max-keys') ?? undefined,
  };
  return [{ action: ON_BUCKET[operation] ?? operation, bucket, conditions }];
}

function versioned(action: string, isVersion: boolean): string {
  return isVersion ? action.replace(OF_VERSIONS, '$1ObjectVersion$2') : action;
}

/** S3 has a condition key for most headers, named after them: `s3:x-amz-acl`. Metadata has none. */
function headerConditions(headers: S3Request['headers']): ConditionKeys {
  const named = Object.entries(headers).filter(
    ([name]) => /^x-amz-/.test(name) && !name.startsWith('x-amz-meta-'),
  );
  return Object.fromEntries(named.map(([name, value]) => [`s3:${name}`, value]));
}

function arnOf(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}
