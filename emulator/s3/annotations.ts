import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import {
  annotationName,
  checkObjectEtag,
  checkPayload,
  checkRoom,
  checkUnlocked,
} from './annotation-rules.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import { checksumHeaders, verifyChecksums } from './checksums.ts';
import { lowerBound } from './key-order.ts';
import { etagOf } from './object-operations.ts';
import { readable } from './object-versions.ts';
import { emptyResponse, escapeXml, xmlResponse, type S3Request } from './s3-request.ts';
import { ALGORITHM } from './server-side-keys.ts';

/** Adds or replaces an annotation. The object itself, its ETag and its date stay as they are. */
export function putAnnotation(request: S3Request, bucket: Bucket): AwsResponse {
  const { key, query, headers, body } = request;
  const name = annotationName(query);
  checkPayload(body);
  const version = readable(request, bucket);
  checkObjectEtag(version, headers);
  checkRoom(version, name);
  const checksum = verifyChecksums(body, headers);
  const annotation = { payload: body, etag: etagOf(body), lastModified: Date.now(), checksum };
  version.annotations.set(name, annotation);
  return xmlResponse(
    `<PutObjectAnnotationOutput>${element('Key', key)}${element('AnnotationName', name)}</PutObjectAnnotationOutput>`,
    200,
    { ...shown(version, bucket), etag: annotation.etag, ...checksumHeaders(checksum) },
  );
}

export function getAnnotation(request: S3Request, bucket: Bucket): AwsResponse {
  const name = annotationName(request.query);
  const version = readable(request, bucket);
  const annotation = version.annotations.get(name);
  if (annotation === undefined)
    throw new AwsError('NoSuchAnnotation', 'The specified annotation does not exist.', { status: 404 });
  const { payload, etag, lastModified, checksum } = annotation;
  const isAsked = request.headers['x-amz-checksum-mode'] === 'ENABLED';
  return {
    status: 200,
    headers: {
      ...shown(version, bucket),
      etag,
      'content-length': String(payload.length),
      'last-modified': new Date(lastModified).toUTCString(),
      ...(isAsked && checksumHeaders(checksum)),
    },
    body: payload,
  };
}

/** That there is none is no error of the operation (S3 API reference, DeleteObjectAnnotation). */
export function deleteAnnotation(request: S3Request, bucket: Bucket): AwsResponse {
  const name = annotationName(request.query);
  const version = readable(request, bucket);
  checkObjectEtag(version, request.headers);
  checkUnlocked(version, request.headers);
  version.annotations.delete(name);
  return emptyResponse(204, versionHeader(version, bucket));
}

/** The annotations of an object in pages, by their names in UTF-8 byte order. */
export function listAnnotations(request: S3Request, bucket: Bucket): AwsResponse {
  const { key, query } = request;
  const version = readable(request, bucket);
  const prefix = query.get('annotation-prefix') ?? '';
  const most = mostResults(query);
  const token = query.get('continuation-token');
  const after = token === null ? '' : Buffer.from(token, 'base64').toString('utf8');
  const names: string[] = [];
  for (const name of version.annotations.keys())
    if (name.startsWith(prefix)) names.splice(lowerBound(names, name), 0, name);
  const rest = names.slice(after === '' ? 0 : lowerBound(names, after, true));
  const page = rest.slice(0, most);
  const next = rest.length > most ? Buffer.from(page.at(-1) ?? '').toString('base64') : undefined;
  const body = [
    `<Annotations>${page.map(name => entry(name, version)).join('')}</Annotations>`,
    ...[element('Bucket', bucket.name), element('Key', key)],
    prefix === '' ? '' : element('AnnotationPrefix', prefix),
    `<MaxAnnotationResults>${most}</MaxAnnotationResults><AnnotationCount>${page.length}</AnnotationCount>`,
    token === null ? '' : element('ContinuationToken', token),
    next === undefined ? '' : element('NextContinuationToken', next),
  ];
  return xmlResponse(
    `<ListObjectAnnotationsOutput>${body.join('')}</ListObjectAnnotationsOutput>`,
    200,
    versionHeader(version, bucket),
  );
}

function mostResults(query: URLSearchParams): number {
  const most = Number(query.get('max-annotation-results') ?? '1000');
  if (Number.isInteger(most) && most >= 1 && most <= 1_000) return most;
  throw new AwsError('InvalidArgument', 'max-annotation-results must be between 1 and 1000');
}

function entry(name: string, { annotations }: ObjectVersion): string {
  const annotation = annotations.get(name);
  if (annotation === undefined) return '';
  const { payload, etag, lastModified, checksum } = annotation;
  const date = new Date(lastModified).toISOString();
  return `<AnnotationEntry>${element('AnnotationName', name)}<LastModified>${date}</LastModified><Size>${payload.length}</Size>${element('ETag', etag)}${element('ChecksumAlgorithm', checksum.algorithm.toUpperCase())}</AnnotationEntry>`;
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/** An annotation is encrypted as its object is. */
function shown(version: ObjectVersion, bucket: Bucket): Record<string, string> {
  const algorithm = version.headers[ALGORITHM];
  return {
    ...versionHeader(version, bucket),
    ...(algorithm !== undefined && { [ALGORITHM]: algorithm }),
  };
}

function versionHeader({ versionId }: ObjectVersion, { versioning }: Bucket): Record<string, string> {
  return versioning === '' ? {} : { 'x-amz-object-version-id': versionId };
}
