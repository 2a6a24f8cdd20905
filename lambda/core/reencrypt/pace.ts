/** How far a worker that fell behind may catch up: a tenth of a second's worth of requests, at least one. */
const CATCH_UP_MS = 100;

/**
 * Spaces requests evenly (the generic cell rate algorithm): the fleet's rate is the sum of its workers' rates,
 * whatever their number, and no burst of theirs adds up. Pure: the caller brings the time and does the waiting.
 */
export class Pace {
  #intervalMs: number;
  #lastMs: number | undefined;

  constructor(requestsPerSecond: number) {
    this.#intervalMs = intervalOf(requestsPerSecond);
  }

  setRate(requestsPerSecond: number): void {
    this.#intervalMs = intervalOf(requestsPerSecond);
  }

  /**
   * Books the next request and says how many milliseconds from `nowMs` it must wait. The first one waits as every other
   * does: the invocation before this one may have sent its last request just now.
   */
  reserve(nowMs: number): number {
    const start = Math.max((this.#lastMs ?? nowMs) + this.#intervalMs, nowMs - CATCH_UP_MS);
    this.#lastMs = start;
    return Math.max(0, start - nowMs);
  }
}

/** Whoever asks for no rate, or for an endless one, has made a mistake; to send without a bound would be the worst answer. */
function intervalOf(requestsPerSecond: number): number {
  const interval = 1000 / requestsPerSecond;
  if (!(interval > 0 && interval < Infinity))
    throw new RangeError(`${requestsPerSecond} is no rate: write requests per second, more than 0`);
  return interval;
}
