import type { OutcomeEntry } from '../journal/entries.ts';

export interface Telemetry {
  /** One line for each data key. */
  dataKey(entry: OutcomeEntry): void;
  /** Counts of one page, as metrics. */
  page(
    store: string,
    entries: readonly OutcomeEntry[],
    kms: { readonly requests: number; readonly throttled: number },
  ): void;
  /** An object of the journal that is not as it was written. */
  damagedJournal?(name: string, reason: string): void;
}
