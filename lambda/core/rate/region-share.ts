import type { Clock, Deadline } from '../ports.ts';
import { ServiceUnavailable } from '../model/errors.ts';
import { offerFor, wholeOf, type Asking, type Offer } from './fair-share.ts';
import { lookIntervalMs } from './look-interval.ts';
import {
  BOOK_BUSY,
  coolingIn,
  isLive,
  liveLeases,
  type Cooling,
  type Lease,
  type ShareBook,
  type Slot,
} from './lease.ts';

/** An invocation of a worker. */
export interface Worker {
  readonly runId: string;
  /** The pass and the unit that it works on. */
  readonly work: string;
  /** Its own name: no other invocation has it. */
  readonly holder: string;
  /** How many workers its run can have. */
  readonly workers: number;
}

export interface SharePorts {
  readonly book: ShareBook;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** From 0 on, below 1. */
  readonly random: () => number;
  /** Requests of this worker that KMS may have counted within the last second. */
  readonly recent: () => number;
}

/** What is shared, and how. */
export interface SharedUse {
  readonly name: string;
  /** Requests a second, of which shares are whole numbers; or parts of a store's capacity. */
  readonly in: 'requests' | 'parts';
}

/** How much the clocks of two machines may differ, and how far an invocation may exceed its time. */
const MARGIN_MS = 30_000;
/** A worker that has to wait comes back in a minute, and keeps its claim to a share for that long. */
const CLAIM_MS = 150_000;
/** The next invocation on a unit begins a moment after the last one. If it never does, its share is free again after this time. */
const HANDOVER_MS = 10_000;
/** How long what a worker has used is nobody's. */
const COOLING_MS = 1_000;
/** With less than a quarter of its final share, a page is not worth beginning. */
const ENOUGH = 1 / 4;
/** Other workers may take a slot while this one is looking at it, so it tries a few times. */
const TRIES = 20;
/** Shares are quotients, and their sums are not exact. */
const ALMOST = 1 - 1e-9;

/**
 * One worker's share of the rate in one Region. It first writes down what it wants, then reads what all others have, and
 * then uses only what fits beside that: if two take at the same time, the later reader sees the other. To give something
 * back, it first uses less, then writes it down. So the last one to take more has seen that everything in use fits. After a
 * lower rate it also reads again, because its own part of that rests on what the others will give back.
 */
export class RegionShare {
  readonly #region: string;
  readonly #whole: boolean;
  readonly #worker: Worker;
  readonly #ports: SharePorts;
  readonly #until: number;
  /** What this worker may send. The written lease is never smaller. */
  #used = 0;
  #own: Slot | undefined;
  #last = { at: 0, runRate: 0, slots: 0 };

  constructor(shared: SharedUse, worker: Worker, ports: SharePorts) {
    this.#region = shared.name;
    this.#whole = shared.in === 'requests';
    this.#worker = worker;
    this.#ports = ports;
    this.#until = ports.clock.now() + ports.deadline.remaining() + MARGIN_MS;
  }

  /** Requests per second that this worker may send until it looks again; 0 if it has to wait. */
  async look(runRate: number): Promise<number> {
    if (this.#hasJustLooked(runRate)) return this.#used;
    try {
      for (let tries = 1; tries <= TRIES; tries++) if (await this.#take(runRate)) return this.#used;
    } catch (error) {
      return this.#withoutALook(runRate, error);
    }
    throw new Error(`the shares of ${this.#region} were changed by others ${TRIES} times in a row`);
  }

  /**
   * The leases are read by too many workers at once. What this one uses is written down, so nobody else has it, and a worker that
   * has none waits. If the rate is lower now, its part of that is not known.
   */
  #withoutALook(runRate: number, error: unknown): number {
    if (!isBusy(error)) throw error;
    if (runRate < this.#last.runRate) this.#used = 0;
    return this.#used;
  }

  async giveBack(): Promise<void> {
    this.#used = 0;
    const own = this.#own;
    if (own?.lease?.holder !== this.#worker.holder) return;
    const cooling = this.#cooling(0);
    const gone = cooling && { ...own.lease, share: 0, gone: true as const, cooling, until: cooling.until };
    await this.#write(own, gone);
  }

  /** Stops sending and keeps its claim while it is away, so that the others make room for it. */
  async claimUntilLater(): Promise<void> {
    await this.#leave({ share: 0, forMs: CLAIM_MS }).catch((error: unknown) => {
      // Then its lease ends with this invocation's time.
      if (!isBusy(error)) throw error;
    });
  }

  /** Stops sending, and leaves its share to the next invocation on its unit. */
  async handOver(): Promise<void> {
    await this.#leave({ share: this.#used, forMs: HANDOVER_MS });
  }

  async #leave({ share, forMs }: { readonly share: number; readonly forMs: number }): Promise<void> {
    this.#used = 0;
    const own = this.#own;
    if (own?.lease?.holder !== this.#worker.holder) return;
    const until = this.#ports.clock.now() + forMs;
    await this.#write(own, { ...own.lease, share, until, cooling: this.#cooling(0) });
  }

  /** What it has used of late, if that is more than the share that it goes on with. */
  #cooling(share: number): Cooling | undefined {
    const requests = this.#whole ? this.#ports.recent() : 0;
    return requests > share ? { requests, until: this.#ports.clock.now() + COOLING_MS } : undefined;
  }

  #hasJustLooked(runRate: number): boolean {
    const { at, runRate: before, slots } = this.#last;
    return this.#used > 0 && runRate === before && this.#ports.clock.now() - at < lookIntervalMs(slots);
  }

