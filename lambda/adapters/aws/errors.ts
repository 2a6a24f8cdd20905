import { PremiseBroken, ServiceUnavailable, type RewrapError } from '../../core/model/errors.ts';
import type { Judgement } from './refused-calls.ts';
import { saidBy } from './said-by.ts';

/**
 * Errors are told apart by name: KMS models neither ThrottlingException nor AccessDeniedException as a class,
 * so `instanceof` would miss them.
 */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** What AWS said, without the name of the call that clients put before it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? saidBy(error) : String(error);
}

/** The HTTP status of the answer; a HEAD reply has no body to name its error. */
export function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/**
 * The sender of a request is not recognised: its signature, token or time. AWS gives all of these in passing, also those that
 * sound final: a clock that is off after a sandbox was frozen, a token that has expired or is not known everywhere yet,
 * credentials that cannot be read just now. They tell nothing of a record, a key or a permission. (Common Errors of the API
 * references; error responses of S3; the SDK's own name for credentials that it does not get.)
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

/** Whoever calls is known, and may not do this: with this record, or with any. */
export function isDenied(error: unknown): boolean {
  return ['AccessDenied', 'AccessDeniedException', 'NotAuthorized'].includes(nameOf(error));
}

/** What is called is not there, or not for this account: asking about another record changes nothing. */
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
 * The service refuses a call about one record, and gives a reason that may hold for that record alone: its own policy,
 * its type in an index, its size, its encryption. Whether it holds for all of them, a second record tells.
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

/** What a service says of a refusal. */
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

/** The SDK's own retries are spent on something that may go away: one record fails, the run goes on. */
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

/** What to do where AWS does not recognise who calls, and no try with fresh credentials has helped. */
export const IDENTITY_CURE =
  'neither fresh credentials nor a corrected clock helped at once; it usually passes: start the same job again, it goes on from where it is; where it does not, check that the role of this function is there and may be assumed by it';

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
