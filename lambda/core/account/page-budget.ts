import type { Clock, Deadline } from '../ports.ts';
import { PAGE_SECONDS } from './page-sizes.ts';
import type { Questions, Turns } from '../scan/turns.ts';

/** Reserved for the answer to travel and for the runtime to shut down. */
const RESERVE_MS = 5_000;

/**
 * A page that takes longer than expected is left half-way after twice its expected time. So a stop takes effect soon, and
 * little has to be repeated when an invocation is killed.
 */
const MOST_MS = 2 * PAGE_SECONDS * 1000;

/** Data keys that are journalled and accounted for together: 4,096 intents are some 5 MB before they are compressed. */
const MOST_TURNS = 4_096;

/** Calls in flight in one worker. The key service paces its own calls. */
const MOST_IN_FLIGHT = 32;

/**
 * Decides whether the time of an invocation allows another page and, within a page, another question to KMS or another
 * write. There must be time left to journal and account for whatever is done.
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
   * The questions about one page, before anything of it is written. No more are in flight than can be sent in a second:
   * when time is up, those that still wait for their turn would have to be awaited.
   */
  asking(requestsPerSecond: number): Questions {
    this.#lastAnswer = this.#clock.now();
    const inFlight = Math.min(MOST_IN_FLIGHT, Math.max(1, Math.ceil(requestsPerSecond)));
    const slowest = this.#slowest;
    // A question that takes longer than an invocation was given up, so it says nothing about how long questions take.
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

  /** Called when a page, or a part of one, is accounted for. Twice the slowest so far must fit, plus a reserve. */
  allowsAnotherPage(): boolean {
    const now = this.#clock.now();
    this.#lastConclusion = now - this.#lastAnswer;
    this.#slowest.conclusion = Math.max(this.#slowest.conclusion, this.#lastConclusion);
    this.#slowest.page = Math.max(this.#slowest.page, now - this.#pageStart);
    this.#pageStart = now;
    return this.#leaves(this.#slowest.page);
  }

  /** The first turn is always granted, so that every invocation makes progress. */
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
