import { configureFormat } from '../job/bind-format.ts';
import type { FormatRegistry } from '../model/format.ts';
import type { Store } from '../model/job.ts';
import type { StoresOfRun } from '../model/run-plan.ts';
import type { AttributePath, StoreRecord } from '../model/record.ts';
import { shareRecords } from '../model/store-place.ts';
import { writtenPlace } from '../stores/places.ts';
import { kindOf } from '../stores/registry.ts';

/** The places that all stores of a job declare in the records of one of them, in the scanner's notation. */
export function declaredPlacesOf(
  store: Store,
  { stores, storeRegion }: Pick<StoresOfRun, 'stores' | 'storeRegion'>,
  formats: FormatRegistry,
): readonly AttributePath[] {
  const place = writtenPlace(store, storeRegion);
  const same = stores.filter(one => shareRecords(writtenPlace(one, storeRegion), place));
  return same.flatMap(one =>
    configureFormat(one, formats).declared.map(path => inScanner(path, kindOf(one).records)),
  );
}

/** A format names the entries of an object's metadata, and the scanner sees its tags, its headers and its key as well. */
function inScanner(path: AttributePath, records: StoreRecord['kind']): AttributePath {
  switch (records) {
    case 'item':
      return path;
    case 'object':
      return ['metadata', ...path];
  }
}
