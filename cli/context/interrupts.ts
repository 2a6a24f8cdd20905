import { setTimeout as delay } from 'node:timers/promises';

/** Ctrl-C, or a request to end, while something is done. */
export interface Interrupts {
  readonly interrupted: () => boolean;
  /** Aborted by the first one. */
  readonly signal: AbortSignal;
  /** Ends early when the user interrupts. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** Listens for the first Ctrl-C while the work is done. A second one ends the process at once. */
export async function interruptible<T>(work: (interrupts: Interrupts) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const { signal } = abort;
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await work({
      interrupted: () => signal.aborted,
      signal,
      sleep: ms => delay(ms, undefined, { signal }).catch(() => undefined),
    });
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
