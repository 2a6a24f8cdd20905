import { copySourceOf } from './copy-source.ts';
import { encryptionHeaders } from './bucket-defaults.ts';
import type { Buckets, ObjectVersion } from './bucket.ts';
import { parseXml, type S3Request } from './s3-request.ts';

/** S3 uses a key for its caller. */
export interface KeyUse {
  readonly operation: 'Decrypt' | 'GenerateDataKey' | 'Encrypt' | 'ReEncryptFrom' | 'ReEncryptTo';
  /** Id, ARN or alias. */
  readonly key: string;
  /** Of the object: the encryption context. */
  readonly objectArn: string;
}

export const ALGORITHM = 'x-amz-server-side-encryption';
export const KEY_ID = 'x-amz-server-side-encryption-aws-kms-key-id';
export const BUCKET_KEY = 'x-amz-server-side-encryption-bucket-key-enabled';

/**
 * The customer managed keys that a request uses: to read an object, to write one, or both for a copy. An annotation is
 * encrypted with the key of its object. HEAD uses a key only to show a checksum. An upload in parts has a data key made when it begins, and decrypted for each part.
 */
export function keysUsed(request: S3Request, operation: string, buckets: Buckets): readonly KeyUse[] {
  const { bucket: name, key, headers, query } = request;
  const own = `arn:aws:s3:::${name}/${key}`;
  switch (operation) {
    case 'GET':
    case 'HEAD': {
      const version = find(buckets, { bucketName: name, key, versionId: query.get('versionId') });
      const opens =
        operation === 'GET' ||
        (headers['x-amz-checksum-mode'] === 'ENABLED' && version?.checksum !== undefined);
      return opens ? use('Decrypt', version?.headers ?? {}, own) : [];
    }
    case 'GET annotationName':
    case 'PUT annotationName': {
      const version = find(buckets, { bucketName: name, key, versionId: query.get('versionId') });
      const how = operation.startsWith('GET') ? 'Decrypt' : 'GenerateDataKey';
      return use(how, version?.headers ?? {}, own);
    }
    case 'PUT':
    case 'POST uploads': {
      const source = headers['x-amz-copy-source'];
      return [
        ...(source === undefined ? [] : reading(source, buckets)),
        ...use('GenerateDataKey', written(buckets, name, headers), own),
      ];
    }
    case 'PUT uploadId': {
      const source = headers['x-amz-copy-source'];
      return [
        ...(source === undefined ? [] : reading(source, buckets)),
        ...use('Decrypt', ofUpload(buckets, request), own),
      ];
    }
    case 'PUT encryption':
      return key === '' ? [] : changing(request, buckets, own);
    case 'POST uploadId':
      return namesChecksums(request) ? use('Decrypt', ofUpload(buckets, request), own) : [];
    default:
      return [];
  }
}

/** From one key to another. A request that names no key of the bucket's account is refused before a key is used. */
function changing(request: S3Request, buckets: Buckets, objectArn: string): readonly KeyUse[] {
  const { bucket: bucketName, key, query, body } = request;
  const next = askedEncryption(body)?.KMSKeyArn ?? '';
  if (KEY_ARN.exec(next)?.[1] !== buckets.find(bucketName)?.accountId) return [];
  const now = find(buckets, { bucketName, key, versionId: query.get('versionId') })?.headers ?? {};
  return [
    ...(['Decrypt', 'ReEncryptFrom'] as const).flatMap(one => use(one, now, objectArn)),
    ...(['Encrypt', 'GenerateDataKey', 'ReEncryptTo'] as const).map(one => ({
      ...{ operation: one, key: next, objectArn },
    })),
  ];
}

/** Of a KMS key, with its account. */
export const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:(\d{12}):key\/[\w-]+$/;

interface AskedEncryption {
  readonly KMSKeyArn?: string;
  readonly BucketKeyEnabled?: string;
}

/** What an UpdateObjectEncryption asks for; `undefined` where that is not SSE-KMS. */
export function askedEncryption(body: Buffer): AskedEncryption | undefined {
  const parsed = parseXml(body)['ObjectEncryption'] as { readonly 'SSE-KMS'?: AskedEncryption } | undefined;
  return parsed?.['SSE-KMS'];
}

/** Of the object that an upload will be. */
function ofUpload(buckets: Buckets, { bucket, query }: S3Request): S3Request['headers'] {
  const upload = buckets.find(bucket)?.uploads.get(query.get('uploadId') ?? '');
  return upload === undefined ? {} : written(buckets, bucket, upload.headers);
}

/** S3 decrypts the parts of an upload to compare them with checksums that its completion names. */
function namesChecksums({ headers, body }: S3Request): boolean {
  return (
    body.includes('<Checksum') || Object.keys(headers).some(name => /^x-amz-checksum-(?!type)/.test(name))
  );
}

/** As the bucket's default encryption completes it. */
function written(buckets: Buckets, name: string, headers: S3Request['headers']): S3Request['headers'] {
  const bucket = buckets.find(name);
  return bucket === undefined ? headers : encryptionHeaders(headers, bucket);
}

function reading(header: string, buckets: Buckets): readonly KeyUse[] {
  const source = copySourceOf(header);
  const objectArn = `arn:aws:s3:::${source.bucketName}/${source.key}`;
  return use('Decrypt', find(buckets, source)?.headers ?? {}, objectArn);
}

function find(
  buckets: Buckets,
  { bucketName, key, versionId }: ReturnType<typeof copySourceOf>,
): ObjectVersion | undefined {
  const objects = buckets.find(bucketName)?.objects;
  return versionId === null ? objects?.newest(key) : objects?.version(key, versionId);
}

function use(
  operation: KeyUse['operation'],
  headers: S3Request['headers'],
  objectArn: string,
): readonly KeyUse[] {
  const key = headers[KEY_ID];
  return key !== undefined && headers[ALGORITHM]?.startsWith('aws:kms') === true
    ? [{ operation, key, objectArn }]
    : [];
}
