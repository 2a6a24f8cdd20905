import { createHash } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, MultipartUpload, ObjectVersion, UploadedPart } from './bucket.ts';
import { checksumXml, compositeChecksum, fullChecksum, type Checksum } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { uploadOf } from './multipart-upload.ts';
import { attributesFrom } from './object-attributes.ts';
import { writeHeaders } from './object-operations.ts';
import { newVersionId } from './object-versions.ts';
import { escapeXml, parseXml, xmlResponse, type S3Request } from './s3-request.ts';

/** Of each part but the last (S3 user guide, multipart upload limits). */
const LEAST_PART_BYTES = 5 * 1024 ** 2;

interface NamedPart {
  readonly PartNumber: string;
  readonly ETag: string;
  readonly [checksum: string]: string;
}

export function completeUpload(request: S3Request, bucket: Bucket): AwsResponse {
  const upload = uploadOf(request, bucket);
  const parsed = parseXml(request.body)['CompleteMultipartUpload'] as
    { readonly Part?: readonly NamedPart[] } | undefined;
  const parts = namedParts(upload, parsed?.Part ?? []);
  const body = Buffer.concat(parts.map(part => part.body));
  const size = request.headers['x-amz-mp-object-size'];
  if (size !== undefined && Number(size) !== body.length)
    throw new AwsError('InvalidRequest', 'The provided object size does not match the size of the parts.');
  checkWrite(bucket, upload.key, request.headers);
  const version = versionOf(upload, { parts, body }, bucket);
  checkWholeChecksum(version.checksum, request.headers);
  bucket.uploads.delete(upload.uploadId);
  bucket.objects.put(version, bucket.versioning);
  return xmlResponse(
    `<CompleteMultipartUploadResult><Bucket>${bucket.name}</Bucket><Key>${escapeXml(upload.key)}</Key><ETag>${escapeXml(version.etag)}</ETag>${checksumXml(version.checksum)}</CompleteMultipartUploadResult>`,
    200,
    writeHeaders(version, bucket),
  );
}

function namedParts(upload: MultipartUpload, named: readonly NamedPart[]): readonly UploadedPart[] {
  if (named.length === 0)
    throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate');
  const numbers = named.map(({ PartNumber }) => Number(PartNumber));
  if (numbers.some((number, index) => number <= (numbers[index - 1] ?? 0)))
    throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
  return named.map((one, index) => {
    const { PartNumber, ETag } = one;
    const part = upload.parts.get(Number(PartNumber));
    if (part === undefined || part.etag.replaceAll('"', '') !== ETag.replaceAll('"', ''))
      throw new AwsError('InvalidPart', 'One or more of the specified parts could not be found.');
    checkPartChecksum(upload, part, one);
    if (index < named.length - 1 && part.body.length < LEAST_PART_BYTES)
      throw new AwsError(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed object size.',
      );
    return part;
  });
}

function checkPartChecksum({ algorithm, type }: MultipartUpload, part: UploadedPart, named: NamedPart): void {
  const given = named[`Checksum${algorithm.toUpperCase()}`];
  if (given === undefined && type === 'COMPOSITE')
    throw new AwsError(
      'InvalidRequest',
      `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${named.PartNumber} in the request.`,
    );
  if (given !== undefined && given !== part.checksum.value())
    throw new AwsError('InvalidPart', 'One or more of the specified parts could not be found.');
}

/** A completion may name the checksum that the whole object is to have, and its type. */
function checkWholeChecksum({ algorithm, type, value }: Checksum, headers: S3Request['headers']): void {
  const given = headers[`x-amz-checksum-${algorithm}`];
  const givenType = headers['x-amz-checksum-type'];
  if ((given !== undefined && given !== value()) || (givenType !== undefined && givenType !== type))
    throw new AwsError(
      'BadDigest',
      `The ${algorithm} you specified did not match the calculated checksum, or has another type.`,
    );
}

function versionOf(
  upload: MultipartUpload,
  { parts, body }: { readonly parts: readonly UploadedPart[]; readonly body: Buffer },
  bucket: Bucket,
): ObjectVersion & { readonly checksum: Checksum } {
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex')));
  return {
    key: upload.key,
    versionId: newVersionId(bucket),
    deleteMarker: false,
    body,
    etag: `"${createHash('md5').update(digests).digest('hex')}-${parts.length}"`,
    // The date on which the upload was initiated (S3 user guide, system-defined metadata).
    lastModified: upload.initiatedAt,
    ...attributesFrom(upload.headers, bucket),
    tags: Object.fromEntries(new URLSearchParams(upload.headers['x-amz-tagging'] ?? '')),
    annotations: new Map(),
    checksum:
      upload.type === 'COMPOSITE'
        ? compositeChecksum(
            upload.algorithm,
            parts.map(part => part.checksum),
          )
        : fullChecksum(upload.algorithm, body),
  };
}
