import { notYetAllowed } from '../../core/account/keep-moving.ts';
import { announceTrouble } from '../../core/account/run-control.ts';
import { PremiseBroken, RewrapError, ServiceUnavailable } from '../../core/model/errors.ts';
import type { Ledger } from '../../core/ports.ts';
import { callerTrouble, type Caller } from './caller-trouble.ts';
import { IDENTITY_CURE, isDenied, isOfIdentity, isTransient, nameOf } from './errors.ts';
import { isNamed } from './said-by.ts';

const GONE = new Set(['NoSuchBucket', 'ResourceNotFoundException', 'TableNotFoundException']);
const WAIT =
  'it usually passes: start the same job again, it goes on from where it is; if a table is throttled, raise its capacity or lower limits.maxConcurrency';
const YOUR_ACCESS =
  'check --profile and --region, and that you are allowed this call (docs/permissions.md says what each command needs)';
const GRANT =
  'check that it exists and that the role of this function is granted it (cdk deploy; the role of another account by its owner: rewrap plan JOB --policies), then start the same job again: it continues from there';

/**
 * The edge of a function. An unhandled AWS error leaves it under a name of ours, with call, resource, cause and cure.
 * Other errors leave it unchanged.
 */
export async function namingFailures<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error);
  }
}

/**
 * The edge of a worker. An error that leaves it, and its record in the ledger for the report, has call, resource, cause
 * and cure. It is named inside, so that the ledger gets the words, and again outside, because the ledger itself may fail.
 */
export function tellingFailures<T>(runId: string, ledger: Ledger, work: () => Promise<T>): Promise<T> {
  return namingFailures(() => announceTrouble(runId, ledger, () => namingFailures(work)));
}

/** A denial of any service may be that of a key behind it, as long as an alias may not count everywhere yet. */
export async function waitingOutDenials<T>(mayPass: () => boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && isDenied(error) && mayPass()) throw notYetAllowed(error.message, error);
    throw error;
  }
}

function failureOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof RewrapError) return error;
  const options = { cause: error };
  // The message already has the call, the resource and the name of the error.
  if (isTransient(error))
    return new ServiceUnavailable('aws.unavailable', `${error.message}; ${WAIT}`, options);
  if (isOfIdentity(error))
    return new ServiceUnavailable('aws.identity', `${error.message}; ${IDENTITY_CURE}`, options);
  if (isDenied(error) || GONE.has(nameOf(error)))
    return new PremiseBroken('aws.denied', `${error.message}; ${GRANT}`, options);
  return error;
}

/** An error as the caller of a command needs it: call, resource and cause in the client's words, and what to do. */
export function wordsForCaller(error: unknown, caller: Caller = {}): string {
  if (!(error instanceof Error)) return String(error);
  const trouble = callerTrouble(error, caller);
  if (trouble !== undefined) return trouble.words;
  if (!isNamed(error)) return error.message;
  if (isTransient(error)) return `${error.message}; it usually passes: run the command again`;
  return isDenied(error) ? `${error.message}; ${YOUR_ACCESS}` : error.message;
}
