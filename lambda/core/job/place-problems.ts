import type { ConfiguredFormat } from '../model/format.ts';
import { mayMeet, placeText } from '../places/pattern.ts';
import type { PlacePattern } from '../model/place.ts';
import type { Problem } from '../model/problem.ts';

/**
 * Each place of a format holds one thing. If two places are equal, or one is inside the other, the second write would
 * overwrite the first: the data key with its key's ARN, or a map with a text.
 */
export function placeProblems({ declared }: ConfiguredFormat, index: number): readonly Problem[] {
  return declared.flatMap((place, at) =>
    declared.slice(0, at).flatMap(other => {
      const words = clash(place, other);
      return words === undefined ? [] : [{ path: `stores[${index}].format`, value: placeText(place), words }];
    }),
  );
}

function clash(place: PlacePattern, other: PlacePattern): string | undefined {
  if (!mayMeet(place, other)) return undefined;
  return place.length === other.length
    ? 'is named twice; give the data key and everything beside it a place of its own'
    : `and ${placeText(other)} are inside one another; name places that hold one value each`;
}
