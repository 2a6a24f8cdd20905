import type { Clock, Deadline } from '../ports.ts';
import type { Asking } from '../reencrypt/twins.ts';
import { PAGE_SECONDS } from './page-sizes.ts';

/** Kept back for the answer to travel and for the runtime to wind up. */
const RESERVE_MS = 5_000;

/**
 * A page that turns out to hold more than was expected is left half-way: after twice its time, so that a stop takes effect
 * soon and little is done again by an invocation that is killed.
 */
const MOST_MS = 2 * PAGE_SECONDS * 1000;

/** Data keys that are journalled and accounted for together: 4,096 intents are some 5 MB before they are compressed. */
const MOST_ASKED = 4_096;

/** ReEncrypt calls in flight in one worker; the pacing of the key service decides how fast they leave. */
const MOST_IN_FLIGHT = 32;

/**
 * Decides, within the time of an invocation, whether another page may begin, and, within a page, whether another data key
 * may be asked about: what is asked must still be journalled, written and accounted for.
 */
export class PageBudget {
  readonly #clock: Clock;
  readonly #deadline: Deadline;
  readonly #slowest = { page: 0, question: 0, conclusion: 0 };
  #pageStart: number;
  #askedSince: number;
  #lastAnswer: number;

  constructor({ clock, deadline }: { readonly clock: Clock; readonly deadline: Deadline }) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#pageStart = this.#askedSince = this.#lastAnswer = clock.now();
  }

  /**
   * The questions about one page. At least one is asked, so that every invocation comes further. No more are in flight than
   * leave in a second: those that wait for their turn would have to be waited for when time is up.
   */
  asking(requestsPerSecond: number): Asking {
    this.#askedSince = this.#lastAnswer = this.#clock.now();
    let asked = 0;
    let open = true;
    return {
      inFlight: Math.min(MOST_IN_FLIGHT, Math.max(1, Math.ceil(requestsPerSecond))),
      begin: () => {
        open &&= asked === 0 || (asked < MOST_ASKED && this.#leavesTime());
        if (!open) return undefined;
        asked++;
        const began = this.#clock.now();
        return () => {
          this.#lastAnswer = this.#clock.now();
          this.#slowest.question = Math.max(this.#slowest.question, this.#lastAnswer - began);
        };
      },
    };
  }

  /** Called when a page, or a part of it, is accounted for: twice the slowest one so far must fit, and a reserve. */
  allowsAnotherPage(): boolean {
    const now = this.#clock.now();
    const { page, conclusion } = this.#slowest;
    this.#slowest.page = Math.max(page, now - this.#pageStart);
    this.#slowest.conclusion = Math.max(conclusion, now - this.#lastAnswer);
    this.#pageStart = now;
    return this.#deadline.remaining() > 2 * this.#slowest.page + RESERVE_MS;
  }

  #leavesTime(): boolean {
    const { question, conclusion } = this.#slowest;
    return (
      this.#clock.now() - this.#askedSince < MOST_MS &&
      this.#deadline.remaining() > 2 * (question + conclusion) + RESERVE_MS
    );
  }
}
