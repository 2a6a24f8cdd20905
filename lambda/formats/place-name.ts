import type { AttributePath, StoreRecord } from '../core/model/record.ts';
import { isBody } from '../core/places/held-at.ts';
import { placeText } from '../core/places/pattern.ts';

/** What messages call a place of a record. */
export function placeName({ kind }: Pick<StoreRecord, 'kind'>, path: AttributePath): string {
  switch (kind) {
    case 'item':
      return `attribute ${placeText(path)}`;
    case 'object':
      return isBody(path[0]) ? `body${placeText(path.slice(1))}` : `metadata ${placeText(path)}`;
  }
}
