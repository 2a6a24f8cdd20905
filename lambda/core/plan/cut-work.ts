import type { Limits } from '../model/job.ts';
import type { Unit } from '../model/run.ts';
import type { WorkOfRun } from '../model/run-plan.ts';
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
): Pick<WorkOfRun, 'units' | 'workers' | 'pageSize'> {
  return { units: units.length, workers: workerCount(units.length, limits), pageSize: MOST_RECORDS };
}

/** Workers at one time. Each has at least one request a second: more of them would only wait. */
function workerCount(units: number, { maxConcurrency, kmsRequestsPerSecond }: Limits): number {
  return Math.max(1, Math.min(maxConcurrency, units, kmsRequestsPerSecond));
}

/**
 * Records in a page at most: of 500, two journal objects and a checkpoint cost under 1 % of the calls that cannot be
 * avoided. How many a page has is decided by each worker when it reads it, by its share of the rate then.
 *
 * What a page costs beside its records: two journal objects ($0.00001) and a checkpoint of up to 2 KB with a look at the
 * control item ($0.0000014). A data key in a table cannot cost less than $0.0000036 (ReEncrypt, 1 KB written), one in a
 * bucket $0.0000084 (ReEncrypt, COPY, HEAD). So a full page of 500 adds 0.6 % in a table and 0.3 % in a bucket; one of 20,
 * as at one request a second, 16 % and 7 %; one of a single record, as of large items or behind a narrow scope, three
 * times its own cost and 1.4 times. A page that changes nothing has no intents, one without data keys no journal at all.
 */
const MOST_RECORDS = 500;
