import { configureFormat } from '../job/bind-format.ts';
import type { FormatRegistry } from '../model/format.ts';
import type { Store } from '../model/job.ts';
import type { StoresOfRun } from '../model/run-plan.ts';
import type { PlacePattern } from '../model/place.ts';
import { shareRecords } from '../model/store-place.ts';
import { writtenPlace } from '../stores/places.ts';

/** The places that all stores of a job declare in the records of one of them. */
export function declaredPlacesOf(
  store: Store,
  { stores, storeRegion }: Pick<StoresOfRun, 'stores' | 'storeRegion'>,
  formats: FormatRegistry,
): readonly PlacePattern[] {
  const place = writtenPlace(store, storeRegion);
  const same = stores.filter(one => shareRecords(writtenPlace(one, storeRegion), place));
  return same.flatMap(one => configureFormat(one, formats).declared);
}
