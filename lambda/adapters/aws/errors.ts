import { PremiseBroken, ServiceUnavailable, type RewrapError } from '../../core/model/errors.ts';
import type { Judgement } from './refused-calls.ts';
import { saidBy } from './said-by.ts';

/**
 * Match errors by name: KMS has no classes for ThrottlingException and AccessDeniedException, so `instanceof` would miss
 * them.
 */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** AWS's own message, without the name of the call that our clients add. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? saidBy(error) : String(error);
}

/** The HTTP status of the answer. A HEAD reply has no body that could name the error. */
export function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/**
 * AWS does not recognise the sender of a request: its signature, token or time. All of these errors can be temporary,
 * even those that sound final: the clock is off after a sandbox was frozen, a token has expired or is not known
 * everywhere yet, credentials cannot be read for a moment. They say nothing about a record, a key or a permission.
 * (Common Errors of the API references; error responses of S3; the SDK's own name for missing credentials.)
 */
const IDENTITY_ERRORS = new Set([
  'AuthFailure',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);

export function isOfIdentity(error: unknown): boolean {
  return IDENTITY_ERRORS.has(nameOf(error));
}

/** AWS knows the caller, who may not do this, with this record or with any. */
export function isDenied(error: unknown): boolean {
  return ['AccessDenied', 'AccessDeniedException', 'NotAuthorized'].includes(nameOf(error));
}

/** The resource is missing, or not available to this account. Another record would get the same answer. */
const OF_EVERY_RECORD = new Set([
  ...IDENTITY_ERRORS,
  'AllAccessDisabled',
  'AuthorizationHeaderMalformed',
  'NoSuchBucket',
  'OptInRequired',
  'PermanentRedirect',
  'ResourceNotFoundException',
  'TableNotFoundException',
]);

/**
 * The service refuses a call about one record for a reason that may concern that record alone: its own policy, its type
 * in an index, its size, its encryption. A second record shows whether it concerns all of them.
 */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  return status >= 400 && status < 500 && !isTransient(error) && !OF_EVERY_RECORD.has(nameOf(error));
}

/** Judges errors of calls about one record; `states` are those that tell of the record's state, and refuse nothing. */
export function judgeOf(states: ReadonlySet<string>): (error: unknown) => Judgement {
  return error => {
    if (states.has(nameOf(error))) return 'state';
    return isRefusal(error) ? 'refusal' : 'other';
  };
}

/** A refusal in the service's own words. */
export function refusalWords(call: string, error: unknown): string {
  return `${call} was refused (${statusOf(error) ?? 'no status'} ${nameOf(error)}: ${messageOf(error)})`;
}

const TRANSIENT_ERRORS = new Set([
  'ConditionalRequestConflict',
  'DependencyTimeoutException',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'KMSInternalException',
  'KeyUnavailableException',
  'LimitExceededException',
  'OperationAborted',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestAbortedException',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'ReplicatedWriteConflictException',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
]);

/** A temporary error that outlasted the SDK's retries. One record fails, and the run continues. */
export function isTransient(error: unknown): boolean {
  if (isOfIdentity(error)) return false;
  if (TRANSIENT_ERRORS.has(nameOf(error))) return true;
  const { $metadata, code } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly code?: string;
  };
  return ($metadata?.httpStatusCode ?? 0) >= 500 || (code !== undefined && /^E[A-Z]+$/.test(code));
}

export function isThrottling(error: unknown): boolean {
  return [
    'ThrottlingException',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'SlowDown',
  ].includes(nameOf(error));
}

/** What to check if a role may not make a call about a store: a role of another account is granted it by its owner. */
export const GRANTED =
  "that the job's role is granted it (or the role of another account, by its owner: rewrap plan JOB --policies), then start the job again";

/** What to do if AWS does not recognise the caller, even with fresh credentials. */
export const IDENTITY_CURE =
  'neither fresh credentials nor a corrected clock helped at once; it usually passes: start the same job again, it goes on from where it is; if it does not pass, check that the role of this function exists and that the function may assume it';

/**
 * A broken premise in words: which call, on what, what AWS said, what to do. That AWS does not recognise who calls breaks
 * none: this invocation fails, and Step Functions tries again.
 */
export function premise(code: string, call: string, error: unknown, cure: string): RewrapError {
  const said = `${call}: ${nameOf(error)}: ${messageOf(error)}`;
  return isOfIdentity(error)
    ? new ServiceUnavailable('aws.identity', `${said}; ${IDENTITY_CURE}`, { cause: error })
    : new PremiseBroken(code, `${said}; ${cure}`, { cause: error });
}
