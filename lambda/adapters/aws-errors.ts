import { PremiseBroken } from '../core/model/errors.ts';

/**
 * Errors are told apart by name: KMS models neither ThrottlingException nor AccessDeniedException as a class,
 * so `instanceof` would miss them.
 */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
  'SlowDown',
  'ThrottlingException',
  'TimeoutError',
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
