import { checkCustomerKeyOfSource } from './customer-keys.ts';
import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, Buckets, MultipartUpload, ObjectVersion, UploadedPart } from './bucket.ts';
import { fullChecksum, verifyChecksums } from './checksums.ts';
import { checkCopySource } from './conditions.ts';
import { checkCopySize, copySource } from './copy-object.ts';
import { uploadOf } from './multipart-upload.ts';
import { etagOf } from './object-operations.ts';
import { checkReadable } from './restore.ts';
import { emptyResponse, escapeXml, xmlResponse, type S3Request } from './s3-request.ts';

const MOST_PARTS = 10_000;
/** A range is copied only of larger objects (S3 API reference, UploadPartCopy). */
const LEAST_RANGED_BYTES = 5 * 1024 ** 2;

export function uploadPart(request: S3Request, bucket: Bucket): AwsResponse {
  const upload = uploadOf(request, bucket);
  verifyChecksums(request.body, request.headers);
  const { etag, checksum } = storePart(upload, request, request.body);
  return emptyResponse(200, { etag, [`x-amz-checksum-${checksum.algorithm}`]: checksum.value() });
}

export function copyPart(
  request: S3Request,
  bucket: Bucket,
  { buckets, limitBytes }: { readonly buckets: Buckets; readonly limitBytes: number },
): AwsResponse {
  const upload = uploadOf(request, bucket);
  const { source } = copySource(request.headers['x-amz-copy-source'] ?? '', buckets);
  checkCustomerKeyOfSource(source, request.headers);
  checkCopySource(source, request.headers);
  checkReadable(source);
  const range = request.headers['x-amz-copy-source-range'];
  if (range !== undefined && source.body.length <= LEAST_RANGED_BYTES)
    throw new AwsError(
      'InvalidRequest',
      'The specified copy source is not supported as a byte-range copy source',
    );
  const body = rangeOf(source, range);
  checkCopySize(body.length, limitBytes);
  const { etag, lastModified, checksum } = storePart(upload, request, body);
  const name = `Checksum${checksum.algorithm.toUpperCase()}`;
  return xmlResponse(
    `<CopyPartResult><ETag>${escapeXml(etag)}</ETag><LastModified>${new Date(lastModified).toISOString()}</LastModified><${name}>${checksum.value()}</${name}></CopyPartResult>`,
  );
}

function rangeOf({ body }: ObjectVersion, range: string | undefined): Buffer {
  if (range === undefined) return body;
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  if (from === '' || Number(from) > Number(to) || Number(to) >= body.length)
    throw new AwsError(
      'InvalidArgument',
      `Range specified is not valid for source object of size: ${body.length}`,
    );
  return body.subarray(Number(from), Number(to) + 1);
}

function storePart(upload: MultipartUpload, { query }: S3Request, body: Buffer): UploadedPart {
  const number = Number(query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MOST_PARTS)
    throw new AwsError(
      'InvalidArgument',
      `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
    );
  const part: UploadedPart = {
    body,
    etag: etagOf(body),
    lastModified: Date.now(),
    checksum: fullChecksum(upload.algorithm, body),
  };
  upload.parts.set(number, part);
  return part;
}
