/** Conditional writes in flight in one worker, while its store takes them. */
const MOST = 32;

/**
 * How many writes of a worker are in flight: half as many each time the store throttles, one more after every full round
 * that it has taken. So the workers of a run share a table's capacity without knowing about each other.
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

  /** Resolves, when there is room for one more, to the ticket to leave with. */
  async enter(): Promise<number> {
    while (this.#open >= this.size) await new Promise<void>(resolve => this.#waiting.push(resolve));
    this.#open++;
    return this.#halvings;
  }

  /** Writes that were in flight together are throttled together, so the room is halved once. */
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
