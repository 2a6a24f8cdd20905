import pMap from 'p-map';
import type { Turns } from '../scan/turns.ts';

/** Thrown by a question that does not fit into the remaining time. It is asked again later. */
export class NoTimeLeft extends Error {
  override readonly name = 'NoTimeLeft';
}

/**
 * Asks each question once, in the order of the values, and gives its answer to every value that has it. Values whose
 * question there was no time for get none.
 */
export async function askTwinsOnce<Value, Answer>(
  values: readonly Value[],
  questionOf: (value: Value) => string,
  { ask, turns }: { readonly ask: (value: Value) => Promise<Answer>; readonly turns: Turns },
): Promise<ReadonlyMap<Value, Answer>> {
  const twins = new Map<string, { readonly first: Value; readonly all: Value[] }>();
  for (const value of values) {
    const question = questionOf(value);
    const known = twins.get(question);
    if (known === undefined) twins.set(question, { first: value, all: [value] });
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
