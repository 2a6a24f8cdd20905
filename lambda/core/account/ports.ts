import type { OutcomeEntry } from '../journal/entries.ts';
import type { ConsumedCapacity } from '../model/consumed.ts';
import type { DataKeysLine } from './log-lines.ts';

export interface Telemetry {
  /** A line of the log for one data key. */
  dataKey(entry: OutcomeEntry): void;
  /** A line of the log for data keys of a page that have the same outcome and key materials. */
  dataKeys(line: DataKeysLine): void;
  /** Counts of one page, as metrics. */
  page(store: string, entries: readonly OutcomeEntry[], load: PageLoad): void;
  /** An object of the journal that is not as it was written. */
  damagedJournal(name: string, reason: string): void;
  /** An object of the journal that a later version has written. */
  unknownJournal(name: string, schema: number): void;
}

/** What a page took of KMS and of its store. */
export interface PageLoad {
  readonly kms: { readonly requests: number; readonly throttled: number };
  readonly capacity?: ConsumedCapacity;
}