  /** Returns whether it succeeded: others may have changed the slot in the meantime. */
  async #take(runRate: number): Promise<boolean> {
    const { slot, has, cooling, others } = await this.#read(runRate);
    const offer = offerFor(this.#asking({ runRate, share: has, cooling }), others);
    const share = this.#worthIt(has > 0 ? offer.share : Math.min(offer.share, this.#first(offer)), offer);
    const goesUp = share > this.#used;
    if (!goesUp) this.#used = share;
    if (!goesUp && this.#isWrittenDown(slot, { runRate, share })) return true;
    // Two workers that come down at once may each count on the other for more than it gives back.
    const isLowered = runRate < (slot.lease?.runRate ?? runRate);
    if (!(await this.#write(slot, this.#lease(runRate, share)))) return false;
    return (!goesUp && !isLowered) || (await this.#confirm(runRate, share));
  }

  /** Uses as much of what it has written down as fits beside what the others have written down by now. */
  async #confirm(runRate: number, wanted: number): Promise<boolean> {
    const { slot, cooling, others } = await this.#read(runRate);
    if (slot.lease?.holder !== this.#worker.holder) return false;
    const offer = offerFor(this.#asking({ runRate, share: wanted, cooling }), others);
    const some = Math.min(Math.max(this.#used, offer.room), offer.most);
    const rest = offer.whole ? wholeOf(some) : some;
    const fits = offer.room >= wanted * ALMOST ? wanted : rest;
    this.#used = this.#worthIt(fits, offer);
    if (this.#used < wanted) await this.#write(slot, this.#lease(runRate, this.#used));
    return true;
  }

  /** The share if all workers of the run were there, so that the first ones leave room for the others. */
  #first({ part, whole }: Offer): number {
    const first = part / this.#worker.workers;
    return whole ? Math.max(1, wholeOf(first)) : first;
  }

  #asking(now: Pick<Asking, 'runRate' | 'share' | 'cooling'>): Asking {
    const { runId, holder } = this.#worker;
    return { runId, holder, whole: this.#whole, ...now };
  }

  /** A worker that already has a share accepts any other. One that has none waits until it gets enough to begin. */
  #worthIt(share: number, offer: Offer): number {
    const enough = ENOUGH * Math.min(offer.fair, this.#first(offer));
    return this.#used > 0 || share >= enough ? share : 0;
  }

  async #read(runRate: number): Promise<{
    readonly slot: Slot;
    /** What it starts from: its own share, or what an earlier invocation on the same unit has left. */
    readonly has: number;
    readonly cooling: Asking['cooling'];
    readonly others: readonly Lease[];
  }> {
    const now = this.#ports.clock.now();
    const slots = await this.#ports.book.read(this.#region);
    const { runId, work, holder } = this.#worker;
    const mine = slots.find(({ lease }) => lease?.holder === holder);
    const left = slots.find(
      slot =>
        isLive(slot, now) &&
        slot.lease?.runId === runId &&
        slot.lease.work === work &&
        slot.lease.gone !== true,
    );
    if (mine === undefined) await this.#afterCooling(left, now);
    const slot = mine ?? left ?? this.#freeSlot(slots, now);
    if (mine === undefined) this.#used = 0;
    this.#last = { at: now, runRate, slots: slots.length };
    this.#own = slot;
    const beside = slots.filter(({ id }) => id !== slot.id);
    const others = liveLeases(beside, now);
    const cooling = { run: coolingIn(beside, now, runId), all: coolingIn(beside, now) };
    return { slot, others, cooling, has: mine === undefined ? (left?.lease?.share ?? 0) : this.#used };
  }

  /** What an invocation leaves to the next one on its unit is used again when the second that it was used in is over. */
  async #afterCooling(left: Slot | undefined, now: number): Promise<void> {
    const until = left?.lease?.cooling?.until ?? now;
    if (until > now) await this.#ports.sleep(until - now);
  }

  #freeSlot(slots: readonly Slot[], now: number): Slot {
    const free = slots.filter(slot => !isLive(slot, now));
    const { random } = this.#ports;
    const id = Math.floor(random() * 36 ** 8).toString(36);
    return free[Math.floor(random() * free.length)] ?? { id, version: 0 };
  }

  #isWrittenDown({ lease }: Slot, { runRate, share }: Pick<Lease, 'runRate' | 'share'>): boolean {
    return lease?.holder === this.#worker.holder && lease.runRate === runRate && lease.share === share;
  }

  #lease(runRate: number, share: number): Lease {
    const { runId, work, holder } = this.#worker;
    return { runId, work, holder, runRate, share, until: this.#until, cooling: this.#cooling(share) };
  }

  async #write(slot: Slot, lease: Lease | undefined): Promise<boolean> {
    const written = await this.#ports.book.write(this.#region, slot, lease);
    if (written)
      this.#own = {
        id: slot.id,
        version: slot.version + 1,
        ...(lease !== undefined && { lease }),
      };
    return written;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof ServiceUnavailable && error.code === BOOK_BUSY;
}
