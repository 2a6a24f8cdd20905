/** How far a worker that fell behind may catch up: the requests of a tenth of a second, but at least one. */
const CATCH_UP_MS = 100;

/**
 * Spaces requests evenly (the generic cell rate algorithm). The rate of the fleet is the sum of its workers' rates, and
 * bursts of several workers do not add up. Pure: the caller passes in the time and does the waiting.
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
   * Schedules the next request and returns how many milliseconds from `nowMs` it must wait. The first request waits like
   * every other, because the previous invocation may just have sent its last one.
   */
  reserve(nowMs: number): number {
    const start = Math.max((this.#lastMs ?? nowMs) + this.#intervalMs, nowMs - CATCH_UP_MS);
    this.#lastMs = start;
    return Math.max(0, start - nowMs);
  }
}

/** A rate of zero, or an infinite one, is a mistake of the caller. Sending without a limit would be the worst response. */
function intervalOf(requestsPerSecond: number): number {
  const interval = 1000 / requestsPerSecond;
  if (!(interval > 0 && interval < Infinity))
    throw new RangeError(`${requestsPerSecond} is no rate: write requests per second, more than 0`);
  return interval;
}
