/**
 * The invariants that the suite attacks, by number (docs/guarantees.md). 10: a good verdict can be relied on. `rollback`: a
 * rollback restores every byte.
 */
export type Invariant = 2 | 3 | 4 | 5 | 6 | 7 | 8 | 10 | 'rollback';

export interface Violation {
  readonly invariant: Invariant;
  readonly words: string;
}

/** What a schedule found, and how much it looked at. */
export class Findings {
  readonly violations: Violation[] = [];
  readonly counts = new Map<string, number>();

  violate(invariant: Invariant, words: string): void {
    this.violations.push({ invariant, words });
  }

  expect(holds: boolean, invariant: Invariant, words: string): void {
    if (!holds) this.violate(invariant, words);
  }

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }
}
