import { renewedLease } from '../lock/lease.ts';
import { PremiseBroken, UnitConflict } from '../model/errors.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { runCapacity } from '../rate/run-capacity.ts';
import { runRate } from '../rate/run-rate.ts';
import type { CapacityUse, Clock, KeyService, Ledger, RateShares } from '../ports.ts';

interface ControlPorts {
  readonly ledger: Ledger;
  readonly keys: Pick<KeyService, 'pace'>;
  readonly shares: RateShares;
  readonly capacity?: CapacityUse;
  readonly clock: Clock;
}

/** What a run's control item means for one of its workers. */
export type WhatToDo =
  /** `requestsPerSecond`: this worker's share of the run's rate as it is now. */
  | { readonly kind: 'go-on'; readonly requestsPerSecond: number }
  | { readonly kind: 'pause'; readonly why: 'by-operator' | 'no-share' };

/**
 * Before each page: stop if another worker found a premise broken, an operator stopped the run, or another run took over
 * its stores. Renew the run's lease so that it outlives this invocation. Say whether the run is paused, or has no rate
 * left for this worker. Otherwise take this worker's share of the current rate.
 */
export async function followControl(
  plan: RunPlan,
  { ledger, keys, shares, capacity, clock }: ControlPorts,
): Promise<WhatToDo> {
  const control = await ledger.readControl(plan.runId);
  if (control.brokenPremise !== undefined) throw new PremiseBroken('account.stopped', control.brokenPremise);
  const lease = renewedLease(control.leaseUntil, clock.now(), plan);
  if (lease !== undefined) await ledger.renewLease(plan.runId, lease);
  if (control.paused === true) return { kind: 'pause', why: 'by-operator' };
  const requestsPerSecond = await shares.take(runRate(control, plan).requestsPerSecond);
  if (requestsPerSecond === undefined) return { kind: 'pause', why: 'no-share' };
  keys.pace(requestsPerSecond);
  capacity?.keepTo(runCapacity(control, plan).limits);
  return { kind: 'go-on', requestsPerSecond };
}

/**
 * Runs a worker. If a premise breaks, it tells all other workers before it fails. It records the message of any other
 * error, so that the report can show it if retries do not help.
 */
export async function announceTrouble<T>(runId: string, ledger: Ledger, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PremiseBroken) {
      if (error.code !== 'account.stopped') await ledger.breakPremise(runId, error.message);
    } else if (!(error instanceof UnitConflict)) {
      // The ledger itself may be the problem. Report the first error, not this one.
      await ledger.noteTrouble(runId, wordsOf(error)).catch(() => undefined);
    }
    throw error;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
