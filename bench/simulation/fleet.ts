import type { Calibration } from './calibration.ts';
import { readsOfJoining, readsOfLooks } from './demand.ts';
import { LIMITS } from './limits.ts';

export interface Fleet {
  readonly workers: number;
  /** Workers that have come this second. */
  readonly joined: number;
  /** Workers that Lambda has, but that the leases cannot be read for. */
  readonly waiting: number;
}

export const NOBODY: Fleet = { workers: 0, joined: 0, waiting: 0 };

/** The fleet a second later. Children are started, Lambda makes room for them, and each reads the leases twice to take its share. */
export function grown(
  { workers, waiting }: Fleet,
  {
    second,
    most,
    calibration,
  }: { readonly second: number; readonly most: number; readonly calibration: Calibration },
): Fleet {
  const called = second < calibration.coldStartSeconds ? 0 : LIMITS.childrenStarted;
  const environments = LIMITS.environmentsInTenSeconds / 10;
  const come = waiting + Math.min(called, environments, most - workers - waiting);
  const reads = Math.max(0, LIMITS.partitionReads - readsOfLooks(workers, calibration));
  const joined = Math.min(come, Math.floor(reads / readsOfJoining(workers + come, calibration)));
  return { workers: workers + joined, joined, waiting: come - joined };
}

/** Data keys that are left when the last units begin: of the units at work, half of each on average. */
export function whenLastBegin(workers: number, dataKeysOfUnit: number): number {
  return (workers * dataKeysOfUnit) / 2;
}

/**
 * Workers that still have a unit when so much is left. Once the last units have begun, the progress of those at work is spread
 * evenly, so that the rest of the work falls with the square of those who are left.
 */
export function leftAtEnd(workers: number, left: number, dataKeysOfUnit: number): number {
  const last = whenLastBegin(workers, dataKeysOfUnit);
  return left >= last ? workers : Math.max(Math.min(1, workers), Math.ceil(workers * Math.sqrt(left / last)));
}
