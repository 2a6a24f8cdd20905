import { afterThrottle, ceilingAt, isRecovering, type Throttled } from './throttling.ts';
import { TakenWithin } from './taken-within.ts';

/** No more than what the share gives in this time is used within any such time. */
const WINDOW_MS = 10_000;
/** Shares change hands from one moment to the next. What was begun just before is 2 % of a window at most. */
const USED_OF_SHARE = 0.98;
const TOGETHER_SECONDS = 1;
/** How far a worker that fell behind may catch up. */
const CATCH_UP_MS = 100;

/** When a request may be sent. It is counted once it is taken. */
export interface Turn {
  readonly at: number;
  /** Its place in the row. If timers were late, that is up to a tenth of a second before. */
  readonly due: number;
  /** What the request takes, in milliseconds of the share. */
  readonly costMs: number;
}

/**
 * Spaces requests by what they take of a store's capacity. A request waits for its own units before it is sent, so that what
 * was sent just before, by this worker or by the one that had its share, counts in full. What an answer shows in excess of
 * that delays the next request.
 *
 * Within any 10 seconds it takes no more units than 10 seconds of its share have, or one request if that is larger.
 * Pure: the caller passes in the time and does the waiting.
 */
export class UnitPace {
  #share: number;
  #throttled: Throttled | undefined;
  #last: number | undefined;
  readonly #taken = new TakenWithin(WINDOW_MS);

  /** @param unitsPerSecond infinite if there is no limit */
  constructor(unitsPerSecond = Number.POSITIVE_INFINITY) {
    this.#share = needShare(unitsPerSecond);
  }

  setShare(unitsPerSecond: number): void {
    this.#share = needShare(unitsPerSecond);
  }

  /** Units per second at this time. */
  rateAt(now: number): number {
    return Math.min(this.#share, ceilingAt(this.#throttled, now));
  }

  /**
   * Units that one request may take for several writes: what the rate gives in a second, so that a table whose capacity is counted by the
   * second gets no more at once. None soon after a throttle, when each write has to learn by itself whether the table takes it.
   */
  togetherAt(now: number): number {
    return isRecovering(this.#throttled, now) ? 0 : this.rateAt(now) * TOGETHER_SECONDS;
  }

  /** When a request of so many units may be sent. Nothing is counted yet. */
  turn(now: number, units: number): Turn {
    const rate = this.rateAt(now);
    if (rate === Number.POSITIVE_INFINITY) return { at: now, due: now, costMs: 0 };
    const costMs = (units * 1000) / rate;
    const spaced = Math.max((this.#last ?? now) + costMs / USED_OF_SHARE, now - CATCH_UP_MS);
    const at = this.#taken.roomFor(costMs, Math.max(now, spaced));
    return { at, due: at > now ? at : spaced, costMs };
  }

  take({ at, due, costMs }: Turn): void {
    this.#last = due;
    this.#taken.add(at, costMs);
  }

  /**
   * A request has taken more units than were counted, as its answer shows. Units that were counted and not taken are not
   * given back.
   */
  exceeded(now: number, units: number): void {
    const rate = this.rateAt(now);
    if (units <= 0 || rate === Number.POSITIVE_INFINITY) return;
    const costMs = (units * 1000) / rate;
    this.#last = Math.max(this.#last ?? now, now) + costMs / USED_OF_SHARE;
    this.#taken.add(now, costMs);
  }

  /** @param used units per second that this worker was using */
  throttled(now: number, used: number): void {
    this.#throttled = afterThrottle(this.#throttled, { now, used, share: this.#share });
  }
}

/** A rate of zero is a mistake of the caller. Sending without a limit would be the worst response. */
function needShare(unitsPerSecond: number): number {
  if (!(unitsPerSecond > 0))
    throw new RangeError(`${unitsPerSecond} is no rate: write units per second, more than 0`);
  return unitsPerSecond;
}
