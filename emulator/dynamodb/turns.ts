/** Lets many calls work at the same time, and a transaction alone. Whoever comes first has the first turn. */
export class Turns {
  /** Ends when the last transaction that came so far has ended. */
  #alone: Promise<unknown> | undefined;
  readonly #together = new Set<Promise<unknown>>();

  together<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#alone === undefined ? work() : this.#alone.then(work);
    const ended: Promise<unknown> = settled(turn).then(() => this.#together.delete(ended));
    this.#together.add(ended);
    return turn;
  }

  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = Promise.all([this.#alone, ...this.#together]).then(work);
    const ended: Promise<unknown> = settled(turn).then(() => {
      if (this.#alone === ended) this.#alone = undefined;
    });
    this.#alone = ended;
    return turn;
  }
}

function settled(turn: Promise<unknown>): Promise<void> {
  return turn.then(
    () => undefined,
    () => undefined,
  );
}
