import type { AttributePath, StoreRecord } from '../core/model/record.ts';
import { isAnnotation, isBody } from '../core/places/held-at.ts';
import { placeText } from '../core/places/pattern.ts';

/** What messages call a place of a record. */
export function placeName({ kind }: Pick<StoreRecord, 'kind'>, path: AttributePath): string {
  switch (kind) {
    case 'item':
      return `attribute ${placeText(path)}`;
    case 'object': {
      const [first, ...rest] = path;
      if (isAnnotation(first)) return `annotation ${first.name}${placeText(rest)}`;
      return isBody(first) ? `body${placeText(rest)}` : `metadata ${placeText(path)}`;
    }
  }
}
