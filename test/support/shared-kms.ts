import { SharedQuota } from '../../lambda/core/rate/shared-quota.ts';
import { Pace } from '../../lambda/core/reencrypt/pace.ts';

/** How far the simulation's clock goes at a time. */
const TICK_MS = 10;
/** When a client of the SDK tries again after its first throttle, at most. */
const AGAIN_MS = 100;
/** A page takes up to 20 s of asking, and then up to a second of writing, which moves the worker's turns within a second. */
const PAGE_MS = 20_000;
const WRITING_MS = 1_000;

export interface SharedKms {
  /** Requests a second of the whole account. */
  readonly quota: number;
  readonly seconds: number;
  readonly run: {
    readonly rate: number;
    readonly workers: number;
    /** Whether a worker slows down when KMS throttles it. */
    readonly adapts: boolean;
  };
  /** Another application of the account, which does not slow down. */
  readonly neighbour: {
    readonly requestsPerSecond: number;
    readonly from: number;
    readonly to: number;
  };
}

export interface SecondOfKms {
  readonly run: Asked;
  readonly neighbour: Asked;
}

interface Asked {
  asked: number;
  throttled: number;
}

/** KMS developer guide, "Throttling AWS KMS requests": beyond the quota all other requests of that second are throttled. */
class Account {
  readonly seconds: SecondOfKms[] = [];
  readonly #quota: number;
  #second = -1;
  #served = 0;

  constructor(quota: number) {
    this.#quota = quota;
  }

  takes(now: number, who: keyof SecondOfKms): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) this.#served = 0;
    this.#second = second;
    this.seconds[second] ??= { run: { asked: 0, throttled: 0 }, neighbour: { asked: 0, throttled: 0 } };
    const asked = this.seconds[second][who];
    asked.asked++;
    if (this.#served >= this.#quota) asked.throttled++;
    else return ++this.#served > 0;
    return false;
  }
}

class SimulatedWorker {
  readonly #adapts: boolean;
  readonly #quota: SharedQuota;
  readonly #pace: Pace;
  #next: number;
  #page: number;
  #seed: number;

  constructor({ rate, workers, adapts }: SharedKms['run'], index: number) {
    this.#seed = (index + 1) * 104_729;
    this.#page = PAGE_MS * this.#random();
    this.#adapts = adapts;
    this.#quota = new SharedQuota(rate / workers);
    this.#pace = new Pace(rate / workers);
    this.#next = (index * 1_000) / rate;
  }

  work(now: number, kms: Account): void {
    while (this.#next <= now) {
      this.#quota.sent(now);
      this.#pace.sent(now);
      this.#pace.answered(now, now);
      const taken = kms.takes(now, 'run');
      if (taken) this.#quota.answered(now);
      else if (this.#adapts) this.#quota.throttled(now);
      this.#pace.setShare(this.#quota.share, this.#quota.rate);
      const waits = Math.max(this.#pace.next(now) - now, taken ? 0 : AGAIN_MS);
      this.#next = now + waits + this.#written(now);
    }
  }

  #written(now: number): number {
    if (now < this.#page) return 0;
    this.#page = now + PAGE_MS;
    return WRITING_MS * this.#random();
  }

  #random(): number {
    return (this.#seed = (this.#seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  }
}

/** A run and a neighbour that use one quota of KMS, in a time of their own. */
export function sharedKms({ quota, seconds, run, neighbour }: SharedKms): readonly SecondOfKms[] {
  const kms = new Account(quota);
  const workers = Array.from({ length: run.workers }, (_, index) => new SimulatedWorker(run, index));
  let sent = 0;
  for (let now = 0; now < seconds * 1_000; now += TICK_MS) {
    // Who comes first changes from tick to tick.
    const first = (now / TICK_MS) % 17;
    for (const worker of workers.slice(0, first)) worker.work(now, kms);
    const due = Math.min(now / 1_000, neighbour.to) - neighbour.from;
    for (; sent < due * neighbour.requestsPerSecond; sent++) kms.takes(now, 'neighbour');
    for (const worker of workers.slice(first)) worker.work(now, kms);
  }
  return kms.seconds;
}
