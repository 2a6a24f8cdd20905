/** What comes this close together is one entry, as if all of it came at its end. A window then has a hundred of them. */
const TOGETHER_MS = 100;
/** Sums of quotients are not exact. */
const ALMOST_MS = 1e-6;

interface Entry {
  readonly began: number;
  readonly at: number;
  readonly costMs: number;
}

/** What was taken in the last part of the time, and when there is room for more. */
export class TakenWithin {
  readonly #windowMs: number;
  #entries: Entry[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(at: number, costMs: number): void {
    this.#entries = this.#entries.filter(entry => entry.at > at - this.#windowMs);
    const last = this.#entries.at(-1);
    if (last === undefined || at - last.began > TOGETHER_MS) {
      this.#entries.push({ began: at, at, costMs });
      return;
    }
    this.#entries.pop();
    this.#entries.push({
      began: last.began,
      at: Math.max(last.at, at),
      costMs: last.costMs + costMs,
    });
  }

  /** From when on the window has room for it. What is larger than a window gets one alone. */
  roomFor(costMs: number, from: number): number {
    let taken = 0;
    let at = from;
    for (const entry of this.#entries) if (entry.at > from - this.#windowMs) taken += entry.costMs;
    for (const entry of this.#entries) {
      if (entry.at <= from - this.#windowMs) continue;
      if (taken + costMs <= this.#windowMs + ALMOST_MS) break;
      at = Math.max(at, entry.at + this.#windowMs);
      taken -= entry.costMs;
    }
    return at;
  }
}
