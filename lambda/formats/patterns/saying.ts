import type { ConfiguredFormat } from '../../core/model/format.ts';
import { placeText } from '../../core/places/pattern.ts';
import { contextNames, contextPlaces } from '../context-template.ts';
import { declaredPatterns, type PatternFormat } from './pattern-format.ts';
import { patternProblems } from './problems.ts';

/** What a pattern format says of a store. */
export function sayingOf(format: PatternFormat): Omit<ConfiguredFormat, 'bind'> {
  const { places } = format;
  return {
    identity: placeText(places.dataKey),
    keepsSource: places.writeTo !== undefined,
    needs: contextPlaces(format).some(place => 'tag' in place) ? ['tags'] : [],
    contextNames: contextNames(format),
    declared: declaredPatterns(places),
    problems: patternProblems(format),
  };
}
