import { setTimeout as delay } from 'node:timers/promises';
import { ExecutionAborted } from './states-error.ts';

/** Waits, unless the execution is stopped first. */
export async function sleep(seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(seconds * 1000, undefined, { signal });
  } catch {
    throw new ExecutionAborted();
  }
}

/**
 * Waits for the work or for the stop of the execution, whichever comes first. The work itself continues, as a Lambda
 * invocation does.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(new ExecutionAborted());
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
