import { PremiseBroken } from '../model/errors.ts';
import type { RunPlan } from '../model/run.ts';
import type { KeyService, Ledger } from '../ports.ts';

/**
 * Before each page: stop where another worker found a premise broken or an operator stopped the run, tell whether the
 * run is paused, and take over a changed rate.
 */
export async function heedControl(
  plan: RunPlan,
  { ledger, keys }: { readonly ledger: Ledger; readonly keys: Pick<KeyService, 'pace'> },
): Promise<'go-on' | 'pause'> {
  const control = await ledger.readControl(plan.runId);
  if (control.brokenPremise !== undefined) throw new PremiseBroken('account.stopped', control.brokenPremise);
  // The rate is the fleet's: each worker takes an equal share, so that their number never adds to it.
  keys.pace((control.kmsRequestsPerSecond ?? plan.limits.kmsRequestsPerSecond) / plan.workers);
  return control.paused === true ? 'pause' : 'go-on';
}

/** Runs a worker and, where a premise breaks, tells all others before it fails itself. */
export async function announceBrokenPremise<T>(
  runId: string,
  ledger: Ledger,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PremiseBroken && error.code !== 'account.stopped')
      await ledger.breakPremise(runId, error.message);
    throw error;
  }
}
