import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, Buckets, MultipartUpload, ObjectVersion, UploadedPart } from './bucket.ts';
import { checksumGiven, checksumValueXml, fullChecksum, verifyChecksums } from './checksums.ts';
import { checkCopySource } from './conditions.ts';
import { checkCopySize, copySource } from './copy-object.ts';
import { checkCustomerKeyOfSource } from './customer-keys.ts';
import { checkPartKey, encryptionOf, uploadOf } from './multipart-upload.ts';
import { etagOf } from './object-operations.ts';
import { checkReadable } from './restore.ts';
import { emptyResponse, escapeXml, xmlResponse, type S3Request } from './s3-request.ts';

const MOST_PARTS = 10_000;

export function uploadPart(request: S3Request, bucket: Bucket): AwsResponse {
  const upload = uploadOf(request, bucket);
  const number = partNumber(request);
  checkPartKey(upload, request.headers, bucket);
  checkPartAlgorithm(upload, request.headers);
  const checksum = verifyChecksums(request.body, request.headers);
  const { etag } = storePart(upload, number, request.body);
  return emptyResponse(200, {
    etag,
    ...encryptionOf(upload, bucket),
    [`x-amz-checksum-${checksum.algorithm}`]: checksum.value(),
  });
}

/** What a part brings is what its upload has announced. */
function checkPartAlgorithm({ checksum }: MultipartUpload, headers: S3Request['headers']): void {
  const given = checksumGiven(headers);
  if (checksum === undefined || given === undefined || given === checksum.algorithm) return;
  throw new AwsError(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm}, actual checksum Type: ${given}`,
  );
}

export function copyPart(
  request: S3Request,
  bucket: Bucket,
  { buckets, limitBytes }: { readonly buckets: Buckets; readonly limitBytes: number },
): AwsResponse {
  const { headers } = request;
  const upload = uploadOf(request, bucket);
  const number = partNumber(request);
  checkPartKey(upload, headers, bucket);
  const { source } = copySource(headers['x-amz-copy-source'] ?? '', buckets);
  checkCustomerKeyOfSource(source, headers);
  checkCopySource(source, headers);
  checkReadable(source);
  const body = rangeOf(source, headers['x-amz-copy-source-range']);
  checkCopySize(body.length, limitBytes);
  const { etag, lastModified, checksum } = storePart(upload, number, body);
  return xmlResponse(
    `<CopyPartResult><ETag>${escapeXml(etag)}</ETag><LastModified>${new Date(lastModified).toISOString()}</LastModified>${checksum === undefined ? '' : checksumValueXml(checksum)}</CopyPartResult>`,
    200,
    encryptionOf(upload, bucket),
  );
}

const RANGE = 'x-amz-copy-source-range';

/** Of a source of any size, although the API reference says that it has more than 5 MiB. */
function rangeOf({ body }: ObjectVersion, range: string | undefined): Buffer {
  if (range === undefined) return body;
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  if (from === '' || Number(from) > Number(to))
    throw invalidRange(
      range,
      `The ${RANGE} value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy`,
    );
  if (Number(from) >= body.length)
    throw new AwsError('InvalidRequest', 'The specified copy range is invalid for the source object size');
  if (Number(to) >= body.length)
    throw invalidRange(range, `Range specified is not valid for source object of size: ${body.length}`);
  return body.subarray(Number(from), Number(to) + 1);
}

function invalidRange(range: string, message: string): AwsError {
  return new AwsError('InvalidArgument', message, {
    members: { ArgumentName: RANGE, ArgumentValue: range },
  });
}

function partNumber({ query }: S3Request): number {
  const text = query.get('partNumber') ?? '';
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_PARTS) return number;
  throw new AwsError(
    'InvalidArgument',
    `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
    {
      members: { ArgumentName: 'partNumber', ArgumentValue: text },
    },
  );
}

function storePart(upload: MultipartUpload, number: number, body: Buffer): UploadedPart {
  const { checksum } = upload;
  const part: UploadedPart = {
    body,
    etag: etagOf(body),
    lastModified: Date.now(),
    checksum: checksum === undefined ? undefined : fullChecksum(checksum.algorithm, body),
  };
  upload.parts.set(number, part);
  return part;
}
