import { randomBytes } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, MultipartUpload } from './bucket.ts';
import { OF_S3, type Checksum } from './checksums.ts';
import { listed } from './listed-names.ts';
import { attributesFrom } from './object-attributes.ts';
import { emptyResponse, escapeXml, xmlResponse, type S3Request } from './s3-request.ts';

export function createUpload(request: S3Request, bucket: Bucket): AwsResponse {
  const { key, headers, accountId } = request;
  // What the object may not be is refused now, as S3 does.
  attributesFrom(headers, bucket);
  const algorithm = headers['x-amz-checksum-algorithm']?.toLowerCase();
  const upload: MultipartUpload = {
    key,
    uploadId: randomBytes(24).toString('base64url'),
    initiatedAt: Date.now(),
    initiator: accountId,
    headers,
    algorithm: algorithm ?? OF_S3,
    type: typeOf(algorithm, headers['x-amz-checksum-type']),
    parts: new Map(),
  };
  bucket.uploads.set(upload.uploadId, upload);
  return xmlResponse(
    `<InitiateMultipartUploadResult><Bucket>${bucket.name}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${upload.uploadId}</UploadId></InitiateMultipartUploadResult>`,
    200,
    algorithm === undefined
      ? {}
      : { 'x-amz-checksum-algorithm': algorithm.toUpperCase(), 'x-amz-checksum-type': upload.type },
  );
}

/** CRC64NVME is of all bytes only, SHA of the parts only, the other CRCs of either (S3 user guide, checksums). */
function typeOf(algorithm: string = OF_S3, asked: string | undefined): Checksum['type'] {
  const possible: readonly Checksum['type'][] =
    algorithm === OF_S3
      ? ['FULL_OBJECT']
      : algorithm.startsWith('sha')
        ? ['COMPOSITE']
        : ['COMPOSITE', 'FULL_OBJECT'];
  const type = possible.find(one => asked === undefined || one === asked);
  if (type === undefined)
    throw new AwsError(
      'InvalidRequest',
      `The ${asked} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  return type;
}

export function abortUpload(request: S3Request, bucket: Bucket): AwsResponse {
  bucket.uploads.delete(uploadOf(request, bucket).uploadId);
  return emptyResponse(204);
}

/** The parts of an upload, in one page. */
export function listParts(request: S3Request, bucket: Bucket): AwsResponse {
  const { key, uploadId, parts } = uploadOf(request, bucket);
  const list = [...parts]
    .sort(([one], [other]) => one - other)
    .map(
      ([number, { etag, body, lastModified }]) =>
        `<Part><PartNumber>${number}</PartNumber><LastModified>${new Date(lastModified).toISOString()}</LastModified><ETag>${escapeXml(etag)}</ETag><Size>${body.length}</Size></Part>`,
    );
  return xmlResponse(
    `<ListPartsResult><Bucket>${bucket.name}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${uploadId}</UploadId><IsTruncated>false</IsTruncated>${list.join('')}</ListPartsResult>`,
  );
}

/** The uploads under a prefix that are neither completed nor aborted, in one page. */
export function listUploads({ query }: S3Request, bucket: Bucket): AwsResponse {
  const { name, optional } = listed(query);
  const list = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(query.get('prefix') ?? ''))
    .map(
      ({ key, uploadId, initiatedAt, initiator }) =>
        `<Upload><Key>${name(key)}</Key><UploadId>${uploadId}</UploadId><Initiator><ID>${initiator}</ID></Initiator><Initiated>${new Date(initiatedAt).toISOString()}</Initiated></Upload>`,
    );
  return xmlResponse(
    `<ListMultipartUploadsResult><Bucket>${bucket.name}</Bucket>${optional('EncodingType', '')}<IsTruncated>false</IsTruncated>${list.join('')}</ListMultipartUploadsResult>`,
  );
}

export function uploadOf({ query, key }: S3Request, bucket: Bucket): MultipartUpload {
  const upload = bucket.uploads.get(query.get('uploadId') ?? '');
  if (upload?.key !== key)
    throw new AwsError(
      'NoSuchUpload',
      'The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
      { status: 404 },
    );
  return upload;
}
