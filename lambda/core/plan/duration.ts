import type { Limits } from '../model/job.ts';
import type { StoreUnits } from '../stores/store.ts';

/** What a run takes of the capacity of one store. */
export interface StoreLoad {
  /** Its places whose capacity the limits bound; the last one is written. */
  readonly places: readonly string[];
  /** Of all of its places together. */
  readonly units: StoreUnits;
}

interface Work {
  readonly kmsRequests: number;
  readonly limits: Limits;
  readonly loads: readonly StoreLoad[];
}

/**
 * How long a run takes at least: what its limits allow of KMS and of its busiest table, whichever is slowest. Tables are worked
 * through at the same time, and so are the reads and writes of one.
 */
export function secondsOf({ kmsRequests, limits, loads }: Work): number {
  const {
    kmsRequestsPerSecond,
    writeCapacityPerSecond = Infinity,
    readCapacityPerSecond = Infinity,
  } = limits;
  const reads = new Map<string, number>();
  const writes = new Map<string, number>();
  for (const { places, units } of loads)
    for (const [index, place] of places.entries()) {
      const isWritten = index === places.length - 1;
      reads.set(place, (reads.get(place) ?? 0) + units.reads / places.length);
      writes.set(place, (writes.get(place) ?? 0) + (isWritten ? units.writes : 0));
    }
  return Math.ceil(
    Math.max(
      kmsRequests / kmsRequestsPerSecond,
      ...[...reads.values()].map(units => units / readCapacityPerSecond),
      ...[...writes.values()].map(units => units / writeCapacityPerSecond),
    ),
  );
}
