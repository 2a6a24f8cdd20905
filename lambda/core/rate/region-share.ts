import type { Clock, Deadline } from '../ports.ts';
import { ServiceUnavailable } from '../model/errors.ts';
import { offerFor, type Offer } from './fair-share.ts';
import { lookIntervalMs } from './look-interval.ts';
import { BOOK_BUSY, isLive, liveLeases, type Lease, type ShareBook, type Slot } from './lease.ts';

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
}

/** How much the clocks of two machines may differ, and how far an invocation may exceed its time. */
const MARGIN_MS = 30_000;
/** A worker that has to wait comes back in a minute, and keeps its claim to a share for that long. */
const CLAIM_MS = 150_000;
/** The next invocation on a unit begins a moment after the last one. If it never does, its share is free again after this time. */
const HANDOVER_MS = 10_000;
/** With less than a quarter of its final share, a page is not worth beginning. */
const ENOUGH = 1 / 4;
/** Other workers may take a slot while this one is looking at it, so it tries a few times. */
const TRIES = 20;
/** Shares are quotients, and their sums are not exact. */
const ALMOST = 1 - 1e-9;

/**
 * One worker's share of the rate in one Region. It first writes down what it wants, then reads what all others have, and
 * then uses only what fits beside that: if two take at the same time, the later reader sees the other. To give something
 * back, it first uses less, then writes it down. So the last one to take more has seen that everything in use fits.
 */
export class RegionShare {
  readonly #region: string;
  readonly #worker: Worker;
  readonly #ports: SharePorts;
  readonly #until: number;
  /** What this worker may send. The written lease is never smaller. */
  #used = 0;
  #own: Slot | undefined;
  #last = { at: 0, runRate: 0, slots: 0 };

  constructor(region: string, worker: Worker, ports: SharePorts) {
    this.#region = region;
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
    if (this.#own?.lease?.holder === this.#worker.holder) await this.#write(this.#own, undefined);
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
    await this.#write(own, { ...own.lease, share, until: this.#ports.clock.now() + forMs });
  }

  #hasJustLooked(runRate: number): boolean {
    const { at, runRate: before, slots } = this.#last;
    return this.#used > 0 && runRate === before && this.#ports.clock.now() - at < lookIntervalMs(slots);
  }

  /** Returns whether it succeeded: others may have changed the slot in the meantime. */
  async #take(runRate: number): Promise<boolean> {
    const { slot, has, others } = await this.#read(runRate);
    const { runId } = this.#worker;
    const offer = offerFor({ runId, runRate, share: has }, others);
    const share = this.#worthIt(has > 0 ? offer.share : Math.min(offer.share, this.#first(offer)), offer);
    const goesUp = share > this.#used;
    if (!goesUp) this.#used = share;
    if (!goesUp && this.#isWrittenDown(slot, { runRate, share })) return true;
    if (!(await this.#write(slot, this.#lease(runRate, share)))) return false;
    return !goesUp || (await this.#confirm(runRate, share));
  }

  /** Uses as much of what it has written down as fits beside what the others have written down by now. */
  async #confirm(runRate: number, wanted: number): Promise<boolean> {
    const { slot, others } = await this.#read(runRate);
    if (slot.lease?.holder !== this.#worker.holder) return false;
    const offer = offerFor({ runId: this.#worker.runId, runRate, share: wanted }, others);
    const rest = Math.min(Math.max(this.#used, offer.room), offer.most);
    const fits = offer.room >= wanted * ALMOST ? wanted : rest;
    this.#used = this.#worthIt(fits, offer);
    if (this.#used < wanted) await this.#write(slot, this.#lease(runRate, this.#used));
    return true;
  }

  /** The share if all workers of the run were there, so that the first ones leave room for the others. */
  #first({ part }: Offer): number {
    return part / this.#worker.workers;
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
    readonly others: readonly Lease[];
  }> {
    const now = this.#ports.clock.now();
    const slots = await this.#ports.book.read(this.#region);
    const { runId, work, holder } = this.#worker;
    const mine = slots.find(({ lease }) => lease?.holder === holder);
    const left = slots.find(
      slot => isLive(slot, now) && slot.lease?.runId === runId && slot.lease.work === work,
    );
    const slot = mine ?? left ?? this.#freeSlot(slots, now);
    if (mine === undefined) this.#used = 0;
    this.#last = { at: now, runRate, slots: slots.length };
    this.#own = slot;
    const others = liveLeases(
      slots.filter(({ id }) => id !== slot.id),
      now,
    );
    return { slot, others, has: mine === undefined ? (left?.lease?.share ?? 0) : this.#used };
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
    return { runId, work, holder, runRate, share, until: this.#until };
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
