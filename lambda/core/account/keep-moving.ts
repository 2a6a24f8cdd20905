import { isDeepStrictEqual } from 'node:util';
import type { UnitProgress } from '../model/books.ts';
import { ServiceUnavailable } from '../model/errors.ts';
import type { Phase, Unit } from '../model/run.ts';
import type { Ledger } from '../ports.ts';
import { freshProgress } from './unit-progress.ts';

/** A denial that may only mean that AWS does not know an alias everywhere yet (alias-lag.ts). */
const NOT_YET_ALLOWED = 'account.notYetAllowed';

export function notYetAllowed(words: string, cause: unknown): ServiceUnavailable {
  return new ServiceUnavailable(
    NOT_YET_ALLOWED,
    `${words}; the alias that the permission hangs on may not count everywhere yet, which takes up to five minutes`,
    { cause },
  );
}

/**
 * When a store is too busy to take more writes, an invocation that has made progress returns as if its time were up, and
 * the state machine calls again, as often as it takes. Only an invocation without any progress fails, and Step Functions
 * retries that a few times.
 *
 * When the worker is denied what may be allowed in a moment, it returns and waits, with or without progress. What it has done of
 * its page is done again, as after a crash.
 *
 * One strongly consistent read of the ledger for each invocation, however short: $0.000000125 for each 4 KB of progress.
 */
export async function keepMoving(
  unit: Unit,
  phase: Phase,
  ledger: Pick<Ledger, 'lastCheckpoint'>,
  work: () => Promise<UnitProgress>,
): Promise<UnitProgress> {
  const stand = (): Promise<UnitProgress | undefined> =>
    ledger.lastCheckpoint(freshProgress(unit, phase), unit.runId);
  const before = await stand();
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ServiceUnavailable && [NOT_YET_ALLOWED, 'store.busy'].includes(error.code)))
      throw error;
    const now = await stand();
    if (error.code === NOT_YET_ALLOWED)
      return { ...(now ?? freshProgress(unit, phase)), paused: 'not-yet-allowed' };
    if (now === undefined || isDeepStrictEqual(now, before)) throw error;
    return now;
  }
}
