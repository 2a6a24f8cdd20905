import { AwsError } from '../protocol/aws-error.ts';
import { asAwsError } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse, Service } from '../protocol/request.ts';
import { Buckets, type Bucket } from './bucket.ts';
import { getEncryption, getObjectLock, putEncryption, putObjectLock } from './bucket-defaults.ts';
import * as bucketOperations from './bucket-operations.ts';
import { listParts, listUploads } from './list-uploads.ts';
import { listVersions } from './list-versions.ts';
import { listObjects, listObjectsV2 } from './listing.ts';
import { deleteAnnotation, getAnnotation, listAnnotations, putAnnotation } from './annotations.ts';
import { completeUpload } from './complete-upload.ts';
import { COPY_LIMIT_BYTES, copyObject } from './copy-object.ts';
import { checkBypass, deleteObject } from './delete-object.ts';
import { deleteObjects } from './delete-objects.ts';
import { copyPart, uploadPart } from './multipart-parts.ts';
import { abortUpload, createUpload } from './multipart-upload.ts';
import { createdBy, getNotifications, putNotifications, type ObjectCreated } from './notifications.ts';
import { getObject, putObject } from './object-operations.ts';
import { S3Permissions, type UseKey } from './permissions.ts';
import { restoreObject } from './restore.ts';
import { emptyResponse, s3Error, s3Request, type S3Request } from './s3-request.ts';
import { notImplemented, subresource } from './subresource.ts';
import { updateEncryption } from './update-encryption.ts';

export interface S3Options {
  /** The most entries in a listing page. @default 1000, as S3 */
  readonly pageSize?: number;
  /** The largest source of one copy. A small number makes copies in parts really happen. @default 5 GiB, as S3 */
  readonly copyLimitBytes?: number;
  /** Uses a key of KMS for a caller. @default every caller may use every key */
  readonly useKey?: UseKey;
  /** Tells EventBridge of a new object. @default nobody is told */
  readonly tell?: (created: ObjectCreated) => void;
}

interface Served {
  readonly buckets: Buckets;
  readonly permissions: S3Permissions;
  readonly pageSize: number;
  /** The largest source of one copy. */
  readonly limitBytes: number;
  readonly tell: (created: ObjectCreated) => void;
}

/** Amazon S3 on loopback, in memory. behaviour.md says what it does and does not do. */
export function s3Service(
  buckets: Buckets = new Buckets(),
  {
    pageSize = 1000,
    copyLimitBytes: limitBytes = COPY_LIMIT_BYTES,
    useKey,
    tell = () => undefined,
  }: S3Options = {},
): Service {
  const permissions = new S3Permissions(buckets, useKey);
  return {
    handle(request: AwsRequest): Promise<AwsResponse> {
      return Promise.resolve(answer(request, { buckets, permissions, pageSize, limitBytes, tell }));
    },
  };
}

function answer(request: AwsRequest, served: Served): AwsResponse {
  const identity = { 'x-amz-request-id': request.requestId };
  try {
    const response = permitted(s3Request(request), served);
    return { ...response, headers: { ...response.headers, ...identity } };
  } catch (error) {
    const response = s3Error(asAwsError(error), request);
    return { ...response, headers: { ...response.headers, ...identity } };
  }
}

/** IAM is asked first, about what the caller learns as well as about what it does. */
function permitted(s3: S3Request, served: Served): AwsResponse {
  const { permissions } = served;
  permissions.need(s3, subresource(s3));
  try {
    const response =
      s3.bucket === ''
        ? bucketOperations.listBuckets(s3, served.buckets)
        : s3.key === ''
          ? onBucket(s3, served)
          : told(s3, served);
    return { ...response, headers: permissions.shown(s3, response.headers) };
  } catch (error) {
    throw permissions.told(asAwsError(error), s3);
  }
}

