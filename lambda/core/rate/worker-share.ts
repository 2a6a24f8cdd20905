import type { UnitProgress } from '../model/books.ts';
import { regionOf } from '../model/arn.ts';
import type { Phase } from '../model/run.ts';
import type { KeysOfRun } from '../model/run-plan.ts';
import type { RateShares } from '../ports.ts';
import { RegionShare, type SharePorts, type Worker } from './region-share.ts';

/** How long a worker waits for a share: about a few pages of the others. An idle function is all that this costs. */
const PATIENCE_MS = 60_000;
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [1_000, 16_000];

/** The Regions in which a pass asks KMS: each has quotas of its own. */
export function kmsRegions({ sources, destination, route }: KeysOfRun, phase: Phase): readonly string[] {
  const usable = sources.filter(({ unusable }) => unusable === undefined).map(({ keyArn }) => keyArn);
  const bridge = Object.values(route.bridge ?? {}) as readonly string[];
  switch (phase) {
    case 'migrate':
      return [...new Set([...usable, ...bridge, destination.keyArn].map(regionOf))];
    case 'verify':
      return [regionOf(destination.keyArn)];
    case 'rollback':
      return [];
  }
}

/**
 * One worker's share of its run's rate. It is not known beforehand which hop of a data key goes to which Region, so the rate
 * counts in each of them, and the worker keeps to its smallest share.
 */
export class WorkerShare implements RateShares {
  readonly #regions: readonly RegionShare[];
  readonly #ports: SharePorts;
  /** At most a third of the invocation. */
  readonly #patienceMs: number;
  #away = false;

  constructor(regions: readonly string[], worker: Worker, ports: SharePorts) {
    this.#regions = regions.map(region => new RegionShare(region, worker, ports));
    this.#ports = ports;
    this.#patienceMs = Math.min(PATIENCE_MS, ports.deadline.remaining() / 3);
  }

  async take(runRate: number): Promise<number | undefined> {
    let left = this.#patienceMs;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      const shares = await Promise.all(this.#regions.map(region => region.look(runRate)));
      const share = Math.min(runRate, ...shares);
      if (share > 0) return share;
      if (left <= 0) break;
      await this.#ports.sleep(Math.min(wait, left));
      left -= wait;
    }
    this.#away = true;
    await Promise.all(this.#regions.map(region => region.claimUntilLater()));
    return undefined;
  }

  async handOver(): Promise<void> {
    await Promise.all(this.#regions.map(region => region.handOver()));
  }

  async giveBack(): Promise<void> {
    if (!this.#away) await Promise.all(this.#regions.map(region => region.giveBack()));
  }
}

/**
 * Works with a share, and gives it back at the end. A unit that continues in the next invocation, a moment later, finds its
 * share there. If it cannot be given back, it becomes free when the invocation's time would have been up.
 */
export async function withShare(
  shares: Pick<WorkerShare, 'giveBack' | 'handOver'>,
  work: () => Promise<UnitProgress>,
): Promise<UnitProgress> {
  let goesOn = false;
  try {
    const progress = await work();
    goesOn = !progress.done && progress.paused === undefined;
    return progress;
  } finally {
    await (goesOn ? shares.handOver() : shares.giveBack()).catch(() => undefined);
  }
}
