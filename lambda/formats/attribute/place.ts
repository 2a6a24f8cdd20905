import type { PlacePattern } from '../../core/model/place.ts';
import { parsePattern } from '../../core/places/pattern.ts';

/** A place as a job writes it: a pattern, or a list of steps, whose names mean themselves. */
export type Written = string | readonly (string | number)[];

/** A place that a job names; `undefined` if it is none. The first step is the name of an attribute. */
export function placeOf(written: Written): PlacePattern | undefined {
  const place = typeof written === 'string' ? parsePattern(written) : written;
  return typeof place?.[0] === 'number' ? undefined : place;
}

/** A place of a configuration that has been validated before. */
export function needPlace(written: Written): PlacePattern {
  const place = placeOf(written);
  if (place === undefined) throw new TypeError(`no attribute path: ${JSON.stringify(written)}`);
  return place;
}
