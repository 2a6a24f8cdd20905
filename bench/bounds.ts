import type { StoreFigures, StoreRatios } from './ratios.ts';
import type { StoreKind } from './measure.ts';

interface Bound {
  /** What the checks allow: today's figure and a small margin. Lower it when the figure falls. */
  readonly most: number;
  /** Where it is to be. */
  readonly goal?: number;
}

/**
 * Bounds of the ratios that do not depend on the machine. The verify pass asks KMS about one data key in a hundred by chance: at these sizes that
 * is 0.01 ± 0.008 of a request for each, so the bound of `kmsRequests` is four deviations above its figure. At these sizes the heap of a
 * fresh worker still grows: 101 MB at the smaller table and 135 MB at the larger one, which is less than the 160 MB that are the goal.
 */
export const BOUNDS: Readonly<Record<StoreKind, Readonly<Record<keyof StoreRatios, Bound>>>> = {
  table: {
    kmsRequests: { most: 1.04, goal: 1.02 },
    requests: { most: 1.4 },
    wireBytes: { most: 7_500 },
    logBytes: { most: 140 },
    journalBytes: { most: 475 },
    cost: { most: 1.09, goal: 1.08 },
    memory: { most: 1.45, goal: 1.1 },
    secondRun: { most: 0.05 },
    recurringVerify: { most: 0.1 },
  },
  bucket: {
    kmsRequests: { most: 1.04, goal: 1.02 },
    requests: { most: 4.2 },
    wireBytes: { most: 10_000 },
    logBytes: { most: 45 },
    journalBytes: { most: 465 },
    cost: { most: 1.09, goal: 1.08 },
    memory: { most: 1.25, goal: 1.1 },
    secondRun: { most: 0.05 },
    recurringVerify: { most: 0.1 },
  },
};

/** What is over its bound, or no number, in words. */
export function worseThan({ store, ratios }: Pick<StoreFigures, 'store' | 'ratios'>): readonly string[] {
  return Object.entries(BOUNDS[store]).flatMap(([name, { most }]) => {
    const found = ratios[name as keyof StoreRatios];
    return found <= most ? [] : [`${store}: ${name} is ${found}, over its bound of ${most}`];
  });
}
