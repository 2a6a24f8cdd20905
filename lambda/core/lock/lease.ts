import type { WorkOfRun } from '../model/run-plan.ts';

/** How much longer than its timeout an invocation may seem to take, because the clocks of two machines differ. */
const MARGIN_SECONDS = 30;

/** A worker that read its run's control item at `now` cannot be writing after this time, in milliseconds. */
export function lastWriteAfter(
  now: number,
  { workerTimeoutSeconds }: Pick<WorkOfRun, 'workerTimeoutSeconds'>,
): number {
  return now + (workerTimeoutSeconds + MARGIN_SECONDS) * 1000;
}

/**
 * Before a page, a worker makes sure that the lease of its run outlives this invocation. It takes twice what it needs, so
 * that one renewal serves all workers of the run for the length of an invocation.
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
