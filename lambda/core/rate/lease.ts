/** What a worker has of the rate of its run, in one Region of KMS. */
export interface Lease {
  readonly runId: string;
  /** The pass and the unit that it works on. */
  readonly work: string;
  /** The invocation that has it. */
  readonly holder: string;
  /** The rate of its run, as the worker has last read it. */
  readonly runRate: number;
  /** Requests per second; 0 while the worker waits for some. */
  readonly share: number;
  /** No request of the worker leaves later, in milliseconds since 1970. */
  readonly until: number;
}

/**
 * A place for one lease. A slot stays when its lease is over, and is used again, so that there are never more than there
 * were workers at one time.
 */
export interface Slot {
  readonly id: string;
  /** Grows with every change; 0 where nobody has written it yet. */
  readonly version: number;
  readonly lease?: Lease;
}

/** The leases of all workers of a deployment, by Region of KMS. */
export interface ShareBook {
  /** Every write that was answered before this began is seen. */
  read(region: string): Promise<readonly Slot[]>;
  /** Puts a lease into a slot, or takes it out, if nobody has changed the slot since; answers whether it did. */
  write(region: string, slot: Slot, lease: Lease | undefined): Promise<boolean>;
}

export function isLive({ lease }: Slot, now: number): boolean {
  return lease !== undefined && lease.until > now;
}

/** The leases that are not over. */
export function liveLeases(slots: readonly Slot[], now: number): readonly Lease[] {
  return slots.flatMap(slot => (slot.lease !== undefined && isLive(slot, now) ? [slot.lease] : []));
}
