import { ANY, type PlacePattern } from '../../core/model/place.ts';
import type { Problem } from '../../core/model/problem.ts';
import { isAnnotation } from '../../core/places/held-at.ts';
import { mayMeet, placeText } from '../../core/places/pattern.ts';
import { contextPlaces } from '../context-template.ts';
import { changingPlaces, declaredPatterns, type PatternFormat } from './pattern-format.ts';

/** What is wrong between places that are right each by itself. */
export function patternProblems(format: PatternFormat): readonly Problem[] {
  return [...openStepProblems(format), ...contextProblems(format), ...annotationProblems(format)];
}

/** Nothing is written to an annotation, so new data keys have no place there. */
function annotationProblems({ places: { dataKey, writeTo } }: PatternFormat): readonly Problem[] {
  if (writeTo === undefined || !isAnnotation(dataKey[0])) return [];
  const words = 'names a place for new data keys, and no run writes those of an annotation; remove it';
  return [{ path: 'writeTo', value: placeText(writeTo.dataKey), words }];
}

/** Every open step must stand for the same as one of the data key's place. */
function openStepProblems(format: PatternFormat): readonly Problem[] {
  const { places } = format;
  const most = openSteps(places.dataKey);
  const tooOpen = declaredPatterns(places).filter(place => openSteps(place) > most);
  const contexts = contextPlaces(format);
  const openContexts = contexts.flatMap(place =>
    'at' in place && openSteps(place.at) > most ? [place.at] : [],
  );
  const wildcards = contexts.flatMap(place =>
    'wildcard' in place && place.wildcard > most ? [place.wildcard] : [],
  );
  const words = `has more open steps (*) than the place of the data key, which has ${most}; so it is not known which value belongs to which data key`;
  return [
    ...tooOpen.map(place => ({ path: 'dataKey', value: placeText(place), words })),
    ...openContexts.map(place => ({ path: 'encryptionContext', value: placeText(place), words })),
    ...wildcards.map(value => ({
      path: 'encryptionContext',
      value,
      words: `is not the number of an open step (*) of dataKey, which has ${most}`,
    })),
  ];
}

function openSteps(pattern: PlacePattern): number {
  return pattern.filter(step => step === ANY).length;
}

/**
 * A context may be made of the key ARN or the algorithm beside the data key, because a run knows what it will write there. If
 * it were made of anything else that a run changes, nobody could open what the run has written.
 */
function contextProblems(format: PatternFormat): readonly Problem[] {
  const { places } = format;
  const { keyArn, encryptionAlgorithm, writeTo } = places;
  const known = writeTo === undefined ? [keyArn, encryptionAlgorithm] : [];
  const changing = changingPlaces(places).filter(place => !known.includes(place));
  return contextPlaces(format).flatMap(place => {
    if (!('at' in place) || !changing.some(one => mayMeet(one, place.at))) return [];
    const words =
      'is a place that the run changes, so that readers could not build this context any more; make the context of other places';
    return [{ path: 'encryptionContext', value: placeText(place.at), words }];
  });
}
