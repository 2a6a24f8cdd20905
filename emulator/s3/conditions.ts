import { AwsError } from '../protocol/aws-error.ts';
import type { ObjectVersion } from './bucket.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const PRECONDITION = (condition: string): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    status: 412,
    members: { Condition: condition },
  });

/** Checks If-Match and If-None-Match of a write against the current object. */
export function checkWrite(current: ObjectVersion | undefined, headers: Headers): void {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  if (match !== undefined) {
    if (current === undefined)
      throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
    if (!sameEtag(current, match)) throw PRECONDITION('If-Match');
  }
  if (noneMatch !== undefined) {
    if (noneMatch !== '*')
      throw new AwsError(
        'NotImplemented',
        'A header you provided implies functionality that is not implemented: If-None-Match takes * on writes',
        { status: 501 },
      );
    if (current !== undefined) throw PRECONDITION('If-None-Match');
  }
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
