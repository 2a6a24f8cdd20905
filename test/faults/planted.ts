import type { Schedule } from './schedule.ts';
import type { PlantedBug } from './service.ts';
import type { Invariant } from './violations.ts';

/** A mistake that the product could have, and its invariants: the suite must then find one of them broken. */
export interface Planted {
  readonly name: string;
  readonly breaks: readonly Invariant[];
  readonly bug: PlantedBug;
  /** What makes the mistake likely to show. */
  readonly given?: Partial<Schedule>;
}
