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
      return { type: 'object-metadata', ...onePlace(told) };
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

/** `opens` says what the value is; without it, a JSON text. Parts of a text have their numbers for names. */
function jsonDocument({ place, encoding, keyArn }: Told): Readonly<Record<string, unknown>> {
  const { json, delimited } = place;
  const opener = delimited && { delimited: delimited.by };
  const part = delimited && `/${delimited.part}`;
  const opens =
    json === undefined ? [opener] : json.encoded === undefined ? undefined : [json.encoded, 'json'];
  const pointer = json === undefined ? part : pointerText(json.path);
  return {
    type: 'json-document',
    in: documentPlace(place),
    ...(opens !== undefined && { opens }),
    dataKey: json === undefined || part === undefined ? pointer : [pointer, opener, part],
    encoding,
    ...(json !== undefined &&
      keyArn !== undefined && { keyArn: pointerText([...json.path.slice(0, -1), keyArn]) }),
  };
}

function documentPlace({ in: container, path }: GenericPlace): unknown {
  switch (container) {
    case 'attribute':
      return { attribute: asPath(path) };
    case 'metadata':
      return { metadata: patternText(path) };
    case 'body':
      return 'body';
  }
}
