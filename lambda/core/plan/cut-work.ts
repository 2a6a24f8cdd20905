import type { Limits } from '../model/job.ts';
import type { RunPlan, Unit } from '../model/run.ts';
import type { InspectedStores } from './inspect-stores.ts';

/** A unit for each range; a sample's units end early, plaintext ones are for a worker of their own. */
export function unitsOf(
  runId: string,
  ranges: InspectedStores['ranges'],
  { sample, plaintext }: { readonly sample: number | undefined; readonly plaintext: boolean },
): readonly Unit[] {
  return ranges.map(({ store, range }, index) => ({
    runId,
    unitId: `u${String(index + 1).padStart(5, '0')}`,
    store,
    range,
    ...(sample !== undefined && { maxRecords: sample }),
    ...(plaintext && { plaintext }),
  }));
}

/** How the units are worked through. */
export function workOf(
  units: readonly Unit[],
  limits: Limits,
): Pick<RunPlan, 'units' | 'workers' | 'pageSize'> {
  const workers = workerCount(units.length, limits);
  return { units: units.length, workers, pageSize: pageSize(limits.kmsRequestsPerSecond / workers) };
}

/**
 * Workers at one time. Each has at least one request a second: slower ones would not finish a page before they are
 * killed, and would start it anew for ever.
 */
function workerCount(units: number, { maxConcurrency, kmsRequestsPerSecond }: Limits): number {
  return Math.max(1, Math.min(maxConcurrency, units, kmsRequestsPerSecond));
}

/**
 * Records in a page: what a worker re-encrypts in about 20 seconds at its share of the rate, so that a page always
 * fits well into an invocation of 15 minutes even at one request a second, and a stop takes effect soon; at most
 * 500, where two journal objects and a checkpoint a page cost under 1 % of the calls that cannot be avoided.
 */
function pageSize(requestsPerSecond: number): number {
  return Math.min(500, Math.floor(requestsPerSecond * 20));
}
