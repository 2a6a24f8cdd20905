import type { ConfiguredFormat } from '../../core/model/format.ts';
import { isBody } from '../../core/places/held-at.ts';
import { placeText } from '../../core/places/pattern.ts';
import { contextNames, contextPlaces } from '../context-template.ts';
import { declaredPatterns, type PatternFormat } from './pattern-format.ts';
import { patternProblems } from './problems.ts';

/** What a pattern format says of a store. */
export function sayingOf(format: PatternFormat): Omit<ConfiguredFormat, 'bind'> {
  const { places } = format;
  const declared = declaredPatterns(places);
  const read = contextPlaces(format).flatMap(place => ('at' in place ? [place.at] : []));
  return {
    identity: placeText(places.dataKey),
    keepsSource: places.writeTo !== undefined,
    needs: [
      ...(contextPlaces(format).some(place => 'tag' in place) ? (['tags'] as const) : []),
      ...([...declared, ...read].some(place => isBody(place[0])) ? (['body'] as const) : []),
    ],
    contextNames: contextNames(format),
    declared,
    problems: patternProblems(format),
  };
}
