import pMap from 'p-map';
import type { Turns } from '../scan/turns.ts';

/** Thrown by a question that has no time to come to its end; it is asked again later. */
export class NoTimeLeft extends Error {
  override readonly name = 'NoTimeLeft';
}

/**
 * Asks once for all values with the same fingerprint, in their order, and gives every one of them the answer. Those for
 * which there was no time have none.
 */
export async function askTwinsOnce<Value, Answer>(
  values: readonly Value[],
  fingerprint: (value: Value) => string,
  { ask, turns }: { readonly ask: (value: Value) => Promise<Answer>; readonly turns: Turns },
): Promise<ReadonlyMap<Value, Answer>> {
  const twins = new Map<string, { readonly first: Value; readonly all: Value[] }>();
  for (const value of values) {
    const print = fingerprint(value);
    const known = twins.get(print);
    if (known === undefined) twins.set(print, { first: value, all: [value] });
    else known.all.push(value);
  }
  const answered = await pMap(
    twins.values(),
    async ({ first, all }) => {
      const end = turns.begin();
      if (end === undefined) return [];
      try {
        const answer = await ask(first);
        return all.map(value => [value, answer] as const);
      } catch (error) {
        if (error instanceof NoTimeLeft) return [];
        throw error;
      } finally {
        end();
      }
    },
    { concurrency: turns.inFlight },
  );
  return new Map(answered.flat());
}
