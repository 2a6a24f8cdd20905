import type { BoundFormat, Replacement } from '../model/format.ts';
import type { StoreRecord } from '../model/record.ts';
import type { RecordStore } from '../ports.ts';

/** One of a record's slots with what will be put there. */
export interface ToReplace {
  readonly replacement: Replacement;
}

export interface PartOptions {
  readonly records: Pick<RecordStore, 'takes'>;
  readonly format: Pick<BoundFormat, 'replace'>;
}

/**
 * The slots of a record in groups that one conditional write takes each: all of them in one, as a rule. Each part is a
 * compare-and-swap of its own slots. A single slot that no write takes stands alone, and its store refuses it.
 */
export function partsOf<Slot extends ToReplace>(
  record: StoreRecord,
  slots: readonly Slot[],
  options: PartOptions,
): readonly (readonly Slot[])[] {
  const change = options.format.replace(
    record,
    slots.map(({ replacement }) => replacement),
  );
  if (slots.length < 2 || options.records.takes(record, change)) return [slots];
  const half = Math.ceil(slots.length / 2);
  return [slots.slice(0, half), slots.slice(half)].flatMap(some => partsOf(record, some, options));
}
