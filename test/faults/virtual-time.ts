import FakeTimers from '@sinonjs/fake-timers';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Random } from './random.ts';

const START = Date.UTC(2026, 0, 5, 8);
/** Idle turns of the event loop before time advances: streams and in-memory tables take one or two. */
const QUIET_TURNS = 4;

const realImmediate = setImmediate;
const turn = (): Promise<void> => new Promise(resolve => realImmediate(resolve));

/**
 * Time that passes only when nothing else can happen: a wait of a minute takes no time at all, and the same seed always
 * does the same. The clocks, timers and randomness of the whole process are replaced until the work is done.
 */
export class VirtualTime {
  readonly #clock: FakeTimers.Clock;
  #busy = 0;

  private constructor(clock: FakeTimers.Clock) {
    this.#clock = clock;
  }

  static async run<T>(random: Random, work: (time: VirtualTime) => Promise<T>): Promise<T> {
    const restore = withRandom(random);
    const clock = FakeTimers.install({
      now: START,
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    });
    // Named imports of built-in modules see the replacements only after this.
    syncBuiltinESMExports();
    try {
      const time = new VirtualTime(clock);
      return await time.#drive(work(time));
    } finally {
      clock.uninstall();
      restore();
    }
  }

  now(): number {
    return this.#clock.now;
  }

  sleep(ms: number): Promise<void> {
    return new Promise(resolve => setTimeout(resolve, ms));
  }

  /** Time stands still while this is under way. What is due at this moment still happens: it may be what the work waits for. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await work();
    } finally {
      this.#busy--;
    }
  }

  async #drive<T>(work: Promise<T>): Promise<T> {
    const state = { ended: false };
    const end = (): void => void (state.ended = true);
    work.then(end, end);
    for (;;) {
      await this.#settle();
      if (state.ended) return work;
      if (this.#clock.countTimers() === 0) throw new Error('stuck: everybody waits, and for nothing');
      this.#clock.next();
    }
  }

  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS;) {
      await turn();
      if (this.#busy > 0) this.#clock.tick(0);
      quiet = this.#busy > 0 || readsFiles() ? 0 : quiet + 1;
    }
  }
}

/** The SDK looks for configuration files when a client is new. */
function readsFiles(): boolean {
  return process.getActiveResourcesInfo().some(name => name.startsWith('FSReq'));
}

/** Ids, initialization vectors and back-offs from one seed. */
function withRandom(random: Random): () => void {
  const { randomBytes, randomUUID } = crypto;
  const mathRandom = Math.random;
  Math.random = () => random.next();
  const replaced = crypto as { randomBytes: unknown; randomUUID: unknown };
  replaced.randomBytes = (length: number) => random.bytes(length);
  replaced.randomUUID = () => {
    const hex = random.bytes(16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  return () => {
    Math.random = mathRandom;
    Object.assign(replaced, { randomBytes, randomUUID });
    syncBuiltinESMExports();
  };
}
