import type { OutcomeEntry } from '../journal/entries.ts';
import type { DataKeysLine } from './log-lines.ts';

export interface Telemetry {
  /** A line of the log for one data key. */
  dataKey(entry: OutcomeEntry): void;
  /** A line of the log for data keys of a page that have the same outcome and key materials. */
  dataKeys(line: DataKeysLine): void;
  /** Counts of one page, as metrics. */
  page(
    store: string,
    entries: readonly OutcomeEntry[],
    kms: { readonly requests: number; readonly throttled: number },
  ): void;
  /** An object of the journal that is not as it was written. */
  damagedJournal?(name: string, reason: string): void;
}
