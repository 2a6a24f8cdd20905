import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import { readable, type Bucket } from './bucket.ts';
import { etagOf } from './object-operations.ts';
import { emptyResponse, escapeXml, xmlResponse, type S3Request } from './s3-request.ts';

/** Bytes of a payload (S3 API reference, PutObjectAnnotation). */
const MOST_BYTES = 1024 ** 2;

/** Adds or replaces an annotation. The object itself, its ETag and its date stay as they are. */
export function putAnnotation({ key, query, body }: S3Request, bucket: Bucket): AwsResponse {
  if (body.length === 0 || body.length > MOST_BYTES)
    throw new AwsError('InvalidRequest', 'An annotation has from 1 byte to 1 MiB');
  const version = readable(key, query.get('versionId'), bucket);
  version.annotations.set(query.get('annotationName') ?? '', {
    etag: etagOf(body),
    size: body.length,
    lastModified: Date.now(),
  });
  return emptyResponse();
}

/** The annotations of an object, in one page. */
export function listAnnotations({ key, query }: S3Request, bucket: Bucket): AwsResponse {
  const { annotations } = readable(key, query.get('versionId'), bucket);
  const list = [...annotations].map(
    ([name, { etag, size, lastModified }]) =>
      `<AnnotationEntry><AnnotationName>${escapeXml(name)}</AnnotationName><LastModified>${new Date(lastModified).toISOString()}</LastModified><Size>${size}</Size><ETag>${escapeXml(etag)}</ETag></AnnotationEntry>`,
  );
  return xmlResponse(
    `<ListObjectAnnotationsOutput><Annotations>${list.join('')}</Annotations><AnnotationCount>${annotations.size}</AnnotationCount></ListObjectAnnotationsOutput>`,
  );
}
