import { ANY, type PlacePattern } from '../model/place.ts';
import type { AttributePath, AttributeValue, PathStep, StoreRecord } from '../model/record.ts';
import { heldAt, isBody, partOf, pathIn, reachIn } from './held-at.ts';

/** A place of a record that a pattern stands for. */
export interface Matched {
  readonly kind: 'matched';
  readonly path: AttributePath;
  readonly value: AttributeValue;
  /** The names and indexes in the place of open steps, in their order. */
  readonly open: readonly (string | number)[];
}

/** There is something, but it cannot be read, or not be changed without harm. */
export interface ClosedPlace {
  readonly kind: 'closed';
  readonly path: AttributePath;
  readonly reason: string;
  /** For now, because of the state of the record. */
  readonly blocked?: true;
}

/** Every place of a record that a pattern stands for and that has a value, in the order of the record. */
export function matchedPlaces(
  record: StoreRecord,
  pattern: PlacePattern,
): readonly (Matched | ClosedPlace)[] {
  const [path, rest] = untilOpen(pattern);
  return below(record, { path, open: [] }, rest);
}

interface Before {
  readonly path: AttributePath;
  readonly open: readonly (string | number)[];
}

function below(
  record: StoreRecord,
  { path, open }: Before,
  rest: PlacePattern,
): readonly (Matched | ClosedPlace)[] {
  if (rest.length === 0 || path.length > 0) {
    const reached = reachIn(record, path);
    if (reached.kind === 'nothing') return [];
    if (reached.kind === 'closed') return [{ ...reached, path }];
    if (rest.length === 0)
      return [{ kind: 'matched', path: pathIn(record, path), value: reached.value, open }];
  }
  const [next, after] = untilOpen(rest.slice(1));
  return stepsIn(record, path).flatMap(step =>
    below(record, { path: [...path, step, ...next], open: [...open, step] }, after),
  );
}

/** The steps before the first open one, and the others. */
function untilOpen(pattern: PlacePattern): readonly [AttributePath, PlacePattern] {
  const at = pattern.indexOf(ANY);
  const path = (at < 0 ? pattern : pattern.slice(0, at)) as readonly PathStep[];
  return [path, at < 0 ? [] : pattern.slice(at)];
}

/** What an open step can be. */
function stepsIn(record: StoreRecord, path: AttributePath): readonly (string | number)[] {
  if (path.length === 0) return Object.keys(record.kind === 'item' ? record.attributes : record.metadata);
  const value = path.length === 1 && isBody(path[0]) ? partOf(record, path[0]) : heldAt(record, path);
  if (value === undefined) return [];
  if ('M' in value) return Object.keys(value.M);
  return 'L' in value ? [...value.L.keys()] : [];
}
