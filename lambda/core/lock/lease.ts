import type { WorkOfRun } from '../model/run-plan.ts';

/** What an invocation may take longer than its time-out, by the clocks of two machines. */
const MARGIN_SECONDS = 30;

/** No worker that looked at its run's control item at `now` can be writing later than this, in milliseconds. */
export function lastWriteAfter(
  now: number,
  { workerTimeoutSeconds }: Pick<WorkOfRun, 'workerTimeoutSeconds'>,
): number {
  return now + (workerTimeoutSeconds + MARGIN_SECONDS) * 1000;
}

/**
 * Before a page, a worker sees to it that the lease of its run outlives this invocation. It then takes twice what it
 * needs, so that one renewal serves all workers of the run for the length of an invocation.
 *
 * @returns the new end of the lease, or `undefined` where the present one is long enough
 */
export function renewedLease(
  leaseUntil: number | undefined,
  now: number,
  plan: Pick<WorkOfRun, 'workerTimeoutSeconds'>,
): number | undefined {
  const needed = lastWriteAfter(now, plan);
  return leaseUntil !== undefined && leaseUntil >= needed ? undefined : lastWriteAfter(needed, plan);
}
