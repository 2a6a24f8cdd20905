import { CapacityBucket } from '../../emulator/dynamodb/capacity-bucket.ts';
import { RecentUse } from '../../lambda/core/rate/recent-use.ts';
import { UnitPace } from '../../lambda/core/rate/unit-pace.ts';

/** How far the simulation's clock goes at a time. */
const TICK_MS = 10;
/** When a client of the SDK tries again after its first throttle, at most. */
const AGAIN_MS = 100;

export interface Simulated {
  /** Write units a second that the table has. */
  readonly provisioned: number;
  /** Write units a second that its application uses, one by one. */
  readonly application: number;
  readonly run?: SimulatedRun;
  readonly minutes: number;
}

export interface SimulatedRun {
  readonly workers: number;
  /** Of all workers together. */
  readonly writesPerSecond: number;
  /** Units of each write, in turn. */
  readonly units: readonly number[];
  /** Units a second, of all workers together. @default none */
  readonly limit?: number;
  /** Whether a worker slows down when the table throttles it. */
  readonly adapts: boolean;
}

export interface Counts {
  /** Of each minute, how much of the application's requests was throttled, from 0 to 1. */
  readonly throttledByMinute: readonly number[];
  readonly applicationThrottled: number;
  readonly applicationRequests: number;
  readonly unitsOfRun: number;
}

/** One writer that sends its next request whenever its pace and its own speed allow it. */
class SimulatedWorker {
  readonly #run: SimulatedRun;
  readonly #pace: UnitPace;
  readonly #recent = new RecentUse();
  #next: number;
  #count: number;
  #held: { readonly at: number; readonly units: number } | undefined;
  units = 0;

  constructor(run: SimulatedRun, index: number) {
    this.#run = run;
    this.#pace = new UnitPace((run.limit ?? Number.POSITIVE_INFINITY) / run.workers);
    this.#count = index;
    this.#next = index;
  }

  work(now: number, table: CapacityBucket): void {
    for (;;) {
      this.#held ??= this.#turn(this.#next);
      const { at, units } = this.#held;
      if (at > now) return;
      this.#held = undefined;
      if (table.hasUnits(now)) this.#wrote(at, units, table);
      else this.#throttled(now);
    }
  }

  #turn(from: number): { readonly at: number; readonly units: number } {
    const { units: sizes } = this.#run;
    const units = sizes[this.#count % sizes.length] ?? 1;
    const turn = this.#pace.turn(from, units);
    this.#pace.take(turn);
    return { at: turn.at, units };
  }

  #wrote(at: number, units: number, table: CapacityBucket): void {
    table.take(units, at);
    this.#recent.add(at, units);
    this.units += units;
    this.#count++;
    this.#next = at + (1000 * this.#run.workers) / this.#run.writesPerSecond;
  }

  #throttled(now: number): void {
    if (this.#run.adapts) this.#pace.throttled(now, this.#recent.perSecond(now));
    this.#next = now + AGAIN_MS;
  }
}

/** A table with provisioned capacity, the application that uses it, and a run, in a time of their own. */
export function simulate({ provisioned, application, run, minutes }: Simulated): Counts {
  const table = new CapacityBucket(provisioned, 0);
  const workers = Array.from({ length: run?.workers ?? 0 }, (_, index) => new SimulatedWorker(run!, index));
  const throttled = Array.from({ length: minutes }, () => 0);
  let sent = 0;
  for (let now = 0; now < minutes * 60_000; now += TICK_MS) {
    // Who comes first changes from tick to tick.
    const [before, after] = [workers.slice(0, (now / TICK_MS) % 17), workers.slice((now / TICK_MS) % 17)];
    for (const worker of before) worker.work(now, table);
    for (; sent < (application * (now + TICK_MS)) / 1000; sent++)
      if (table.hasUnits(now)) table.take(1, now);
      else throttled[Math.floor(now / 60_000)]! += 1;
    for (const worker of after) worker.work(now, table);
  }
  return {
    throttledByMinute: throttled.map(count => count / (application * 60)),
    applicationThrottled: throttled.reduce((sum, count) => sum + count, 0),
    applicationRequests: sent,
    unitsOfRun: workers.reduce((sum, { units }) => sum + units, 0),
  };
}
