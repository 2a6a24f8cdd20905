import pMap from 'p-map';

/** How many questions there is time for. */
export interface Asking {
  /** At one time. */
  readonly inFlight: number;
  /** Before each question: `undefined` where there is no time for it, and none for those after it; else called when it is answered. */
  begin(): (() => void) | undefined;
}

export const ALL_THE_TIME: Asking = { inFlight: 32, begin: () => () => undefined };

/**
 * Asks once for all values with the same fingerprint, in their order, and gives every one of them the answer. Those for
 * which there was no time have none.
 */
export async function askTwinsOnce<Value, Answer>(
  values: readonly Value[],
  fingerprint: (value: Value) => string,
  { ask, asking }: { readonly ask: (value: Value) => Promise<Answer>; readonly asking: Asking },
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
      const end = asking.begin();
      if (end === undefined) return [];
      const answer = await ask(first);
      end();
      return all.map(value => [value, answer] as const);
    },
    { concurrency: asking.inFlight },
  );
  return new Map(answered.flat());
}
