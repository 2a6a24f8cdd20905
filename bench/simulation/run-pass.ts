import type { Resource } from './demand.ts';
import { BEGIN, second, uses, type Scene, type Second } from './second.ts';
import type { Pass } from './page.ts';

interface Use {
  /** Over the seconds in which all workers were at work. */
  readonly steady: number;
  /** In the busiest second. */
  readonly peak: number;
}

export interface PassResult {
  readonly pass: Pass;
  readonly seconds: number;
  /** Until the last worker had come. */
  readonly rampUpSeconds: number;
  /** Data keys that were worked on: all of them, or the simulation is wrong. */
  readonly dataKeys: number;
  /** Data keys per second, after the ramp-up and over all of it. */
  readonly steadyRate: number;
  readonly wholeRate: number;
  readonly use: Readonly<Record<Resource, Use>>;
  /** What said no first; absent where nothing did. */
  readonly firstLimit?: { readonly resource: Resource; readonly second: number };
  /** The most workers that waited because the leases could not be read fast enough. */
  readonly mostWaiting: number;
}

/** A year: Step Functions lets no execution live longer. */
const MOST_SECONDS = 366 * 24 * 3600;

/** Plays a pass second by second. Deterministic and without a clock: a second is a step of the loop. */
export function runPass(scene: Scene): PassResult {
  const watched = new Watched(scene);
  for (let now = BEGIN; now.done < scene.profile.dataKeys * (1 - 1e-12);) {
    if (now.second > MOST_SECONDS)
      throw new Error(`${scene.profile.name}: the ${scene.pass} pass takes more than a year`);
    const played = second(scene, now);
    watched.see(played);
    now = played.next;
  }
  return watched.result();
}

/** What is remembered of the seconds. */
class Watched {
  readonly #scene: Scene;
  readonly #peaks = new Map<Resource, number>();
  readonly #steady = new Map<Resource, number>();
  readonly #full = { seconds: 0, dataKeys: 0 };
  #seconds = 0;
  #dataKeys = 0;
  #rampUp = 0;
  #mostWaiting = 0;
  #firstLimit: PassResult['firstLimit'];

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  see({ asked, speed, part, moved, lasted, next }: Second): void {
    const { profile } = this.#scene;
    const isFull =
      next.fullSince !== undefined && speed.workers === next.fleet.workers && next.fleet.joined === 0;
    for (const { name, use } of uses(profile, asked)) {
      this.#peaks.set(name, Math.max(this.#peaks.get(name) ?? 0, use));
      if (isFull) this.#steady.set(name, (this.#steady.get(name) ?? 0) + use * part * lasted);
      const isWaitedFor = name === 'ledger: reads of the leases' && next.fleet.waiting > 0;
      if (use > 1 + 1e-9 || isWaitedFor) this.#firstLimit ??= { resource: name, second: next.second - 1 };
    }
    if (isFull) this.#full.seconds += lasted;
    if (isFull) this.#full.dataKeys += moved;
    if (next.fullSince === undefined) this.#rampUp = next.second;
    this.#mostWaiting = Math.max(this.#mostWaiting, next.fleet.waiting);
    this.#seconds += lasted;
    this.#dataKeys += moved;
  }

  result(): PassResult {
    const { seconds, dataKeys } = this.#full;
    const used = [...this.#peaks].map(([name, peak]) => [
      name,
      { steady: seconds === 0 ? 0 : (this.#steady.get(name) ?? 0) / seconds, peak },
    ]);
    return {
      pass: this.#scene.pass,
      seconds: this.#seconds,
      rampUpSeconds: this.#rampUp,
      dataKeys: this.#dataKeys,
      steadyRate: seconds === 0 ? 0 : dataKeys / seconds,
      wholeRate: this.#dataKeys / this.#seconds,
      use: Object.fromEntries(used) as PassResult['use'],
      ...(this.#firstLimit !== undefined && { firstLimit: this.#firstLimit }),
      mostWaiting: this.#mostWaiting,
    };
  }
}
