import { liveLeases, type Lease, type ShareBook, type Slot } from '../../lambda/core/rate/lease.ts';
import type { RateShares } from '../../lambda/core/ports.ts';

/** The only worker: it gets the whole rate. */
export const ALONE: RateShares = { take: rate => Promise.resolve(rate) };

/** Leases in memory. A read sees some slots earlier than others, as a query over many pages does. */
export class FakeShareBook implements ShareBook {
  readonly regions = new Map<string, Map<string, Slot>>();
  reads = 0;
  writes = 0;
  /** Called before each read and write takes effect, so that a test can let others be faster. */
  step: () => Promise<void> = () => Promise.resolve();

  async read(region: string): Promise<readonly Slot[]> {
    this.reads++;
    await this.step();
    const first = this.#slots(region).filter((_, index) => index % 2 === 0);
    await this.step();
    const seen = new Set(first.map(({ id }) => id));
    return [...first, ...this.#slots(region).filter(({ id }) => !seen.has(id))];
  }

  async write(region: string, { id, version }: Slot, lease: Lease | undefined): Promise<boolean> {
    this.writes++;
    await this.step();
    const slots = this.regions.get(region) ?? new Map<string, Slot>();
    this.regions.set(region, slots);
    if ((slots.get(id)?.version ?? 0) !== version) return false;
    slots.set(id, { id, version: version + 1, ...(lease !== undefined && { lease }) });
    return true;
  }

  live(region: string, now: number): readonly Lease[] {
    return liveLeases(this.#slots(region), now);
  }

  #slots(region: string): readonly Slot[] {
    return [...(this.regions.get(region)?.values() ?? [])];
  }
}
