import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, MultipartUpload } from './bucket.ts';
import { checksumKindXml, checksumValueXml } from './checksums.ts';
import { groupedPage } from './grouped-page.ts';
import { compareUtf8 } from './key-order.ts';
import { listed } from './listed-names.ts';
import { uploadOf } from './multipart-upload.ts';
import { escapeXml, xmlResponse, type S3Request } from './s3-request.ts';

const MOST = 1000;

/** The parts of an upload, by their numbers. */
export function listParts(request: S3Request, bucket: Bucket): AwsResponse {
  const { query } = request;
  const upload = uploadOf(request, bucket);
  const marker = numberOf(query, 'part-number-marker', 0);
  const most = Math.min(numberOf(query, 'max-parts', MOST), MOST);
  const all = [...upload.parts].sort(([one], [other]) => one - other).filter(([number]) => number > marker);
  const page = all.slice(0, most);
  const list = page.map(
    ([number, { etag, body, lastModified, checksum }]) =>
      `<Part><PartNumber>${number}</PartNumber><LastModified>${new Date(lastModified).toISOString()}</LastModified><ETag>${escapeXml(etag)}</ETag><Size>${body.length}</Size>${checksum === undefined ? '' : checksumValueXml(checksum)}</Part>`,
  );
  const paged = `<PartNumberMarker>${marker}</PartNumberMarker><NextPartNumberMarker>${page.at(-1)?.[0] ?? 0}</NextPartNumberMarker><MaxParts>${most}</MaxParts><IsTruncated>${all.length > page.length}</IsTruncated>`;
  return xmlResponse(
    `<ListPartsResult><Bucket>${bucket.name}</Bucket><Key>${escapeXml(upload.key)}</Key><UploadId>${upload.uploadId}</UploadId>${ofWhom(upload, bucket)}${paged}${list.join('')}</ListPartsResult>`,
  );
}

/** What both listings tell of an upload. */
function ofWhom({ initiator, headers, checksum }: MultipartUpload, { accountId }: Bucket): string {
  return `<Initiator><ID>${initiator}</ID></Initiator><Owner><ID>${accountId}</ID></Owner><StorageClass>${headers['x-amz-storage-class'] ?? 'STANDARD'}</StorageClass>${checksumKindXml(checksum)}`;
}

/** @throws AwsError unless it is a number that may be there */
function numberOf(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name) ?? '';
  const number = text === '' ? otherwise : Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new AwsError('InvalidArgument', `Argument ${name} must be an integer between 0 and 2147483647`, {
    members: { ArgumentName: name, ArgumentValue: text },
  });
}

/** Those that are neither completed nor aborted, by their keys, and the oldest of a key first. */
export function listUploads({ query }: S3Request, bucket: Bucket): AwsResponse {
  const { name, element, optional } = listed(query);
  const [prefix, delimiter, keyMarker] = ['prefix', 'delimiter', 'key-marker'].map(
    one => query.get(one) ?? '',
  );
  const idMarker = keyMarker === '' ? '' : (query.get('upload-id-marker') ?? '');
  const most = Math.min(numberOf(query, 'max-uploads', MOST), MOST);
  const all = after(bucket, { key: keyMarker ?? '', id: idMarker }).filter(({ key }) =>
    key.startsWith(prefix ?? ''),
  );
  const { entries, prefixes, next } = groupedPage(all, {
    ...{ prefix: prefix ?? '', delimiter: delimiter ?? '', after: keyMarker ?? '', most },
  });
  const last = entries.at(-1);
  const list = entries.map(
    upload =>
      `<Upload><Key>${name(upload.key)}</Key><UploadId>${upload.uploadId}</UploadId>${ofWhom(upload, bucket)}<Initiated>${new Date(upload.initiatedAt).toISOString()}</Initiated></Upload>`,
  );
  const common = prefixes.map(one => `<CommonPrefixes>${element('Prefix', one)}</CommonPrefixes>`);
  const markers = `${element('KeyMarker', keyMarker ?? '')}<UploadIdMarker>${escapeXml(idMarker)}</UploadIdMarker>${element('NextKeyMarker', last?.key ?? '')}<NextUploadIdMarker>${last?.uploadId ?? ''}</NextUploadIdMarker>`;
  return xmlResponse(
    `<ListMultipartUploadsResult><Bucket>${bucket.name}</Bucket>${markers}${optional('Prefix', prefix ?? '')}${optional('Delimiter', delimiter ?? '')}${optional('EncodingType', '')}<MaxUploads>${most}</MaxUploads><IsTruncated>${next !== undefined}</IsTruncated>${list.join('')}${common.join('')}</ListMultipartUploadsResult>`,
  );
}

function after(
  bucket: Bucket,
  marker: { readonly key: string; readonly id: string },
): readonly MultipartUpload[] {
  // A map keeps the order in which they were begun, and sorting keeps it within a key.
  const all = [...bucket.uploads.values()].sort((one, other) => compareUtf8(one.key, other.key));
  if (marker.id === '') return all.filter(({ key }) => marker.key === '' || compareUtf8(key, marker.key) > 0);
  const index = all.findIndex(({ key, uploadId }) => key === marker.key && uploadId === marker.id);
  if (index !== -1) return all.slice(index + 1);
  throw new AwsError('InvalidArgument', 'Invalid uploadId marker', {
    members: { ArgumentName: 'upload-id-marker', ArgumentValue: marker.id },
  });
}