function onBucket(request: S3Request, { buckets, pageSize, permissions }: Served): AwsResponse {
  const { method, query, bucket: name } = request;
  const operation = `${method} ${subresource(request)}`.trim();
  if (operation === 'PUT') return bucketOperations.createBucket(request, buckets);
  const bucket = bucketHere(request, buckets);
  switch (operation) {
    case 'HEAD':
      return emptyResponse(200, { 'x-amz-bucket-region': bucket.region });
    case 'DELETE':
      buckets.delete(name);
      return emptyResponse(204);
    case 'GET':
      return query.has('list-type')
        ? listObjectsV2(request, bucket, pageSize)
        : listObjects(request, bucket, pageSize);
    case 'GET versions':
      return listVersions(request, bucket, pageSize);
    case 'GET location':
      return bucketOperations.getLocation(bucket);
    case 'GET versioning':
      return bucketOperations.getVersioning(bucket);
    case 'PUT versioning':
      return bucketOperations.putVersioning(request, bucket);
    case 'GET ownershipControls':
      return bucketOperations.getOwnership(bucket);
    case 'PUT ownershipControls':
      return bucketOperations.putOwnership(request, bucket);
    case 'GET notification':
      return getNotifications(bucket);
    case 'PUT notification':
      return putNotifications(request, bucket);
    case 'GET encryption':
      return getEncryption(bucket);
    case 'PUT encryption':
      return putEncryption(request, bucket);
    case 'GET object-lock':
      return getObjectLock(bucket);
    case 'PUT object-lock':
      return putObjectLock(request, bucket);
    case 'GET uploads':
      return listUploads(request, bucket);
    case 'POST delete':
      return deleteObjects(request, bucket, one => permissions.needToDelete(request, one));
    default:
      throw notImplemented(`${operation} on a bucket`);
  }
}

/** A bucket answers only in its own Region. Elsewhere, the error names that Region. */
function bucketHere({ bucket: name, region }: S3Request, buckets: Buckets): Bucket {
  const bucket = buckets.get(name);
  if (bucket.region !== region)
    throw new AwsError(
      'PermanentRedirect',
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
      { status: 301, members: { Bucket: name, Endpoint: `${name}.s3.${bucket.region}.amazonaws.com` } },
    );
  return bucket;
}

/** Whoever asked is answered, and EventBridge hears of a new object. */
function told(request: S3Request, served: Served): AwsResponse {
  const bucket = bucketHere(request, served.buckets);
  const operation = `${request.method} ${subresource(request)}`.trim();
  const response = onObject(request, { ...served, bucket, operation });
  const created = createdBy(request, operation, bucket);
  if (created !== undefined) served.tell(created);
  return response;
}

interface OnObject extends Served {
  readonly bucket: Bucket;
  readonly operation: string;
}

function onObject(request: S3Request, { bucket, operation, ...served }: OnObject): AwsResponse {
  const { method, query, key, headers } = request;
  switch (operation) {
    case 'POST uploads':
      return createUpload(request, bucket);
    case 'PUT uploadId':
      return headers['x-amz-copy-source'] === undefined
        ? uploadPart(request, bucket)
        : copyPart(request, bucket, served);
    case 'POST uploadId':
      return completeUpload(request, bucket);
    case 'DELETE uploadId':
      return abortUpload(request, bucket);
    case 'GET uploadId':
      return listParts(request, bucket);
    case 'POST restore':
      return restoreObject(request, bucket);
    case 'PUT annotation':
    case 'PUT annotationName':
    case 'GET annotation':
    case 'GET annotationName':
    case 'DELETE annotation':
    case 'DELETE annotationName':
      return onAnnotations(request, bucket);
    case 'PUT':
      return headers['x-amz-copy-source'] === undefined
        ? putObject(request, bucket)
        : copyObject(request, bucket, served);
    case 'GET':
    case 'HEAD':
      return getObject(request, bucket);
    case 'DELETE':
      checkBypass(headers, bucket);
      return emptyResponse(204, deleteObject({ key, versionId: query.get('versionId'), headers }, bucket));
    case 'GET tagging':
      return bucketOperations.getTagging(request, bucket);
    case 'PUT tagging':
      return bucketOperations.putTagging(request, bucket);
    case 'DELETE tagging':
      return bucketOperations.deleteTagging(request, bucket);
    case 'GET acl':
      return bucketOperations.getAcl(request, bucket);
    case 'PUT encryption':
      return updateEncryption(request, bucket);
    default:
      throw notImplemented(`${method} ?${subresource(request)} on an object`);
  }
}

/** Without a name, annotations are listed; a write without one is an error of its own. */
function onAnnotations(request: S3Request, bucket: Bucket): AwsResponse {
  const { method, query } = request;
  if (method === 'PUT') return putAnnotation(request, bucket);
  if (method === 'DELETE') return deleteAnnotation(request, bucket);
  return query.has('annotationName') ? getAnnotation(request, bucket) : listAnnotations(request, bucket);
}
