import { toJson } from '../model/attribute-json.ts';
import { digest } from '../model/digest.ts';
import type { PlacePattern } from '../model/place.ts';
import type {
  AttributeMap,
  AttributePath,
  AttributeValue,
  ObjectRecord,
  StoreRecord,
} from '../model/record.ts';
import { matchedPlaces } from '../places/expand.ts';
import { isAnnotation, isBody } from '../places/held-at.ts';
import { isDocumentStep } from '../places/value-at.ts';
import { withoutDocumentPlaces } from '../places/without-documents.ts';

/**
 * A digest of a record without the places that a run may change. It is equal before and after a run unless somebody else has
 * written. For an object it covers metadata, headers, storage class, encryption and lock, and its body or, if the format does
 * not read bodies, its length. S3 copies the body itself, and the ETag may change although the body does not.
 */
export function fingerprintOf(record: StoreRecord, declared: readonly PlacePattern[]): string {
  const substance = substanceOf(withoutDocumentPlaces(record, declared), declared);
  return digest(JSON.stringify(sorted(substance)));
}

function substanceOf(record: StoreRecord, declared: readonly PlacePattern[]): unknown {
  const paths = declared
    .filter(place => !place.some(isDocumentStep))
    .flatMap(place => matchedPlaces(record, place).map(({ path }) => path));
  if (record.kind === 'item') return toJson({ M: without(record.attributes, paths) });
  const { metadata, headers, storageClass, encryption, lock } = record;
  const names = new Set(paths.map(([name]) => name));
  const besides = Object.entries(metadata).filter(([name]) => !names.has(name));
  const content = { ...annotationsOf(record, paths), ...contentOf(record, paths) };
  return { metadata: Object.fromEntries(besides), headers, storageClass, encryption, lock, ...content };
}

/** Those that the format reads, besides the places that a run may change. */
function annotationsOf({ annotations }: ObjectRecord, paths: readonly AttributePath[]): object {
  if (annotations === undefined) return {};
  const names = new Set(paths.flatMap(([first]) => (isAnnotation(first) ? [first.name] : [])));
  const besides = Object.entries(annotations).filter(([name]) => !names.has(name));
  return { annotations: Object.fromEntries(besides) };
}

/** What is known of the body, unless the whole body is a place that a run may change. */
function contentOf({ body, size }: ObjectRecord, paths: readonly AttributePath[]): object {
  if (body === undefined || 'unread' in body) return { size };
  return paths.some(([first]) => isBody(first)) ? {} : { body: digest(body.B) };
}

function without(attributes: AttributeMap, paths: readonly AttributePath[]): AttributeMap {
  return paths.reduce((map, path) => withoutPath({ M: map }, path), { M: attributes }.M);
}

function withoutPath({ M: map }: { readonly M: AttributeMap }, [step, ...rest]: AttributePath): AttributeMap {
  const name = typeof step === 'string' ? step : '';
  const member = map[name];
  if (member === undefined) return map;
  if (rest.length > 0) return { ...map, [name]: withoutMember(member, rest) };
  return Object.fromEntries(Object.entries(map).filter(([other]) => other !== name));
}

function withoutMember(value: AttributeValue, path: AttributePath): AttributeValue {
  if ('M' in value) return { M: withoutPath(value, path) };
  const [step, ...rest] = path;
  if (!('L' in value) || typeof step !== 'number') return value;
  // A removed element leaves its place empty, so that the others keep their indexes.
  const gone: AttributeValue = { NULL: true };
  return {
    L: value.L.map((element, index) =>
      index !== step ? element : rest.length === 0 ? gone : withoutMember(element, rest),
    ),
  };
}

/** One form for equal values: DynamoDB promises no order of members, nor of the elements of a set. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, isSet(name, member) ? [...member].sort() : sorted(member)]),
  );
}

function isSet(name: string, member: unknown): member is readonly string[] {
  return ['SS', 'NS', 'BS'].includes(name) && Array.isArray(member);
}
