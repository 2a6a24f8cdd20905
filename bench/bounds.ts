import type { StoreFigures, StoreRatios } from './ratios.ts';
import type { StoreKind } from './measure.ts';

interface Bound {
  /** What the checks allow: today's figure and a small margin. Lower it when the figure falls. */
  readonly most: number;
  /** Where it is to be. */
  readonly goal?: number;
}

/** Bounds of the ratios that do not depend on the machine. */
export const BOUNDS: Readonly<Record<StoreKind, Readonly<Record<keyof StoreRatios, Bound>>>> = {
  table: {
    kmsRequests: { most: 2.02, goal: 1.02 },
    requests: { most: 3.1 },
    wireBytes: { most: 10_500 },
    logBytes: { most: 1_400 },
    journalBytes: { most: 360 },
    cost: { most: 2.06, goal: 1.08 },
    memory: { most: 1.25, goal: 1.1 },
    secondRun: { most: 2.02, goal: 0.05 },
  },
  bucket: {
    kmsRequests: { most: 2.02, goal: 1.02 },
    requests: { most: 5.2 },
    wireBytes: { most: 14_000 },
    logBytes: { most: 1_320 },
    journalBytes: { most: 350 },
    cost: { most: 1.57, goal: 1.08 },
    memory: { most: 1.25, goal: 1.1 },
    secondRun: { most: 2.02, goal: 0.05 },
  },
};

/** What is over its bound, or no number, in words. */
export function worseThan({ store, ratios }: Pick<StoreFigures, 'store' | 'ratios'>): readonly string[] {
  return Object.entries(BOUNDS[store]).flatMap(([name, { most }]) => {
    const found = ratios[name as keyof StoreRatios];
    return found <= most ? [] : [`${store}: ${name} is ${found}, over its bound of ${most}`];
  });
}
