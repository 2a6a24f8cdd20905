import type { BesidePlace, PlacePattern } from '../model/place.ts';
import type { AttributeValue, StoreRecord } from '../model/record.ts';
import { matchedPlaces, type Matched } from '../places/expand.ts';
import { isNothing } from '../places/is-nothing.ts';
import { filledIn } from '../places/pattern.ts';

/** What lies beside the data keys of a record; a new data key only where there is none that it could be made of. */
export function valuesBeside(
  record: StoreRecord,
  places: readonly BesidePlace[],
): readonly { readonly path: Matched['path']; readonly value: AttributeValue }[] {
  return places.flatMap(({ place, copyOf }) =>
    matchedPlaces(record, place).flatMap(one => {
      if (one.kind === 'closed') return [];
      return copyOf !== undefined && isThere(record, filledIn(copyOf, one.open)) ? [] : [one];
    }),
  );
}

function isThere(record: StoreRecord, place: PlacePattern): boolean {
  return matchedPlaces(record, place).some(one => one.kind === 'closed' || !isNothing(one.value));
}
