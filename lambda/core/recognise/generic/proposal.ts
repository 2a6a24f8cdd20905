import type { StoredContext } from '../candidate.ts';
import { isWild, patternText, pointerText, type GenericPlace, type PlaceStep } from './generic-place.ts';

interface Told {
  readonly place: GenericPlace;
  readonly encoding: string;
  /** The name of the value beside the data key that names its key. */
  readonly keyArn: string | undefined;
  /** The map beside it that holds its encryption context. */
  readonly context: StoredContext | undefined;
}

/** The `format` object of a job for data keys at a place. */
export function proposedFormat(told: Told): Readonly<Record<string, unknown>> {
  const { place } = told;
  if (place.json !== undefined || place.delimited !== undefined) return jsonDocument(told);
  switch (place.in) {
    case 'attribute':
      return { type: 'attribute', ...onePlace(told), ...contextOf(told) };
    case 'metadata':
      return { type: 'object-metadata', ...oneEntry(told) };
    case 'annotation':
      return oneAnnotation(told);
    case 'body':
      return { type: 'object-body', encoding: told.encoding };
  }
}

function onePlace({ place: { path }, encoding, keyArn }: Told): Readonly<Record<string, unknown>> {
  return {
    dataKey: asPath(path),
    encoding,
    ...(keyArn !== undefined && { keyArn: asPath([...path.slice(0, -1), keyArn]) }),
  };
}

/** The name of an entry is one word, whatever is in it. */
function oneEntry({ place, encoding, keyArn }: Told): Readonly<Record<string, unknown>> {
  return { dataKey: entryOf(place), encoding, ...(keyArn !== undefined && { keyArn }) };
}

function oneAnnotation({ place, encoding, keyArn }: Told): Readonly<Record<string, unknown>> {
  const annotation = entryOf(place);
  return { type: 'object-annotation', annotation, encoding, ...(keyArn !== undefined && { keyArn }) };
}

function entryOf({ path: [name] }: Pick<GenericPlace, 'path'>): string {
  if (typeof name !== 'string') throw new TypeError('an entry of metadata or an annotation has a name');
  return name;
}

/** A context whose values are read from the map; not where the path to the map may lead to several. */
function contextOf({ place: { path }, context }: Told): Readonly<Record<string, unknown>> {
  const parent = path.slice(0, -1);
  if (context === undefined || parent.some(isWild)) return {};
  const members = context.members.map(
    name => [name, { attribute: asPath([...parent, context.name, name]) }] as const,
  );
  return { encryptionContext: Object.fromEntries(members) };
}

/** As a job writes paths: joined by dots, or a list of steps if a name has dots or brackets in it. */
function asPath(path: readonly PlaceStep[]): string | readonly (string | number)[] {
  const isPlain = path.every(step => typeof step !== 'string' || /^[^.[\]"*]+$/.test(step));
  return isPlain || path.some(isWild) ? patternText(path) : path.flatMap(step => (isWild(step) ? [] : step));
}

function jsonDocument({ place, encoding, keyArn, context }: Told): Readonly<Record<string, unknown>> {
  const { json, delimited } = place;
  const parent = json?.path.slice(0, -1) ?? [];
  const members = json === undefined || context === undefined || parent.some(isWild) ? [] : context.members;
  const pointers = members.map(
    name => [name, { pointer: pointerText([...parent, context?.name ?? '', name]) }] as const,
  );
  return {
    type: 'json-document',
    in: containerOf(place),
    ...(json === undefined
      ? { opens: delimited === undefined ? [] : [{ delimited: delimited.by }] }
      : json.encoded !== undefined && { opens: [json.encoded, 'json'] }),
    dataKey: placeInDocument(place),
    encoding,
    ...(json !== undefined && keyArn !== undefined && { keyArn: pointerText([...parent, keyArn]) }),
    ...(pointers.length > 0 && { encryptionContext: Object.fromEntries(pointers) }),
  };
}

function containerOf({ in: container, path }: GenericPlace): unknown {
  switch (container) {
    case 'attribute':
      return { attribute: asPath(path) };
    case 'metadata':
      return { metadata: entryOf({ path }) };
    case 'annotation':
      return { annotation: entryOf({ path }) };
    case 'body':
      return 'body';
  }
}

/** A pointer, or the pointer to a text in parts and that to the part. */
function placeInDocument({ json, delimited }: GenericPlace): unknown {
  const inside = pointerText(json?.path ?? []);
  if (delimited === undefined) return inside;
  const part = `/${delimited.part}`;
  return json === undefined ? part : [inside, { delimited: delimited.by }, part];
}
