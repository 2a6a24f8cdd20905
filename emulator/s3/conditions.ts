import { AwsError } from '../protocol/aws-error.ts';
import type { Bucket, MultipartUpload, ObjectVersion } from './bucket.ts';
import { noSuchKey } from './object-versions.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const PRECONDITION = (condition: string): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    status: 412,
    members: { Condition: condition },
  });

/** Checks If-Match and If-None-Match of a write against the current object. */
export function checkWrite({ objects }: Bucket, key: string, headers: Headers): void {
  const current = objects.current(key);
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  checkKinds(match, noneMatch);
  if (match !== undefined) {
    if (current === undefined) throw noSuchKey(key);
    if (!sameEtag(current, match)) throw PRECONDITION('If-Match');
  }
  if (noneMatch !== undefined && current !== undefined) throw PRECONDITION('If-None-Match');
}

/** The same of a completion. What has changed since its upload began is a conflict. */
export function checkCompletion(bucket: Bucket, { key, began }: MultipartUpload, headers: Headers): void {
  const condition = ['If-Match', 'If-None-Match'].find(name => headers[name.toLowerCase()] !== undefined);
  const current = bucket.objects.current(key);
  const isDecided = (condition === 'If-Match') === (current === undefined);
  if (condition === undefined || isDecided || bucket.objects.newest(key) === began)
    return checkWrite(bucket, key, headers);
  throw new AwsError(
    'ConditionalRequestConflict',
    'The conditional request cannot succeed due to a conflicting operation against this resource.',
    { status: 409, members: { Condition: condition, Key: key } },
  );
}

/** A write takes one of the two: an ETag that is to match, or `*` that is not. */
function checkKinds(match: string | undefined, noneMatch: string | undefined): void {
  if (match !== undefined && noneMatch !== undefined)
    throw unsupported(
      'If-Match,If-None-Match',
      'Multiple conditional request headers present in the request',
    );
  if (match === '*') throw refusedValue('If-Match');
  if (noneMatch !== undefined && noneMatch !== '*') throw refusedValue('If-None-Match');
}

function refusedValue(header: string): AwsError {
  return unsupported(header, `We don't accept the provided value of ${header} header for this API`);
}

/** Of directory buckets alone (API reference, DeleteObject). */
const OF_DIRECTORY_BUCKETS = ['x-amz-if-match-last-modified-time', 'x-amz-if-match-size'];

/** Conditional deletes look at the current object alone, whichever version they name (user guide). */
export function checkDelete(current: ObjectVersion | undefined, headers: Headers): void {
  const other = OF_DIRECTORY_BUCKETS.find(name => headers[name] !== undefined);
  if (other !== undefined) throw unsupported(other);
  const match = headers['if-match'];
  if (match === undefined || (current !== undefined && sameEtag(current, match))) return;
  throw PRECONDITION('If-Match');
}

/** A header, or a value of one, that S3 does not take here. */
function unsupported(header: string, additionalMessage?: string): AwsError {
  return new AwsError(
    'NotImplemented',
    'A header you provided implies functionality that is not implemented',
    {
      status: 501,
      members: { Header: header, ...(additionalMessage !== undefined && { additionalMessage }) },
    },
  );
}

/** Conditions of GET and HEAD. `304` for the two that mean "you have it already". */
export function checkRead(version: ObjectVersion, headers: Headers): 'read' | 'not-modified' {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  const unmodifiedSince = seconds(headers['if-unmodified-since']);
  const modifiedSince = seconds(headers['if-modified-since']);
  if (match !== undefined && !sameEtag(version, match)) throw PRECONDITION('If-Match');
  if (match === undefined && unmodifiedSince !== undefined && modifiedAt(version) > unmodifiedSince)
    throw PRECONDITION('If-Unmodified-Since');
  if (noneMatch !== undefined) return sameEtag(version, noneMatch) ? 'not-modified' : 'read';
  return modifiedSince !== undefined && modifiedAt(version) <= modifiedSince ? 'not-modified' : 'read';
}

/** Conditions on the source of a copy; each pair has a rule for both together (API reference, CopyObject). */
export function checkCopySource(source: ObjectVersion, headers: Headers): void {
  const match = headers['x-amz-copy-source-if-match'];
  const noneMatch = headers['x-amz-copy-source-if-none-match'];
  const unmodifiedSince = seconds(headers['x-amz-copy-source-if-unmodified-since']);
  const modifiedSince = seconds(headers['x-amz-copy-source-if-modified-since']);
  if (match !== undefined && !sameEtag(source, match)) throw PRECONDITION('x-amz-copy-source-If-Match');
  if (match === undefined && unmodifiedSince !== undefined && modifiedAt(source) > unmodifiedSince)
    throw PRECONDITION('x-amz-copy-source-If-Unmodified-Since');
  if (noneMatch !== undefined && sameEtag(source, noneMatch))
    throw PRECONDITION('x-amz-copy-source-If-None-Match');
  if (noneMatch === undefined && modifiedSince !== undefined && modifiedAt(source) <= modifiedSince)
    throw PRECONDITION('x-amz-copy-source-If-Modified-Since');
}

function sameEtag({ etag }: ObjectVersion, given: string): boolean {
  return given === '*' || given.replaceAll('"', '') === etag.replaceAll('"', '');
}

function modifiedAt({ lastModified }: ObjectVersion): number {
  return Math.floor(lastModified / 1000);
}

function seconds(header: string | undefined): number | undefined {
  const time = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}
