import { setTimeout as after } from 'node:timers/promises';

/** AWS did not get there in time. */
class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

export interface Patience {
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

/** Asks until there is an answer: at once, and then every two seconds, because AWS makes most things in the background. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
  { seconds, signal }: Patience,
): Promise<Answer> {
  for (let waited = 0; waited <= seconds; waited += 2) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    await after(2_000, undefined, { signal });
  }
  throw new TookTooLong(`${what}: not so after ${seconds} seconds`);
}

export function errorNameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

/** The name of the error that a call ends with, or 'accepted'. */
export async function endOf(call: Promise<unknown>): Promise<string> {
  return call.then(() => 'accepted', errorNameOf);
}

export function wordsOfError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
