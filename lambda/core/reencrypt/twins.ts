import pMap from 'p-map';

/** ReEncrypt calls in flight in one worker; the pacing of the key service decides how fast they leave. */
const IN_FLIGHT = 32;

/** Asks once for all values with the same fingerprint, and gives every one of them the answer. */
export async function askTwinsOnce<Value, Answer>(
  values: readonly Value[],
  fingerprint: (value: Value) => string,
  ask: (value: Value) => Promise<Answer>,
): Promise<ReadonlyMap<Value, Answer>> {
  const twins = new Map<string, { readonly first: Value; readonly all: Value[] }>();
  for (const value of values) {
    const known = twins.get(fingerprint(value));
    if (known === undefined) twins.set(fingerprint(value), { first: value, all: [value] });
    else known.all.push(value);
  }
  const answered = await pMap(
    twins.values(),
    async ({ first, all }) => {
      const answer = await ask(first);
      return all.map(value => [value, answer] as const);
    },
    { concurrency: IN_FLIGHT },
  );
  return new Map(answered.flat());
}
