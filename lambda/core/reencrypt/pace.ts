/** KMS counts its requests by the second, and so does whoever looks at a rate. */
const SECOND_MS = 1_000;
/**
 * How far a worker that fell behind may catch up. If all caught up on whole seconds, their requests would crowd at the beginnings of seconds, and KMS would throttle others that come later in them.
 */
const CATCH_UP_MS = 100;
/** Sums of shares are not exact. */
const ALMOST = 1e-9;

/**
 * Spaces the requests of one worker evenly (the generic cell rate algorithm), and never sends more of them within any second than
 * its share, wherever that second begins. KMS counts a request at some time between its leaving and its answer, so a request
 * takes its place until a second after its answer. Late answers make the worker slower, never faster than its share.
 *
 * Of a share of 2.5, it uses 2: shares are whole numbers (fair-share.ts), unless they are less than one. Such a share
 * is one request in more than a second. Pure: the caller passes in the time and does the waiting.
 */
export class Pace {
  #share: number;
  #rate: number;
  #last: number | undefined;
  #inFlight = 0;
  /** The least time between leaving and answer. That much of the second lies on the way there and back. */
  #fastestMs = Number.POSITIVE_INFINITY;
  /** When the latest requests were answered, in order. */
  readonly #answered: number[] = [];

  /** @param share requests per second */
  constructor(share: number) {
    this.#share = this.#rate = needRate(share);
  }

  /** @param rate how much of the share it uses at present, if not all of it */
  setShare(share: number, rate = share): void {
    needRate(rate);
    this.#share = needRate(share);
    this.#rate = rate;
  }

  /**
   * When the next request may leave; infinite as long as only an answer can tell. The first request waits like every other, because
   * the previous invocation may just have sent its last one.
   */
  next(now: number): number {
    this.#last ??= now;
    const spaced = this.#last + SECOND_MS / this.#rate;
    return Math.max(now, spaced, this.#placeFree(now));
  }

  sent(now: number): void {
    const spaced = (this.#last ?? now) + SECOND_MS / this.#rate;
    this.#last = Math.max(spaced, now - CATCH_UP_MS);
    this.#inFlight++;
  }

  /** A request was answered, or it failed. */
  answered(leftAt: number, now: number): void {
    this.#inFlight--;
    this.#fastestMs = Math.min(this.#fastestMs, now - leftAt);
    this.#answered.push(now);
  }

  /** Requests that KMS may have counted within the last second, or may count yet. */
  recent(now: number): number {
    this.#forget(now);
    return this.#inFlight + this.#answered.length;
  }

  #placeFree(now: number): number {
    const places = Math.max(1, Math.floor(this.#share + ALMOST));
    const taken = this.recent(now);
    if (taken < places) return now;
    // The oldest answers free their places first.
    const free = this.#answered[taken - places];
    return free === undefined ? Number.POSITIVE_INFINITY : free + this.#holdMs();
  }

  #forget(now: number): void {
    const until = now - this.#holdMs();
    while ((this.#answered[0] ?? now) <= until) this.#answered.shift();
  }

  #holdMs(): number {
    const onTheWay = Math.min(this.#fastestMs, SECOND_MS / 2);
    return Math.max(SECOND_MS, SECOND_MS / this.#share) - onTheWay;
  }
}

/** A rate of zero, or an infinite one, is a mistake of the caller. Sending without a limit would be the worst response. */
function needRate(requestsPerSecond: number): number {
  if (!(requestsPerSecond > 0 && requestsPerSecond < Infinity))
    throw new RangeError(`${requestsPerSecond} is no rate: write requests per second, more than 0`);
  return requestsPerSecond;
}
