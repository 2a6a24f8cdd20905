import { AwsError } from '../protocol/aws-error.ts';
import type { ObjectVersion } from './bucket.ts';

/** Of a name, and of a payload (S3 user guide, annotation limits). */
const MOST_NAME_BYTES = 512;
const MOST_BYTES = 1024 ** 2;
/** Of a version of an object. */
const MOST_ANNOTATIONS = 1_000;

const NAME = /^[\p{L}\p{M}\p{N}_.-]+$/u;
const RESERVED = /^(?:aws|s3)/i;

/** @throws AwsError for a name that S3 does not take */
export function annotationName(query: URLSearchParams): string {
  const name = query.get('annotationName') ?? '';
  if (name.trim() === '')
    throw new AwsError('UserAnnotationNameMustBeSpecified', 'You must specify a user annotation name.');
  if (Buffer.byteLength(name) > MOST_NAME_BYTES)
    throw new AwsError('AnnotationNameTooLong', 'Your annotation name is too long.');
  if (!NAME.test(name) || RESERVED.test(name))
    throw new AwsError(
      'InvalidAnnotationName',
      'Your annotation name contains invalid characters, or starts with a reserved prefix.',
    );
  return name;
}

/** @throws AwsError for a payload that S3 does not take */
export function checkPayload(payload: Buffer): void {
  if (payload.length === 0)
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  if (payload.length > MOST_BYTES)
    throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
  if (!isUtf8(payload))
    throw new AwsError('UnsupportedMediaType', 'The annotation payload is not valid UTF-8 encoded text.', {
      status: 415,
    });
}

function isUtf8(payload: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(payload);
    return true;
  } catch {
    return false;
  }
}

export function checkRoom({ annotations }: ObjectVersion, name: string): void {
  if (!annotations.has(name) && annotations.size >= MOST_ANNOTATIONS)
    throw new AwsError('AnnotationLimitExceeded', 'The object annotation count exceeds the limit (1000).');
}

/** The only condition that there is: the ETag of the object, which no annotation changes. */
export function checkObjectEtag(
  { etag }: ObjectVersion,
  headers: Readonly<Record<string, string | undefined>>,
): void {
  const wanted = headers['x-amz-object-if-match'];
  if (wanted !== undefined && wanted.replaceAll('"', '') !== etag.replaceAll('"', ''))
    throw new AwsError(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      {
        status: 412,
        members: { Condition: 'x-amz-object-if-match' },
      },
    );
}

/** @throws AwsError where a lock keeps the object's annotations from being deleted */
export function checkUnlocked(
  { headers: held }: ObjectVersion,
  headers: Readonly<Record<string, string | undefined>>,
): void {
  const mode = held['x-amz-object-lock-mode'];
  const until = Date.parse(held['x-amz-object-lock-retain-until-date'] ?? '');
  const bypass = mode === 'GOVERNANCE' && headers['x-amz-bypass-governance-retention'] === 'true';
  const isRetained = mode !== undefined && until > Date.now() && !bypass;
  if (isRetained || held['x-amz-object-lock-legal-hold'] === 'ON')
    throw new AwsError('AccessDenied', 'Access Denied because object protected by object lock.', {
      status: 403,
    });
}
