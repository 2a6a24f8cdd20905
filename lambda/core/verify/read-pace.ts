/** As long as a page may take (core/account/page-sizes.ts), so that a stop takes effect soon. */
const LONGEST_WAIT_MS = 20_000;

/**
 * A verify pass that rests on the journal asks KMS about few data keys, so its rate does not hold it. Objects have no capacity that
 * a job could bound: so the pass visits no more of them in a second than the run may ask KMS about, which is what its migrate
 * pass does. A page that is larger than that allows is waited for no longer than 20 s.
 */
export class ReadPace {
  #nextAt = Number.NEGATIVE_INFINITY;

  /** Milliseconds to wait before a page of so many records is worked on. Pure: the caller passes in the time and does the waiting. */
  reserve(now: number, records: number, recordsPerSecond: number): number {
    const start = Math.min(Math.max(this.#nextAt, now), now + LONGEST_WAIT_MS);
    this.#nextAt = start + (1_000 * records) / recordsPerSecond;
    return start - now;
  }
}
