import { setTimeout as sleep } from 'node:timers/promises';
import { busyOf } from './busy.ts';

/**
 * KMS is eventually consistent: a key, alias, replica or grant that has just been made may not be visible everywhere,
 * usually for some seconds. What looks missing is asked for again after these waits, 15 seconds in all, and then believed.
 */
export const KMS_PATIENCE_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000];

/** Asks again, after each of the waits, while the outcome may be one of something that is not visible yet. */
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
 * Sends a conditional write again while another one is in its way: a conflict is usually over in milliseconds, and the
 * SDK asks again on some of them only. It has no effect until it answers.
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
