import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import { readable, type Annotation, type Bucket } from './bucket.ts';
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
    payload: body,
    etag: etagOf(body),
    lastModified: Date.now(),
  });
  return emptyResponse();
}

export function getAnnotation(request: S3Request, bucket: Bucket): AwsResponse {
  const { payload, etag, lastModified } = annotationOf(request, bucket);
  return {
    status: 200,
    headers: { etag, 'last-modified': new Date(lastModified).toUTCString() },
    body: payload,
  };
}

export function deleteAnnotation(request: S3Request, bucket: Bucket): AwsResponse {
  annotationOf(request, bucket);
  const { key, query } = request;
  readable(key, query.get('versionId'), bucket).annotations.delete(query.get('annotationName') ?? '');
  return emptyResponse(204);
}

function annotationOf({ key, query }: S3Request, bucket: Bucket): Annotation {
  const { annotations } = readable(key, query.get('versionId'), bucket);
  const annotation = annotations.get(query.get('annotationName') ?? '');
  if (annotation === undefined)
    throw new AwsError('NoSuchAnnotation', 'The specified annotation does not exist on this object.', {
      status: 404,
    });
  return annotation;
}

/** The annotations of an object, in one page. */
export function listAnnotations({ key, query }: S3Request, bucket: Bucket): AwsResponse {
  const { annotations } = readable(key, query.get('versionId'), bucket);
  const list = [...annotations].map(
    ([name, { payload, etag, lastModified }]) =>
      `<AnnotationEntry><AnnotationName>${escapeXml(name)}</AnnotationName><LastModified>${new Date(lastModified).toISOString()}</LastModified><Size>${payload.length}</Size><ETag>${escapeXml(etag)}</ETag></AnnotationEntry>`,
  );
  return xmlResponse(
    `<ListObjectAnnotationsOutput><Annotations>${list.join('')}</Annotations><AnnotationCount>${annotations.size}</AnnotationCount></ListObjectAnnotationsOutput>`,
  );
}
