import type { Clock, Deadline } from '../ports.ts';
import { PAGE_SECONDS } from './page-sizes.ts';
import type { Questions, Turns } from '../scan/turns.ts';

/** Kept back for the answer to travel and for the runtime to wind up. */
const RESERVE_MS = 5_000;

/**
 * A page that turns out to take longer than expected is left half-way: after twice its time, so that a stop takes effect
 * soon and little is done again by an invocation that is killed.
 */
const MOST_MS = 2 * PAGE_SECONDS * 1000;

/** Data keys that are journalled and accounted for together: 4,096 intents are some 5 MB before they are compressed. */
const MOST_TURNS = 4_096;

/** Calls in flight in one worker; the pacing of the key service decides how fast its own leave. */
const MOST_IN_FLIGHT = 32;

/**
 * Decides, within the time of an invocation, whether another page may begin, and, within a page, whether another data key
 * may be asked about or another record written: what is done must still be journalled and accounted for.
 */
export class PageBudget {
  readonly #clock: Clock;
  readonly #deadline: Deadline;
  readonly #slowest = { page: 0, question: 0, request: 0, write: 0, conclusion: 0 };
  #pageStart: number;
  #lastAnswer: number;
  #lastConclusion = 0;

  constructor({ clock, deadline }: { readonly clock: Clock; readonly deadline: Deadline }) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#pageStart = this.#lastAnswer = clock.now();
  }

  /** Milliseconds from the last answer about a page until it was accounted for. */
  get lastConclusion(): number {
    return this.#lastConclusion;
  }

  /**
   * The questions about one page, up to which nothing of it has been done. No more are in flight than leave in a second:
   * those that wait for their turn would have to be waited for when time is up.
   */
  asking(requestsPerSecond: number): Questions {
    this.#lastAnswer = this.#clock.now();
    const inFlight = Math.min(MOST_IN_FLIGHT, Math.max(1, Math.ceil(requestsPerSecond)));
    const slowest = this.#slowest;
    // Questions that take longer than an invocation are no measure: they have been given up.
    const needed = (): number => Math.min(slowest.question, MOST_MS) + slowest.conclusion;
    let first = true;
    return {
      ...this.#turns('question', inFlight, needed),
      request: () => {
        if (!first && !this.#leaves(slowest.request + slowest.conclusion)) return undefined;
        first = false;
        return this.#timed('request');
      },
    };
  }

  /** The writes of one page. */
  writing(): Turns {
    return this.#turns('write', MOST_IN_FLIGHT, () => this.#slowest.write);
  }

  /** Called when a page, or a part of it, is accounted for: twice the slowest one so far must fit, and a reserve. */
  allowsAnotherPage(): boolean {
    const now = this.#clock.now();
    this.#lastConclusion = now - this.#lastAnswer;
    this.#slowest.conclusion = Math.max(this.#slowest.conclusion, this.#lastConclusion);
    this.#slowest.page = Math.max(this.#slowest.page, now - this.#pageStart);
    this.#pageStart = now;
    return this.#leaves(this.#slowest.page);
  }

  /** The first turn is always given, so that every invocation comes further. */
  #turns(kind: 'question' | 'write', inFlight: number, needed: () => number): Turns {
    const startedAt = this.#clock.now();
    let given = 0;
    let open = true;
    const leavesTime = (): boolean =>
      given < MOST_TURNS && this.#clock.now() - startedAt < MOST_MS && this.#leaves(needed());
    const begin = (): (() => void) | undefined => {
      open &&= given === 0 || leavesTime();
      if (!open) return undefined;
      given++;
      return this.#timed(kind);
    };
    return { inFlight, begin };
  }

  #leaves(neededMs: number): boolean {
    return this.#deadline.remaining() > 2 * neededMs + RESERVE_MS;
  }

  #timed(kind: 'question' | 'request' | 'write'): () => void {
    const began = this.#clock.now();
    return () => {
      const now = this.#clock.now();
      if (kind === 'question') this.#lastAnswer = now;
      this.#slowest[kind] = Math.max(this.#slowest[kind], now - began);
    };
  }
}
