/** Conditional writes in flight in one worker, while its store takes them. */
const MOST = 32;

/**
 * How many writes of a worker are in flight: half as many each time the store throttles, one more each time it has taken
 * as many as there are. So the workers of a run, which do not know of each other, share what a table takes.
 */
export class WriteRoom {
  #limit = MOST;
  #open = 0;
  #halvings = 0;
  readonly #waiting: (() => void)[] = [];

  /** Writes that may be in flight now. */
  get size(): number {
    return Math.floor(this.#limit);
  }

  /** Resolves when there is room for one more; answers the ticket to leave with. */
  async enter(): Promise<number> {
    while (this.#open >= this.size) await new Promise<void>(resolve => this.#waiting.push(resolve));
    this.#open++;
    return this.#halvings;
  }

  /** Those that were in flight together are throttled together: that halves the room once. */
  leave(ticket: number, answer: 'taken' | 'throttled' | 'neither'): void {
    this.#open--;
    if (answer === 'taken') this.#limit = Math.min(MOST, this.#limit + 1 / this.size);
    if (answer === 'throttled' && ticket === this.#halvings) {
      this.#limit = Math.max(1, this.size / 2);
      this.#halvings++;
    }
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
