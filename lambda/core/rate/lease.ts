/** A worker's share of its run's rate, in one KMS Region. */
export interface Lease {
  readonly runId: string;
  /** The pass and the unit that it works on. */
  readonly work: string;
  /** The invocation that holds it. */
  readonly holder: string;
  /** The rate of its run, as the worker has last read it. */
  readonly runRate: number;
  /** Requests per second; 0 while the worker waits for some. */
  readonly share: number;
  /** The worker sends no request after this time, in milliseconds since 1970. */
  readonly until: number;
  /** Present if the worker was using more of late than its share is now. */
  readonly cooling?: Cooling | undefined;
  /** Its worker is done. Only what it has used of late still counts. */
  readonly gone?: true;
}

/** KMS counts by the second: what one worker has just used is nobody's until that second is over. */
export interface Cooling {
  readonly requests: number;
  /** In milliseconds since 1970. */
  readonly until: number;
}

/**
 * A place for one lease. A slot outlives its lease and is reused, so that there are never more slots than there were
 * workers at one time.
 */
export interface Slot {
  readonly id: string;
  /** Grows with every change; 0 if nobody has written it yet. */
  readonly version: number;
  readonly lease?: Lease;
}

/** The code of the ServiceUnavailable by which a share book says that too many workers use it at once. */
export const BOOK_BUSY = 'rate.busy';

/** The leases of all workers of a deployment, by Region of KMS. It throws ServiceUnavailable with the code BOOK_BUSY if it is throttled. */
export interface ShareBook {
  /** Sees every write that was answered before the read began. */
  read(region: string): Promise<readonly Slot[]>;
  /** Puts a lease into a slot, or removes it, if nobody has changed the slot since; returns whether it did. */
  write(region: string, slot: Slot, lease: Lease | undefined): Promise<boolean>;
}

export function isLive({ lease }: Slot, now: number): boolean {
  return lease !== undefined && lease.until > now;
}

/** The leases of workers that are not done. */
export function liveLeases(slots: readonly Slot[], now: number): readonly Lease[] {
  return leasesOf(slots, now).filter(({ gone }) => gone !== true);
}

/** What workers have just used beyond their shares: of one run, or of all. */
export function coolingIn(slots: readonly Slot[], now: number, runId?: string): number {
  return leasesOf(slots, now)
    .filter(lease => runId === undefined || lease.runId === runId)
    .reduce((sum, { share, cooling }) => {
      const used = cooling !== undefined && cooling.until > now ? cooling.requests : 0;
      return sum + Math.max(0, used - share);
    }, 0);
}

function leasesOf(slots: readonly Slot[], now: number): readonly Lease[] {
  return slots.flatMap(slot => (slot.lease !== undefined && isLive(slot, now) ? [slot.lease] : []));
}
