import { createHash } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, MultipartUpload, ObjectVersion, UploadedPart } from './bucket.ts';
import {
  checksumGiven,
  checksumXml,
  compositeChecksum,
  fullChecksum,
  OF_S3,
  type Checksum,
} from './checksums.ts';
import { checkCompletion } from './conditions.ts';
import { uploadOf } from './multipart-upload.ts';
import { attributesFrom } from './object-attributes.ts';
import { writeHeaders } from './object-operations.ts';
import { newVersionId } from './object-versions.ts';
import { escapeXml, parseXml, xmlResponse, type S3Request } from './s3-request.ts';
import { tagsOfHeader } from './tags.ts';

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
  checkMode(upload, request.headers['x-amz-checksum-type']);
  const parts = namedParts(upload, parsed?.Part ?? []);
  const body = Buffer.concat(parts.map(part => part.body));
  const size = request.headers['x-amz-mp-object-size'];
  if (size !== undefined && Number(size) !== body.length)
    throw new AwsError(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${size} does not match what was computed: ${body.length}`,
    );
  checkCompletion(bucket, upload, request.headers);
  const version = versionOf(upload, { parts, body }, bucket);
  checkWholeChecksum(upload, version.checksum, request.headers);
  bucket.uploads.delete(upload.uploadId);
  bucket.objects.put(version, bucket.versioning);
  return xmlResponse(
    `<CompleteMultipartUploadResult>${location(bucket, upload.key)}<Bucket>${bucket.name}</Bucket><Key>${escapeXml(upload.key)}</Key><ETag>${escapeXml(version.etag)}</ETag>${checksumXml(version.checksum)}</CompleteMultipartUploadResult>`,
    200,
    writeHeaders(version, bucket),
  );
}

/** Where an object of a bucket is found, with its key as a URL has it. */
function location({ name, region }: Bucket, key: string): string {
  const path = key.split('/').map(encodeURIComponent).join('%2F');
  return `<Location>https://${name}.s3.${region}.amazonaws.com/${path}</Location>`;
}

function namedParts(upload: MultipartUpload, named: readonly NamedPart[]): readonly UploadedPart[] {
  const { uploadId } = upload;
  if (named.length === 0) throw new AwsError('InvalidRequest', 'You must specify at least one part');
  const numbers = named.map(({ PartNumber }) => Number(PartNumber));
  if (numbers.some((number, index) => number <= (numbers[index - 1] ?? 0)))
    throw new AwsError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
      { members: { UploadId: uploadId } },
    );
  return named.map((one, index) => {
    const part = upload.parts.get(Number(one.PartNumber));
    if (part === undefined || unquoted(part.etag) !== unquoted(one.ETag)) throw invalidPart(one, upload);
    checkPartChecksum(upload, part, one);
    if (index < named.length - 1) checkPartSize(part, one);
    return part;
  });
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}

function invalidPart({ PartNumber, ETag }: NamedPart, { uploadId }: MultipartUpload): AwsError {
  return new AwsError(
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { members: { UploadId: uploadId, PartNumber, ETag: unquoted(ETag) } },
  );
}

function checkPartSize({ body, etag }: UploadedPart, { PartNumber }: NamedPart): void {
  if (body.length >= LEAST_PART_BYTES) return;
  throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
    members: {
      ...{ ETag: unquoted(etag), PartNumber },
      ...{ MinSizeAllowed: LEAST_PART_BYTES, ProposedSize: body.length },
    },
  });
}

/** A completion names checksums of parts as its upload has announced them, and none if it has announced none. */
function checkPartChecksum(upload: MultipartUpload, part: UploadedPart, named: NamedPart): void {
  const given = Object.keys(named).find(name => /^Checksum[A-Z0-9]+$/.test(name));
  if (upload.checksum === undefined || part.checksum === undefined) {
    if (given !== undefined) throw invalidPart(named, upload);
    return;
  }
  const { algorithm, type } = upload.checksum;
  const own = named[`Checksum${algorithm.toUpperCase()}`];
  if (own !== undefined && own !== part.checksum.value()) throw invalidPart(named, upload);
  if (own !== undefined || type !== 'COMPOSITE') return;
  if (given !== undefined)
    throw new AwsError(
      'BadDigest',
      `The ${given.slice('Checksum'.length).toLowerCase()} you specified for part ${named.PartNumber} did not match what we received.`,
    );
  throw new AwsError(
    'InvalidRequest',
    `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${named.PartNumber} in the request.`,
  );
}

function checkMode({ checksum }: MultipartUpload, asked: string | undefined): void {
  if (asked !== undefined && asked !== checksum?.type)
    throw new AwsError(
      'InvalidRequest',
      `The upload was created using the ${checksum?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
    );
}

/** A completion may name the checksum that the whole object is to have; one of all bytes it names with its type. */
function checkWholeChecksum(upload: MultipartUpload, whole: Checksum, headers: S3Request['headers']): void {
  const { algorithm, value } = whole;
  const given = checksumGiven(headers);
  if (given === undefined) return;
  const isTyped = upload.checksum?.type !== 'FULL_OBJECT' || headers['x-amz-checksum-type'] !== undefined;
  if (given !== algorithm || headers[`x-amz-checksum-${algorithm}`] !== value() || !isTyped)
    throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
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
    tags: tagsOfHeader(upload.headers['x-amz-tagging']),
    annotations: new Map(),
    checksum:
      upload.checksum?.type === 'COMPOSITE'
        ? compositeChecksum(
            upload.checksum.algorithm,
            parts.flatMap(part => part.checksum ?? []),
          )
        : fullChecksum(upload.checksum?.algorithm ?? OF_S3, body),
  };
}
