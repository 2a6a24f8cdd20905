import { PremiseBroken, type RewrapError } from '../../core/model/errors.ts';
import { GRANTED, isOfIdentity, judgeOf, nameOf, premise, refusalWords, statusOf } from '../aws/errors.ts';
import type { Judgement } from '../aws/refused-calls.ts';

/** A missing, changed, archived, full or busy object says nothing about other objects. */
const STATES_OF_OBJECTS = new Set([
  'NotFound',
  'NoSuchKey',
  'NoSuchVersion',
  'NoSuchUpload',
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'InvalidObjectState',
  'ObjectNotInActiveTierError',
  'MetadataTooLarge',
]);

const judgeByName = judgeOf(STATES_OF_OBJECTS);

export function judgeS3(error: unknown): Judgement {
  return isGone(error) ? 'state' : judgeByName(error);
}

const GONE: readonly string[] = ['NotFound', 'NoSuchKey', 'NoSuchVersion'];

/**
 * The object was deleted. Where its bucket has versions, a delete marker is in its place, and S3 answers some requests about
 * one, such as for its tags, as if the request were wrong.
 */
export function isGone(error: unknown): boolean {
  const { ResourceType } = error as { readonly ResourceType?: string };
  return (
    GONE.includes(nameOf(error)) || (nameOf(error) === 'MethodNotAllowed' && ResourceType === 'DeleteMarker')
  );
}

const HEAD = 's3:HeadObject';

/** S3's reason for not showing an object. A HEAD reply has no body, so there is only its status. */
export function hiddenWords(call: string, error: unknown): string {
  if (call !== HEAD)
    return `${refusalWords(call, error)}: the job's format needs something that S3 does not show`;
  return `${headWords(error)}: ${signOf(error)}`;
}

function headWords(error: unknown): string {
  return `S3 answered ${statusOf(error) ?? 'an error'} to HeadObject`;
}

function signOf(error: unknown): string {
  return statusOf(error) === 400
    ? 'S3 shows its metadata only with its key, as for objects with customer-provided keys (SSE-C)'
    : 'S3 does not show its metadata, for example because a policy or its KMS key denies this role';
}

/** A HEAD reply has no body, so it does not say whether S3 refuses the object or the caller. */
export function mayBeOfIdentity(error: unknown): boolean {
  const status = statusOf(error);
  return status === 400 || status === 403;
}

interface Refused {
  readonly bucket: string;
  /** Errors of calls about one object. */
  readonly key?: string;
}

/** The words if every object is refused: the call, the bucket, what S3 said and what to do. */
export function s3Premise(call: string, { bucket, key }: Refused, error: unknown): RewrapError {
  const where = `${key === undefined ? '' : ` of ${key}`} in bucket ${bucket}`;
  const status = statusOf(error);
  if (isOfIdentity(error) || call !== HEAD || (status !== 400 && status !== 403))
    return premise('s3.call', `${call}${where}`, error, CURE);
  return new PremiseBroken('s3.call', `${headWords(error)}${where}; ${HEAD_CURES[status]}`, { cause: error });
}

const CURE = `check that the bucket exists and ${GRANTED}`;

const HEAD_CURES = {
  400: 'S3 shows objects with customer-provided keys (SSE-C) only to callers who have these keys: exclude them by the prefix of the job, then start the job again',
  403: "grant the job's role s3:GetObject on these objects, and s3:ListBucket on the bucket, without which S3 answers 403 also for what is not there, then start the job again",
};
