import { bindFormat } from '../job/bind-format.ts';
import type { FormatRegistry } from '../model/format.ts';
import { writtenPlace, type Store } from '../model/job.ts';
import type { AttributePath } from '../model/record.ts';

/** The places that all stores of a job declare in the records of one of them, in the words of the scanner. */
export function declaredPlacesOf(
  store: Store,
  { stores, storeRegion }: { readonly stores: readonly Store[]; readonly storeRegion: string },
  formats: FormatRegistry,
): readonly AttributePath[] {
  const same = stores.filter(one => sharesRecords(one, store, storeRegion));
  return same.flatMap(one =>
    bindFormat(one, formats).declared.map((path): AttributePath =>
      one.type === 's3' ? ['metadata', ...path] : path,
    ),
  );
}

function sharesRecords(a: Store, b: Store, region: string): boolean {
  if (a.type === 'dynamodb' || b.type === 'dynamodb')
    return writtenPlace(a, region) === writtenPlace(b, region);
  const bucket = (store: Store): string => writtenPlace({ ...store, prefix: '' } as Store, region);
  return bucket(a) === bucket(b) && (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix));
}
