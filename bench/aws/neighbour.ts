import { setTimeout as sleep } from 'node:timers/promises';
import type { Neighbour } from './messages.ts';
import type { Calls } from './seed.ts';

const TICK_MS = 20;

/** Asks KMS as often as it needs, whatever the answers are. */
export async function neighbour(
  calls: Calls,
  { requestsPerSecond, seconds, key: KeyId }: Neighbour,
): Promise<void> {
  const began = performance.now();
  const asking: Promise<unknown>[] = [];
  for (let passed = 0; passed < seconds; passed = (performance.now() - began) / 1_000) {
    const due = Math.floor(Math.min(passed, seconds) * requestsPerSecond);
    while (asking.length < due)
      // A throttled one fails, and is counted where it was throttled.
      asking.push(calls.json('kms', 'Encrypt', { KeyId, Plaintext: 'cA==' }).catch(() => undefined));
    await sleep(TICK_MS);
  }
  await Promise.all(asking);
}
