import type { FormatDefinition } from '../../lambda/core/model/format.ts';
import type { StoreRecord } from '../../lambda/core/model/record.ts';

/**
 * A record as real software writes it, and how a job names its data keys. The suite in formats.test.ts plays the contract of
 * formats on each: one case for each kind of record that a format reads, one file for each format.
 */
export interface FormatCase {
  /** What wrote the record. */
  readonly title: string;
  readonly definition: FormatDefinition;
  /** The job's `format` object. */
  readonly config: object;
  readonly record: StoreRecord;
  /** How many data keys the record holds. */
  readonly dataKeys: number;
  /** The key that the record names, in the form that it names it; absent where records name none. */
  readonly recordedKeyArn?: string;
  /** The record with something else than a data key where one should be. It must be in doubt, never without data key. */
  readonly inDoubt: readonly StoreRecord[];
  /** Records without data key that may lie beside such records. */
  readonly without: readonly StoreRecord[];
}
