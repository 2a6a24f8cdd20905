/** Units of a store's capacity that were consumed, and when. */
export interface Consumed {
  readonly units: number;
  readonly over: UnitsOverTime;
}

/** Units by slots of time, all of the same length: what several workers consumed at the same time adds up. */
export interface UnitsOverTime {
  /** Length of a slot. */
  readonly seconds: number;
  /** The first slot, counted from 1970. */
  readonly first: number;
  readonly units: readonly number[];
}

/** What was consumed of a store's capacity; a copied store's is that of both places. */
export interface ConsumedCapacity {
  readonly read?: Consumed;
  readonly write?: Consumed;
}
