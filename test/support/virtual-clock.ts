/** One turn of the event loop. After it, everything that needs no time has happened. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** A virtual time for a test, for ports in memory. It passes only when nothing else can happen. */
export class VirtualClock {
  #now = 0;
  readonly #timers: Timer[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    return new Promise(ring => {
      const timer = { at: this.#now + ms, ring };
      const later = this.#timers.findIndex(({ at }) => at > timer.at);
      this.#timers.splice(later === -1 ? this.#timers.length : later, 0, timer);
    });
  }

  async run<T>(work: Promise<T>): Promise<T> {
    const state = { ended: false };
    const end = (): void => void (state.ended = true);
    work.then(end, end);
    for (;;) {
      await turn();
      if (state.ended) return work;
      const timer = this.#timers.shift();
      if (timer === undefined) throw new Error('stuck: everybody waits, and for nothing');
      this.#now = timer.at;
      timer.ring();
    }
  }
}
