import { setTimeout as sleep } from 'node:timers/promises';
import { busyOf } from './busy.ts';

/**
 * KMS is eventually consistent: a new key, alias, replica or grant may be invisible in places, usually for some seconds.
 * Ask again after each of these waits, 15 seconds in all, before believing that something is missing.
 */
export const KMS_PATIENCE_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000];

/**
 * A new or changed alias may take five minutes to count in conditions on `kms:ResourceAliases`, although the API shows it already
 * (KMS developer guide, controlling access with aliases). After the 15 seconds, ask again after each of these waits: 300 seconds.
 */
export const ALIAS_PATIENCE_MS: readonly number[] = [15_000, 30_000, 45_000, 60_000, 60_000, 90_000];

/** Asks again after each wait, as long as the outcome may only mean that something is not visible yet. */
export async function patiently<T>(
  ask: () => Promise<T>,
  mayChange: (outcome: T) => boolean,
  waitsMs: readonly number[],
): Promise<T> {
  let outcome = await ask();
  for (const wait of waitsMs) {
    if (!mayChange(outcome)) break;
    await sleep(wait);
    outcome = await ask();
  }
  return outcome;
}

const CONFLICT_PATIENCE_MS: readonly number[] = [100, 200, 400, 800];

/**
 * Repeats a conditional write while another write is in its way. A conflict usually ends within milliseconds, and the SDK
 * retries only some of them. Until it is answered, the write has had no effect.
 */
export async function despiteConflicts<T>(send: () => Promise<T>): Promise<T> {
  for (const wait of CONFLICT_PATIENCE_MS) {
    try {
      return await send();
    } catch (error) {
      if (busyOf(error) !== 'contended') throw error;
      await sleep(wait);
    }
  }
  return send();
}
