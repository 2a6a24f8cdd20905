import type { Limits } from '../model/job.ts';
import type { Unit } from '../model/run.ts';
import type { WorkOfRun } from '../model/run-plan.ts';
import type { InspectedStores } from './inspect-stores.ts';

/**
 * A unit for each range, in the order in which they are begun. Units of a sample end early; units of a plaintext route go to a
 * worker of their own.
 */
export function unitsOf(
  runId: string,
  ranges: InspectedStores['ranges'],
  { sample, plaintext }: { readonly sample: number | undefined; readonly plaintext: boolean },
): readonly Unit[] {
  const units = ranges.map(({ store, range }, index) => ({
    runId,
    unitId: `u${String(index + 1).padStart(5, '0')}`,
    store,
    range,
    ...(sample !== undefined && { maxRecords: sample }),
    ...(plaintext && { plaintext }),
  }));
  return spread(units);
}

/**
 * Neighbours far from each other. The map begins units in their order, and one table is cut after the other, in the order of its
 * hashes or keys. So in that order all workers would be in one part of one table, and one partition of it takes 1,000 writes a
 * second (decision 70).
 *
 * The index in binary, read backwards: after 0 comes the middle, then the quarters, then the eighths. Whatever part of the list
 * is at work, it lies evenly over all of the stores.
 */
function spread<T>(ordered: readonly T[]): readonly T[] {
  const bits = Math.ceil(Math.log2(Math.max(1, ordered.length)));
  const places = Array.from({ length: 2 ** bits }, (_, index) => backwards(index, bits));
  return places.flatMap(place => ordered.slice(place, place + 1));
}

function backwards(index: number, bits: number): number {
  return Array.from({ length: bits }, (_, bit) => Math.floor(index / 2 ** bit) % 2).reduce(
    (read, bit) => 2 * read + bit,
    0,
  );
}

/** How the units are worked through. */
export function workOf(
  units: readonly Unit[],
  limits: Limits,
): Pick<WorkOfRun, 'units' | 'workers' | 'pageSize'> {
  return { units: units.length, workers: workerCount(units.length, limits), pageSize: MOST_RECORDS };
}

/**
 * What each worker gets of its table's capacity at least. A window of ten seconds has 50 units then, and what a write of a few
 * units leaves of it is little: in a simulation, workers used 98 % of a limit of 25, and 90 % if 16 divided it. The largest
 * item takes 400 units, and less than an invocation to wait for.
 */
const UNITS_PER_WORKER = 5;

/**
 * Workers at one time. Each gets at least one request per second, and a few units of its table; more workers would only wait.
 * A job with several tables could have more workers, and then not all of them would find a part of theirs.
 */
function workerCount(units: number, limits: Limits): number {
  const { maxConcurrency, kmsRequestsPerSecond } = limits;
  const { writeCapacityPerSecond = Infinity, readCapacityPerSecond = Infinity } = limits;
  const capacity = Math.min(writeCapacityPerSecond, readCapacityPerSecond);
  const fed = Math.floor(capacity / UNITS_PER_WORKER);
  return Math.max(1, Math.min(maxConcurrency, units, kmsRequestsPerSecond, fed));
}

/**
 * The most records in a page. With 500, two journal objects and a checkpoint cost under 1 % of the unavoidable calls. Each
 * worker decides how many records it reads at a time, by its share of the rate at that moment.
 *
 * The cost of a page besides its records: two journal objects ($0.00001), and a checkpoint of up to 2 KB with a read of the
 * control item ($0.0000014). A data key costs at least $0.0000036 in a table (ReEncrypt, 1 KB written) and $0.0000084 in a
 * bucket (ReEncrypt, COPY, HEAD). So a full page of 500 adds 0.6 % in a table and 0.3 % in a bucket. A page of 20, as at one
 * request per second, adds 16 % and 7 %. A page of one record, as with large items or a narrow scope, adds 320 % and 140 %.
 * A page that changes nothing has no intents, and a page without data keys has no journal at all.
 */
const MOST_RECORDS = 500;
