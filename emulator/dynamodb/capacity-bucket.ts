/** Developer Guide, "Burst capacity": up to five minutes of unused capacity are kept. */
const KEPT_SECONDS = 300;

/** Provisioned units: they come evenly, and those that nobody uses are kept for a while. */
export class CapacityBucket {
  #perSecond: number;
  #left: number;
  #at: number;

  /** A new table has the units of one second. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
    this.#at = now;
  }

  setRate(perSecond: number, now: number): void {
    this.#fill(now);
    this.#perSecond = perSecond;
    this.#left = Math.min(this.#left, KEPT_SECONDS * perSecond);
  }

  /** Whether a request is admitted. What it takes is known afterwards; one that takes more than there is leaves a debt. */
  hasUnits(now: number): boolean {
    this.#fill(now);
    return this.#left > 0;
  }

  take(units: number, now: number): void {
    this.#fill(now);
    this.#left -= units;
  }

  #fill(now: number): void {
    const seconds = Math.max(0, now - this.#at) / 1000;
    this.#left = Math.min(KEPT_SECONDS * this.#perSecond, this.#left + seconds * this.#perSecond);
    this.#at = now;
  }
}
