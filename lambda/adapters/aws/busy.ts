import type { Busy } from '../../core/ports.ts';
import { nameOf, statusOf } from './errors.ts';

/** Names under which DynamoDB and S3 say that they are asked for too much (the SDK retries on all of these). */
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

/** Somebody else's transaction, copy or write in another Region holds the record. */
const CONTENDED = new Set([
  'ConditionalRequestConflict',
  'OperationAborted',
  'ReplicatedWriteConflictException',
  'TransactionConflictException',
]);

/**
 * Whether an error says that the store takes the call later: `undefined` for all others. A throttled HEAD has no body, so
 * no name: 429 and 503 tell it by themselves.
 */
export function busyOf(error: unknown): Busy | undefined {
  if (!(error instanceof Error)) return undefined;
  if (CONTENDED.has(nameOf(error))) return 'contended';
  const status = statusOf(error);
  return THROTTLED.has(nameOf(error)) || status === 429 || status === 503 ? 'throttled' : undefined;
}
