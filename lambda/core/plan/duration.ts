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
  /** Requests, and visits that are as slow as requests. */
  readonly kms: number;
  readonly limits: Limits;
  readonly loads: readonly StoreLoad[];
  /** What of these reads is of the verify pass, and what that takes of a place in a second where no limit says so. */
  readonly verifying: {
    readonly loads: readonly StoreLoad[];
    readonly unitsPerSecond: Readonly<Record<string, number>>;
  };
}

/**
 * How long a run takes at least: what its limits allow of KMS and of its busiest table, whichever is slowest. Tables are worked
 * through at the same time, and so are the reads and writes of one.
 */
export function secondsOf({ kms, limits, loads, verifying }: Work): number {
  const { kmsRequestsPerSecond, writeCapacityPerSecond = Infinity, readCapacityPerSecond } = limits;
  const writes = new Map<string, number>();
  for (const { places, units } of loads) add(writes, places.at(-1) ?? '', units.writes);
  const readsPerSecond = (place: string): number =>
    readCapacityPerSecond ?? verifying.unitsPerSecond[place] ?? Infinity;
  const reads = readCapacityPerSecond === undefined ? verifying.loads : loads;
  return Math.ceil(
    Math.max(
      kms / kmsRequestsPerSecond,
      ...[...readsOf(reads)].map(([place, units]) => units / readsPerSecond(place)),
      ...[...writes.values()].map(units => units / writeCapacityPerSecond),
    ),
  );
}

/** The places of a store are read alike. */
function readsOf(loads: readonly StoreLoad[]): ReadonlyMap<string, number> {
  const reads = new Map<string, number>();
  for (const { places, units } of loads)
    for (const place of places) add(reads, place, units.reads / places.length);
  return reads;
}

function add(totals: Map<string, number>, place: string, units: number): void {
  totals.set(place, (totals.get(place) ?? 0) + units);
}
