import { isDeepStrictEqual } from 'node:util';
import type { UnitProgress } from '../model/books.ts';
import { ServiceUnavailable } from '../model/errors.ts';
import type { Phase, Unit } from '../model/run.ts';
import type { Ledger } from '../ports.ts';
import { freshProgress } from './unit-progress.ts';

/**
 * When a store is too busy to take more writes, an invocation that has made progress returns as if its time were up, and
 * the state machine calls again, as often as it takes. Only an invocation without any progress fails, and Step Functions
 * retries that a few times.
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
    if (!(error instanceof ServiceUnavailable && error.code === 'store.busy')) throw error;
    const now = await stand();
    if (now === undefined || isDeepStrictEqual(now, before)) throw error;
    return now;
  }
}
