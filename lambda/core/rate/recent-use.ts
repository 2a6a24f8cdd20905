/** Long enough to be no single page, short enough to be what the worker does now. */
const RECENT_MS = 10_000;

interface Slot {
  readonly from: number;
  units: number;
}

/** Units that a worker has used lately. */
export class RecentUse {
  #before: Slot | undefined;
  #current: Slot | undefined;

  add(now: number, units: number): void {
    const current = this.#current;
    if (current !== undefined && now - current.from < RECENT_MS) {
      current.units += units;
      return;
    }
    this.#before = current;
    this.#current = { from: now, units };
  }

  /** In the last ten to twenty seconds; since its first use, if that was later. */
  perSecond(now: number): number {
    const slots = [this.#before, this.#current].filter(slot => slot !== undefined);
    const recent = slots.filter(({ from }) => now - from < 2 * RECENT_MS);
    const [first] = recent;
    if (first === undefined) return 0;
    const units = recent.reduce((sum, slot) => sum + slot.units, 0);
    // A burst of the first second counts as that of a second.
    return units / Math.max(1, (now - first.from) / 1000);
  }
}
