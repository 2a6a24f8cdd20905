import type { BesidePlace, PlacePattern } from '../../core/model/place.ts';
import type { Contexts } from '../context-template.ts';
import type { ValueEncoding } from '../value-encoding.ts';
import type { ContextPlace } from './context-value.ts';

/** The companions of data keys. Their open steps stand for the same as those of the data key's place. */
export interface CompanionPatterns {
  readonly keyArn?: PlacePattern | undefined;
  readonly encryptionAlgorithm?: PlacePattern | undefined;
  readonly sourceDigest?: PlacePattern | undefined;
}

export interface PatternPlaces extends CompanionPatterns {
  readonly dataKey: PlacePattern;
  readonly version?: PlacePattern | undefined;
  /** Where new data keys go, if the old ones are to stay. */
  readonly writeTo?: (CompanionPatterns & { readonly dataKey: PlacePattern }) | undefined;
}

/** A format whose data keys are wherever a job says. */
export interface PatternFormat extends Contexts<ContextPlace> {
  readonly places: PatternPlaces;
  readonly encoding: ValueEncoding;
}

/** Every place that a run may change, that of the data key first. */
export function declaredPatterns(places: PatternPlaces): readonly PlacePattern[] {
  const { version, writeTo } = places;
  return [...placesOf(places), ...placesOf(writeTo), ...(version === undefined ? [] : [version])];
}

/** What a run changes: with a place of their own for new data keys, the old ones and what is beside them stay. */
export function changingPlaces(places: PatternPlaces): readonly PlacePattern[] {
  const { writeTo, version } = places;
  const written = placesOf(writeTo ?? places);
  return version === undefined ? written : [...written, version];
}

/** Of the declared places, all but the places of data keys that are read. */
export function besidePatterns(places: PatternPlaces): readonly BesidePlace[] {
  const { dataKey, version, writeTo } = places;
  const labels = [
    ...placesOf({ ...places, dataKey: undefined }),
    ...placesOf({ ...writeTo, dataKey: undefined }),
  ];
  return [
    ...[...labels, ...(version === undefined ? [] : [version])].map(place => ({ place })),
    ...(writeTo === undefined ? [] : [{ place: writeTo.dataKey, copyOf: dataKey }]),
  ];
}

/** A data key's place, and those of its companions. */
function placesOf(
  of: undefined | (CompanionPatterns & { readonly dataKey?: PlacePattern | undefined }),
): readonly PlacePattern[] {
  const { dataKey, keyArn, encryptionAlgorithm, sourceDigest } = of ?? {};
  return [dataKey, keyArn, encryptionAlgorithm, sourceDigest].filter(place => place !== undefined);
}
