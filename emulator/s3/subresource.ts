import { AwsError } from '../protocol/aws-error.ts';
import type { S3Request } from './s3-request.ts';

/** Sub-resources that are operations of their own. */
const SUBRESOURCES = [
  'acl',
  'delete',
  'encryption',
  'location',
  'notification',
  'object-lock',
  'ownershipControls',
  'tagging',
  'uploads',
  'uploadId',
  'versioning',
  'versions',
  'annotationName',
  'annotation',
  'restore',
];

/** Arguments of operations. `x-id` names the operation for whoever reads a log. */
const ARGUMENTS = [
  'prefix',
  'delimiter',
  'max-keys',
  'encoding-type',
  'marker',
  'list-type',
  'continuation-token',
  'start-after',
  'fetch-owner',
  'key-marker',
  'version-id-marker',
  'max-uploads',
  'upload-id-marker',
  'max-parts',
  'part-number-marker',
  'annotation-prefix',
  'max-annotation-results',
  'max-buckets',
  'bucket-region',
  'partNumber',
  'versionId',
  'x-id',
];
/** Of a signature in the query. */
const SIGNATURE = /^x-amz-/i;

/**
 * The sub-resource that a request is about; empty if there is none. Whatever is not known here may be one, and is not
 * taken for a request without it.
 *
 * @throws AwsError NotImplemented
 */
export function subresource({ query, key }: Pick<S3Request, 'query' | 'key'>): string {
  const found = SUBRESOURCES.find(name => query.has(name)) ?? '';
  const unknown = [...query.keys()].find(
    name => !SUBRESOURCES.includes(name) && !ARGUMENTS.includes(name) && !SIGNATURE.test(name),
  );
  if (unknown !== undefined) throw notImplemented(`?${unknown}`);
  if (query.has('partNumber') && found !== 'uploadId') throw notImplemented('parts of objects');
  if (query.has('delimiter') && (key !== '' || !['', 'versions', 'uploads'].includes(found)))
    throw notImplemented(`a delimiter with ?${found}`);
  if (query.has('list-type') && query.get('list-type') !== '2')
    throw notImplemented(`?list-type=${query.get('list-type')}`);
  return found;
}

export function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `the embedded AWS does not have ${what}`, { status: 501 });
}
