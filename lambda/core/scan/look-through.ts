import { MAX_FAILURES, type LookAlikeCount, type NamedLookAlike } from '../model/books.ts';
import { storeName } from '../stores/places.ts';
import type { StoreRecord } from '../model/record.ts';
import { shownPlace } from '../look-alikes/shown-place.ts';
import type { UnitScope } from './unit-scope.ts';

/** What looks like a data key in the records of a page, outside the places that the job declares. */
export function lookThrough(records: readonly StoreRecord[], { store, look }: UnitScope): LookAlikeCount {
  let count = 0;
  const first: NamedLookAlike[] = [];
  for (const record of records)
    for (const { path, form } of look(record)) {
      count++;
      if (first.length < MAX_FAILURES)
        first.push({ store: storeName(store), locator: record.locator, path: shownPlace(path), form });
    }
  return { count, first };
}
