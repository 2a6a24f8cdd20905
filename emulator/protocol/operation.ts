import type { IncomingHttpHeaders } from 'node:http';
import type { AwsRequest } from './request.ts';

/** The operation that a request calls, by its name in the service's API reference. Empty if this AWS does not have it. */
export function operationOf({
  service,
  method,
  path,
  query,
  headers,
}: Pick<AwsRequest, 'service' | 'method' | 'path' | 'query' | 'headers'>): string {
  const target = headers['x-amz-target'];
  if (target !== undefined) return String(target).split('.').at(-1) ?? '';
  if (service !== 's3') return query.get('Action') ?? '';
  const [, bucket, ...key] = path.split('/');
  const copies = headers['x-amz-copy-source'] !== undefined;
  if (key.join('/') !== '') return onObject(method, query, copies);
  return bucket === '' ? '' : onBucket(method, query);
}

function onBucket(method: string, query: URLSearchParams): string {
  if (method === 'GET' && query.has('list-type')) return 'ListObjectsV2';
  if (method === 'GET' && query.has('versions')) return 'ListObjectVersions';
  if (method === 'GET' && query.has('ownershipControls')) return 'GetBucketOwnershipControls';
  if (method === 'GET' && query.has('versioning')) return 'GetBucketVersioning';
  if (query.has('encryption'))
    return { GET: 'GetBucketEncryption', PUT: 'PutBucketEncryption' }[method] ?? '';
  if (query.has('object-lock'))
    return { GET: 'GetObjectLockConfiguration', PUT: 'PutObjectLockConfiguration' }[method] ?? '';
  if (method === 'GET' && query.has('uploads')) return 'ListMultipartUploads';
  if (method === 'POST' && query.has('delete')) return 'DeleteObjects';
  if (method === 'GET' && !query.has('location')) return 'ListObjects';
  return method === 'HEAD' ? 'HeadBucket' : '';
}

function onObject(method: string, query: URLSearchParams, copies: boolean): string {
  if (query.has('tagging')) return { GET: 'GetObjectTagging', PUT: 'PutObjectTagging' }[method] ?? '';
  if (query.has('acl')) return 'GetObjectAcl';
  if (query.has('annotation')) return onAnnotation(method, query);
  if (query.has('uploads')) return method === 'POST' ? 'CreateMultipartUpload' : '';
  if (query.has('uploadId')) return onUpload(method, copies);
  if (query.has('restore')) return method === 'POST' ? 'RestoreObject' : '';
  switch (method) {
    case 'PUT':
      return copies ? 'CopyObject' : 'PutObject';
    case 'GET':
      return 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'DELETE':
      return 'DeleteObject';
    default:
      return '';
  }
}

function onAnnotation(method: string, query: URLSearchParams): string {
  if (method === 'PUT') return 'PutObjectAnnotation';
  if (method === 'DELETE') return 'DeleteObjectAnnotation';
  if (method !== 'GET') return '';
  return query.has('annotationName') ? 'GetObjectAnnotation' : 'ListObjectAnnotations';
}

function onUpload(method: string, copies: boolean): string {
  const names: Readonly<Record<string, string>> = {
    PUT: copies ? 'UploadPartCopy' : 'UploadPart',
    POST: 'CompleteMultipartUpload',
    DELETE: 'AbortMultipartUpload',
    GET: 'ListParts',
  };
  return names[method] ?? '';
}

/** The target header tells which service an unsigned request is for. Without that header, it is S3. */
export function serviceOf(headers: IncomingHttpHeaders): string {
  const target = String(headers['x-amz-target'] ?? '');
  if (target.startsWith('TrentService')) return 'kms';
  if (target.startsWith('DynamoDB')) return 'dynamodb';
  return target.startsWith('AWSStepFunctions') ? 'states' : 's3';
}
