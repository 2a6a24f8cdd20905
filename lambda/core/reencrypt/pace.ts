/** How far a worker that fell behind may catch up: a tenth of a second's worth of requests, at least one. */
const CATCH_UP_MS = 100;

/**
 * Spaces requests evenly (the generic cell rate algorithm): the fleet's rate is the sum of its workers' rates,
 * whatever their number, and no burst of theirs adds up. Pure: the caller brings the time and does the waiting.
 */
export class Pace {
  #intervalMs: number;
  #nextMs: number | undefined;

  constructor(requestsPerSecond: number) {
    this.#intervalMs = 1000 / requestsPerSecond;
  }

  setRate(requestsPerSecond: number): void {
    this.#intervalMs = 1000 / requestsPerSecond;
  }

  /**
   * Books the next request and says how many milliseconds from `nowMs` it must wait. The first one waits as every other
   * does: the invocation before this one may have sent its last request just now.
   */
  reserve(nowMs: number): number {
    const start = Math.max(this.#nextMs ?? nowMs + this.#intervalMs, nowMs - CATCH_UP_MS);
    this.#nextMs = start + this.#intervalMs;
    return Math.max(0, start - nowMs);
  }
}
