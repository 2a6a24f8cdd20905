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

/** A table whose capacity the job bounds: the workers that visit it divide it among themselves. */
export interface SharedTable {
  /** The same for all runs of a deployment, and none of a Region. */
  readonly name: string;
  /** Told before each page, which part of it this worker may use. */
  readonly use: (part: number) => void;
}

interface Shared {
  readonly share: RegionShare;
  readonly table?: SharedTable;
}

/**
 * One worker's share of its run's rate. It is not known beforehand which hop of a data key goes to which Region, so the rate
 * counts in each of them, and the worker keeps to its smallest share. Tables have units of their own, so that of a table it
 * has a part: reads and writes are bounded in the same proportion.
 */
export class WorkerShare implements RateShares {
  readonly #shared: readonly Shared[];
  readonly #ports: SharePorts;
  /** At most a third of the invocation. */
  readonly #patienceMs: number;
  #away = false;

  constructor(shared: readonly (string | SharedTable)[], worker: Worker, ports: SharePorts) {
    this.#shared = shared.map(one =>
      typeof one === 'string'
        ? { share: new RegionShare({ name: one, in: 'requests' }, worker, ports) }
        : { share: new RegionShare({ name: one.name, in: 'parts' }, worker, ports), table: one },
    );
    this.#ports = ports;
    this.#patienceMs = Math.min(PATIENCE_MS, ports.deadline.remaining() / 3);
  }

  async take(runRate: number): Promise<number | undefined> {
    let left = this.#patienceMs;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      const shares = await Promise.all(this.#shared.map(one => lookAt(one, runRate)));
      const share = Math.min(runRate, ...shares);
      if (share > 0) return share;
      if (left <= 0) break;
      await this.#ports.sleep(Math.min(wait, left));
      left -= wait;
    }
    this.#away = true;
    await Promise.all(this.#shared.map(({ share }) => share.claimUntilLater()));
    return undefined;
  }

  async handOver(): Promise<void> {
    await Promise.all(this.#shared.map(({ share }) => share.handOver()));
  }

  async giveBack(): Promise<void> {
    if (!this.#away) await Promise.all(this.#shared.map(({ share }) => share.giveBack()));
  }
}

/** Requests per second that it allows. A table allows any number of requests to KMS, but none as long as nothing of it is free. */
async function lookAt({ share, table }: Shared, runRate: number): Promise<number> {
  if (table === undefined) return share.look(runRate);
  const part = await share.look(1);
  if (part === 0) return 0;
  table.use(part);
  return Number.POSITIVE_INFINITY;
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
