import type { ConfiguredFormat } from '../../core/model/format.ts';
import { isAnnotation, isBody } from '../../core/places/held-at.ts';
import { placeText } from '../../core/places/pattern.ts';
import { COUNTS_ONLY, PRICE_UNKNOWN } from '../annotations.ts';
import { contextNames, contextPlaces } from '../context-template.ts';
import { besidePatterns, changingPlaces, declaredPatterns, type PatternFormat } from './pattern-format.ts';
import { patternProblems } from './problems.ts';

/** What a pattern format says of a store. */
export function sayingOf(format: PatternFormat): Omit<ConfiguredFormat, 'bind'> {
  const { places } = format;
  const declared = declaredPatterns(places);
  const read = contextPlaces(format).flatMap(place => ('at' in place ? [place.at] : []));
  const annotations = [...declared, ...read].flatMap(([first]) => (isAnnotation(first) ? [first.name] : []));
  return {
    identity: placeText(places.dataKey),
    keepsSource: places.writeTo !== undefined,
    needs: [
      ...(contextPlaces(format).some(place => 'tag' in place) ? (['tags'] as const) : []),
      ...([...declared, ...read].some(place => isBody(place[0])) ? (['body'] as const) : []),
    ],
    ...(annotations.length > 0 && {
      annotations: [...new Set(annotations)],
      countsOnly: COUNTS_ONLY,
      remarks: () => [PRICE_UNKNOWN],
    }),
    contextNames: contextNames(format),
    declared,
    changes: changingPlaces(places),
    contextFrom: read,
    beside: besidePatterns(places),
    problems: patternProblems(format),
  };
}
