import type { WrappedRecords } from '../model/wrapped-records.ts';
import type { BoundFormat } from '../model/format.ts';
import type { StoreRecord } from '../model/record.ts';

/** Tells records under keys of another table from those that have no data key at all. */
export function wrappedIn(
  withoutDataKey: readonly StoreRecord[],
  { wrappedBy }: Pick<BoundFormat, 'wrappedBy'>,
): { readonly without: readonly StoreRecord[]; readonly wrappedBy: readonly WrappedRecords[] } {
  if (wrappedBy === undefined) return { without: withoutDataKey, wrappedBy: [] };
  const without = withoutDataKey.filter(record => !wrappedBy.wraps(record));
  const records = withoutDataKey.length - without.length;
  return { without, wrappedBy: records === 0 ? [] : [{ table: wrappedBy.table, records }] };
}
