import { PremiseBroken } from '../core/model/errors.ts';
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

const CREDENTIAL_ERRORS = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

/** This role may not do this: no record of the run would fare better. */
export function isDenied(error: unknown): boolean {
  return CREDENTIAL_ERRORS.has(nameOf(error));
}

/** Whoever calls is not who they say, or what they call is not there: asking about another record changes nothing. */
const OF_EVERY_RECORD = new Set([
  ...[...CREDENTIAL_ERRORS].filter(name => !['AccessDenied', 'AccessDeniedException'].includes(name)),
  'AllAccessDisabled',
  'AuthorizationHeaderMalformed',
  'IncompleteSignature',
  'InvalidToken',
  'MissingAuthenticationToken',
  'NoSuchBucket',
  'OptInRequired',
  'PermanentRedirect',
  'RequestExpired',
  'RequestTimeTooSkewed',
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
  'RequestTimeout',
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

/** A broken premise in words: which call, on what, what AWS said, what to do. */
export function premise(code: string, call: string, error: unknown, cure: string): PremiseBroken {
  return new PremiseBroken(code, `${call}: ${nameOf(error)}: ${messageOf(error)}; ${cure}`, { cause: error });
}
