import { runbookCode } from '../model/refuse.ts';

/** An error as Step Functions tells it. `Cause` of a function's error is the JSON that Lambda answers. */
export interface Failure {
  readonly Error: string;
  readonly Cause: string;
}

/** A unit that failed for good, once its retries were spent. */
export interface FailedUnit extends Failure {
  /** The function that worked on it. */
  readonly worker: string;
}

const THRESHOLD = 'States.ExceedToleratedFailureThreshold';
const START = 'start the same job again: it continues from there';
const AGAIN = `then ${START}`;

const UNKNOWN = `units failed, and neither they nor their workers left a word: look at the failed children of the map in Step Functions, ${AGAIN}`;

/**
 * Why a run failed. A failed map only says that too many of its units failed, not why. `units` are those units; `trouble` is
 * the last error that a worker recorded, for the case that nothing is known about the units.
 */
export function failureWords(
  failure: Failure,
  { units, trouble }: { readonly units: readonly FailedUnit[]; readonly trouble?: string },
): string {
  if (failure.Error !== THRESHOLD) return wordsOfFailure(failure, 'Report');
  const counts = new Map<string, number>();
  for (const unit of units) {
    const words = wordsOfFailure(unit, unit.worker);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const [first, ...others] = [...counts].sort(([, a], [, b]) => b - a);
  if (first === undefined) return trouble ?? UNKNOWN;
  const left = others.reduce((sum, [, count]) => sum + count, 0);
  return `${first[0]}${left === 0 ? '' : ` (so ${first[1]} units; ${left} failed for other reasons)`}`;
}

/** An event of EventBridge has room for 256 KB, and a reader for less. */
const SHOWN_LENGTH = 2_000;

/** Why Plan did not begin a run, and the paragraph of the runbook that its words name. */
export function refusalOf(failure: Failure): { readonly error: string; readonly code?: string } {
  const words = wordsOfFailure(failure, 'Plan');
  const code = runbookCode(words);
  return { error: words.slice(0, SHOWN_LENGTH), ...(code !== undefined && { code }) };
}

/** Job and mode that an execution asked for. Its input is whatever somebody wrote. */
export function askedOf(input: unknown): { readonly job: string; readonly mode: string } {
  const fields = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const name = (field: unknown): string =>
    typeof field === 'string' && /^[a-z0-9-]{1,80}$/.test(field) ? field : 'unknown';
  return { job: name(fields['job']), mode: name(fields['mode']) };
}

/** Lambda ended the function, or did not start it. */
export function isOfLambda(name: string): boolean {
  return /^(Lambda|Runtime|Sandbox)\./.test(name);
}

/** What failed and what to do about it. If Lambda ended a function or did not start it, which one. */
export function wordsOfFailure({ Error: name, Cause }: Failure, functionName: string): string {
  const said = causeOf(Cause);
  switch (name) {
    case 'Sandbox.Timedout':
      return `Lambda ended ${functionName}, as its time was up (${said}): raise its time-out where it is below 15 minutes (workerTimeoutSeconds), ${AGAIN}; if it fails there again, its log group tells at which page`;
    case 'Lambda.Unknown':
    case 'Runtime.ExitError':
    case 'Runtime.OutOfMemory':
      return `Lambda ended ${functionName} (${said}), most likely for want of memory or time; its log group tells: give it more, ${AGAIN}`;
    case 'Lambda.TooManyRequestsException':
      return `Lambda had no slot for ${functionName} (${said}): raise the account's quota of concurrent executions, or lower limits.maxConcurrency, ${AGAIN}`;
  }
  if (name === 'States.Runtime' && said.includes('maximum number of history events'))
    return `a unit of ${functionName} has outgrown its execution (${said}); ${START}`;
  if (isOfLambda(name) && said.includes('is not authorized to perform: lambda:InvokeFunction'))
    return `Step Functions may not call ${functionName} (${said}): deploy the stack again; if that does not help, a permissions boundary or a service control policy denies it`;
  return isOfLambda(name)
    ? `Lambda did not run ${functionName} (${name}: ${said}): it usually passes; wait a little, ${AGAIN}`
    : `${name}: ${said}`;
}

function causeOf(cause: string): string {
  try {
    const parsed = JSON.parse(cause) as { readonly errorMessage?: unknown } | null;
    return typeof parsed?.errorMessage === 'string' ? parsed.errorMessage : cause;
  } catch {
    return cause;
  }
}
