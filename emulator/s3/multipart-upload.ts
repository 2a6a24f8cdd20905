import { randomBytes } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, MultipartUpload } from './bucket.ts';
import { encryptionHeaders } from './bucket-defaults.ts';
import { checkAlgorithm, OF_S3, type Checksum } from './checksums.ts';
import { CUSTOMER_KEY_MD5, customerKeyMd5 } from './customer-keys.ts';
import { attributesFrom } from './object-attributes.ts';
import { emptyResponse, escapeXml, xmlResponse, type S3Request } from './s3-request.ts';

export function createUpload(request: S3Request, bucket: Bucket): AwsResponse {
  const { key, headers, accountId } = request;
  // What the object may not be is refused now, as S3 does.
  attributesFrom(headers, bucket);
  const checksum = checksumOf(headers);
  const upload: MultipartUpload = {
    key,
    uploadId: randomBytes(24).toString('base64url'),
    initiatedAt: Date.now(),
    initiator: accountId,
    headers,
    checksum,
    began: bucket.objects.newest(key),
    parts: new Map(),
  };
  bucket.uploads.set(upload.uploadId, upload);
  return xmlResponse(
    `<InitiateMultipartUploadResult><Bucket>${bucket.name}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${upload.uploadId}</UploadId></InitiateMultipartUploadResult>`,
    200,
    {
      ...encryptionOf(upload, bucket),
      ...(checksum !== undefined && {
        'x-amz-checksum-algorithm': checksum.algorithm.toUpperCase(),
        'x-amz-checksum-type': checksum.type,
      }),
    },
  );
}

function checksumOf(headers: S3Request['headers']): MultipartUpload['checksum'] {
  const algorithm = headers['x-amz-checksum-algorithm']?.toLowerCase();
  const type = headers['x-amz-checksum-type'];
  if (algorithm !== undefined) {
    checkAlgorithm(algorithm);
    return { algorithm, type: typeOf(algorithm, type) };
  }
  if (type !== undefined)
    throw new AwsError(
      'InvalidRequest',
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  return undefined;
}

/** How the object of an upload will be encrypted, as S3 tells with each of its parts. */
export function encryptionOf({ headers }: MultipartUpload, bucket: Bucket): Record<string, string> {
  return encryptionHeaders(headers, bucket) as Record<string, string>;
}

/** The parts of an upload are under the key of their writer that the upload has brought, or under none. */
export function checkPartKey(upload: MultipartUpload, headers: S3Request['headers'], bucket: Bucket): void {
  const wanted = encryptionOf(upload, bucket)[CUSTOMER_KEY_MD5];
  const brought = customerKeyMd5(headers);
  if (wanted === brought) return;
  throw new AwsError(
    'InvalidRequest',
    wanted === undefined || brought === undefined
      ? 'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.'
      : 'The provided encryption parameters did not match the ones used originally.',
  );
}

/** CRC64NVME is of all bytes only, SHA of the parts only, the other CRCs of either (S3 user guide, checksums). */
function typeOf(algorithm: string, asked: string | undefined): Checksum['type'] {
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

export function uploadOf({ query, key }: S3Request, bucket: Bucket): MultipartUpload {
  const uploadId = query.get('uploadId') ?? '';
  const upload = bucket.uploads.get(uploadId);
  if (upload?.key !== key)
    throw new AwsError(
      'NoSuchUpload',
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
      { status: 404, members: { UploadId: uploadId } },
    );
  return upload;
}
