import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, Buckets, ObjectVersion } from './bucket.ts';
import { checksumXml, fullChecksum, OF_S3 } from './checksums.ts';
import { checkCopySource, checkWrite } from './conditions.ts';
import { checkCustomerKeyOfSource, CUSTOMER_ALGORITHM } from './customer-keys.ts';
import { copySourceOf } from './copy-source.ts';
import { attributesFrom, attributesOfCopy } from './object-attributes.ts';
import { etagOfObject, writeHeaders } from './object-operations.ts';
import { newVersionId, readable } from './object-versions.ts';
import { checkReadable } from './restore.ts';
import { escapeXml, xmlResponse, type S3Request } from './s3-request.ts';
import { tagsOfHeader } from './tags.ts';

/** One CopyObject, and one part of a copy, take up to 5 GiB. */
export const COPY_LIMIT_BYTES = 5 * 1024 ** 3;

export function copyObject(
  request: S3Request,
  bucket: Bucket,
  { buckets, limitBytes }: { readonly buckets: Buckets; readonly limitBytes: number },
): AwsResponse {
  const { key, headers } = request;
  const { source, sourceBucket } = copySource(headers['x-amz-copy-source'] ?? '', buckets);
  checkCustomerKeyOfSource(source, headers);
  checkCopySource(source, headers);
  checkWrite(bucket, key, headers);
  checkCopySize(source.body.length, limitBytes);
  checkReadable(source);
  const replaces = headers['x-amz-metadata-directive'] === 'REPLACE';
  const sameObject = sourceBucket === bucket && source.key === key && source === bucket.objects.current(key);
  if (sameObject && !replaces && !changesSomething(headers)) {
    throw new AwsError(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const checksum = fullChecksum(checksumAlgorithm(source, headers), source.body);
  const attributes = replaces ? attributesFrom(headers, bucket) : attributesOfCopy(source, headers, bucket);
  const version: ObjectVersion = {
    key,
    versionId: newVersionId(bucket),
    deleteMarker: false,
    body: source.body,
    lastModified: Date.now(),
    ...attributes,
    // A copy is written as one part, so the ETag of a multipart source is not kept.
    etag: etagOfObject(source.body, attributes.headers),
    tags:
      headers['x-amz-tagging-directive'] === 'REPLACE' ? tagsOfHeader(headers['x-amz-tagging']) : source.tags,
    annotations: new Map(
      headers['x-amz-object-annotation-directive'] === 'EXCLUDE' ? [] : source.annotations,
    ),
    checksum,
  };
  bucket.objects.put(version, bucket.versioning);
  const result = `<CopyObjectResult><ETag>${escapeXml(version.etag)}</ETag><LastModified>${new Date(version.lastModified).toISOString()}</LastModified>${checksumXml(checksum)}</CopyObjectResult>`;
  return xmlResponse(result, 200, {
    ...writeHeaders(version, bucket),
    ...(source.versionId !== 'null' && { 'x-amz-copy-source-version-id': source.versionId }),
  });
}

/** A copy has its checksum by the algorithm that it asks for, else by that of its source. */
function checksumAlgorithm({ checksum }: ObjectVersion, headers: S3Request['headers']): string {
  return (headers['x-amz-checksum-algorithm'] ?? checksum?.algorithm ?? OF_S3).toLowerCase();
}

export function checkCopySize(bytes: number, limitBytes: number): void {
  if (bytes > limitBytes)
    throw new AwsError(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${limitBytes}`,
    );
}

export function copySource(
  header: string,
  buckets: Buckets,
): { readonly source: ObjectVersion; readonly sourceBucket: Bucket } {
  const { bucketName, key, versionId } = copySourceOf(header);
  const sourceBucket = buckets.get(bucketName);
  if (versionId !== null && sourceBucket.objects.version(key, versionId)?.deleteMarker === true)
    throw new AwsError(
      'InvalidRequest',
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    );
  const query = new URLSearchParams(versionId === null ? {} : { versionId });
  return { source: readable({ method: 'GET', key, query }, sourceBucket), sourceBucket };
}

function changesSomething(headers: S3Request['headers']): boolean {
  return [
    'x-amz-storage-class',
    'x-amz-server-side-encryption',
    CUSTOMER_ALGORITHM,
    'x-amz-website-redirect-location',
  ].some(name => headers[name] !== undefined);
}
