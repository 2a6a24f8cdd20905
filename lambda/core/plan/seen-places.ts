import { placeText } from '../places/pattern.ts';
import type { AttributeValue, StoreRecord } from '../model/record.ts';
import type { SeenPlace } from '../model/run.ts';
import type { LookAlike, ScannerPath } from '../look-alikes/search.ts';
import { isMarked, shownPlace, withoutCiphertexts } from '../look-alikes/shown-place.ts';
import type { LookAlikeForm } from '../look-alikes/signs.ts';
import { byNearness, isNearSpelling } from '../model/spelling.ts';

/** Look-alikes by place and form, the most frequent first; indexes of lists are left open. */
export function placesOf(found: readonly LookAlike[], store: StoreRecord['kind']): readonly SeenPlace[] {
  const seen = new Map<string, SeenPlace>();
  for (const { path, form } of found) {
    const place = shownPlace(path).replace(/\[\d+\]/g, '[*]');
    const write = fieldsFor(store === 'item' ? path : inMetadata(path), form);
    const name = `${place} ${form}`;
    const known = seen.get(name) ?? { place, form, count: 0, ...(write !== undefined && { write }) };
    seen.set(name, { ...known, count: known.count + 1 });
  }
  return [...seen.values()].sort((a, b) => b.count - a.count);
}

/** The place that a job may have meant: preferably one that a format can read, then the one with the most similar name. */
export function nearestPlace(slot: string, places: readonly SeenPlace[]): SeenPlace | undefined {
  const found = places.filter(({ form }) => form !== 'key-name');
  const nearest = byNearness(slot, found, ({ place }) => place.replace(/^metadata\./, ''));
  return nearest.find(({ write }) => write !== undefined) ?? nearest[0];
}

/** The job's encoding for a recognised form; `undefined` if no format reads it. */
export function encodingOf(form: string): string | undefined {
  switch (form) {
    case 'binary':
    case 'base64':
    case 'base64-unpadded':
    case 'base64url':
    case 'base64url-unpadded':
    case 'hex':
    case 'base64-in-binary':
      return form;
    default:
      return undefined;
  }
}

/** The fields of a format that read a look-alike; `undefined` where none does. */
function fieldsFor(path: ScannerPath | undefined, form: LookAlikeForm): string | undefined {
  const [dataKey, encoding] = [dataKeyField(path), encodingOf(form)];
  return dataKey === undefined || encoding === undefined
    ? undefined
    : `"dataKey": ${dataKey}, "encoding": "${encoding}"`;
}

/** The name of a metadata entry. Tags, headers and the key of an object hold no data keys that a format reads. */
function inMetadata([kind, ...name]: ScannerPath): ScannerPath | undefined {
  return kind === 'metadata' ? name : undefined;
}

function dataKeyField(path: ScannerPath | undefined): string | undefined {
  if (path === undefined || isMarked(withoutCiphertexts(path))) return undefined;
  const plain = path.every(step => typeof step === 'number' || /^[^.[\]"*]+$/.test(step));
  return JSON.stringify(plain ? placeText(path) : path);
}

/** A record that is nothing but one value. */
export function onlyTheValue(value: AttributeValue): StoreRecord {
  return { kind: 'item', locator: '', key: {}, attributes: { value } };
}

/** How many records, and names in them, are searched for a misspelling. */
const NAMED_RECORDS = 20;
const MAX_NAMES = 500;
const MAX_DEPTH = 4;

/** An existing name that is spelled almost like the place that does not exist. */
export function nearName(slot: string, records: readonly StoreRecord[]): string | undefined {
  const names = new Set<string>();
  for (const record of records.slice(0, NAMED_RECORDS))
    for (const name of record.kind === 'item' ? namesIn(record.attributes, []) : Object.keys(record.metadata))
      if (names.size < MAX_NAMES) names.add(name);
  const near = [...names].filter(name => name !== slot && isNearSpelling(slot, name));
  return byNearness(slot, near, name => name)[0];
}

function namesIn(
  members: Readonly<Record<string, AttributeValue>>,
  above: readonly string[],
): readonly string[] {
  return Object.entries(members).flatMap(([name, value]) => {
    const path = [...above, name];
    return 'M' in value && path.length < MAX_DEPTH ? namesIn(value.M, path) : [placeText(path)];
  });
}
