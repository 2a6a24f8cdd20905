import { Buffer } from 'node:buffer';
import type { PlacePattern } from '../../core/model/place.ts';
import {
  objectKeyOf,
  type AttributePath,
  type AttributeValue,
  type StoreRecord,
} from '../../core/model/record.ts';
import { reachIn } from '../../core/places/held-at.ts';
import { asPath, filledIn, placeText } from '../../core/places/pattern.ts';
import type { ContextValue } from '../context-template.ts';
import { placeName } from '../place-name.ts';
import { typeOf } from '../value-encoding.ts';

/** Where the value of a context is. */
export type ContextPlace =
  /** A text, a number or bytes at a place of the record. */
  | { readonly at: PlacePattern }
  | { readonly keyAttribute: string }
  | { readonly objectKey: true }
  | { readonly tag: string }
  /** What an open step of the data key's place stands for: the first is 1. */
  | { readonly wildcard: number };

/** The value of a context for the data key at a place whose open steps stand for `open`. */
export function contextValue(
  record: StoreRecord,
  place: ContextPlace,
  open: readonly (string | number)[],
): ContextValue {
  if ('at' in place) return atPlace(record, pathFor(place.at, open));
  if ('wildcard' in place) return { value: String(open[place.wildcard - 1]) };
  if ('objectKey' in place) return { value: record.kind === 'object' ? objectKeyOf(record) : record.locator };
  if ('tag' in place) return tagOf(record, place.tag);
  const { keyAttribute } = place;
  const key = record.kind === 'item' ? record.key : {};
  const value = Object.hasOwn(key, keyAttribute) ? key[keyAttribute] : undefined;
  return value === undefined
    ? { reason: `the item has no key attribute ${keyAttribute}` }
    : textOf(value, `attribute ${keyAttribute}`);
}

/** A path of a pattern for one data key. A job whose patterns have more open steps than that of the data key is refused. */
export function pathFor(pattern: PlacePattern, open: readonly (string | number)[]): AttributePath {
  const path = asPath(filledIn(pattern, open));
  if (path === undefined) throw new TypeError(`open steps are left in ${placeText(pattern)}`);
  return path;
}

function tagOf(record: StoreRecord, tag: string): ContextValue {
  const tags = record.kind === 'object' ? (record.tags ?? {}) : {};
  const value = Object.hasOwn(tags, tag) ? tags[tag] : undefined;
  return value === undefined ? { reason: `the object has no tag ${tag}` } : { value };
}

function atPlace(record: StoreRecord, path: AttributePath): ContextValue {
  const name = placeName(record, path);
  const reached = reachIn(record, path);
  switch (reached.kind) {
    case 'nothing':
      return { reason: `the ${record.kind} has no ${name}` };
    case 'closed':
      return { reason: `${name} ${reached.reason}` };
    case 'value':
      return textOf(reached.value, name);
  }
}

/** Strings and numbers verbatim, as DynamoDB returns them; binary as base64. Other types have no unique text. */
function textOf(value: AttributeValue, name: string): ContextValue {
  if ('S' in value) return { value: value.S };
  if ('N' in value) return { value: value.N };
  if ('B' in value) return { value: Buffer.from(value.B).toString('base64') };
  return { reason: `${name} is of type ${typeOf(value)}; a context value is a string, number or binary` };
}
