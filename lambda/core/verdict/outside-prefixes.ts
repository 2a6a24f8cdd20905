import { isSameName, storePlaceText, type StorePlace } from '../model/store-place.ts';

/** What is in stores that are named by prefixes only, and under none of these. Nothing is said about it, and a key may be needed there. */
export function outsidePrefixes(places: readonly StorePlace[]): readonly string[] {
  const first = places.filter((place, index) => places.findIndex(one => isSameName(one, place)) === index);
  return first.flatMap(place => {
    const prefixes = places.filter(one => isSameName(one, place)).map(({ prefix = '' }) => prefix);
    if (prefixes.includes('')) return [];
    const { prefix: _prefix, ...whole } = place;
    const text = [...new Set(prefixes)].sort().join(' or ');
    return [`everything in ${storePlaceText(whole)} whose key does not start with ${text}`];
  });
}
