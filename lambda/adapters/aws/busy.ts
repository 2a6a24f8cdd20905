import type { Busy } from '../../core/ports.ts';
import { nameOf, statusOf } from './errors.ts';

/** Error names by which DynamoDB and S3 say that they are overloaded. The SDK retries on all of them. */
const THROTTLED = new Set([
  'BandwidthLimitExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Another transaction, copy or write, possibly in another Region, holds the record. */
const CONTENDED = new Set([
  'ConditionalRequestConflict',
  'OperationAborted',
  'ReplicatedWriteConflictException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/**
 * Whether the store will take the call later; `undefined` for all other errors. A throttled HEAD has no body and so no
 * error name; its status, 429 or 503, is enough.
 */
export function busyOf(error: unknown): Busy | undefined {
  if (!(error instanceof Error)) return undefined;
  if (CONTENDED.has(nameOf(error))) return 'contended';
  const status = statusOf(error);
  return THROTTLED.has(nameOf(error)) || status === 429 || status === 503 ? 'throttled' : undefined;
}
