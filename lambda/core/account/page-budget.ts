import type { Clock, Deadline } from '../ports.ts';

/** Kept back for the answer to travel and for the runtime to wind up. */
const RESERVE_MS = 5_000;

/** Decides whether another page fits before the invocation is killed: twice the slowest page so far, and a reserve. */
export class PageBudget {
  readonly #clock: Clock;
  readonly #deadline: Deadline;
  #slowest = 0;
  #pageStart: number;

  constructor({ clock, deadline }: { readonly clock: Clock; readonly deadline: Deadline }) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#pageStart = clock.now();
  }

  /** Called when a page is accounted for. */
  allowsAnotherPage(): boolean {
    const now = this.#clock.now();
    this.#slowest = Math.max(this.#slowest, now - this.#pageStart);
    this.#pageStart = now;
    return this.#deadline.remaining() > 2 * this.#slowest + RESERVE_MS;
  }
}
