import { setTimeout as sleep } from 'node:timers/promises';
import { nameOf } from './aws-errors.ts';

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

/** Somebody else's transaction or copy holds the record for a moment; the SDK does not ask again on these. */
const CONFLICTS = new Set(['TransactionConflictException', 'ConditionalRequestConflict', 'OperationAborted']);
const CONFLICT_PATIENCE_MS: readonly number[] = [100, 200, 400, 800];

/** Sends a conditional write again while another one is in its way. It has no effect until it answers. */
export async function despiteConflicts<T>(send: () => Promise<T>): Promise<T> {
  for (const wait of CONFLICT_PATIENCE_MS) {
    try {
      return await send();
    } catch (error) {
      if (!CONFLICTS.has(nameOf(error))) throw error;
      await sleep(wait);
    }
  }
  return send();
}
