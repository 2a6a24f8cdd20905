import { parsePattern, PlaceTree } from '../places/pattern.ts';
import type { BesidePlace, PlacePattern } from '../model/place.ts';
import type { AttributePath, AttributeValue, StoreRecord } from '../model/record.ts';
import { isAnnotation, isBody } from '../places/held-at.ts';
import { isDocumentStep } from '../places/value-at.ts';
import { withoutDocumentPlaces } from '../places/without-documents.ts';
import { valuesBeside } from './beside.ts';
import { keyNamesOf } from './key-names.ts';
import { Search, type LookAlike, type ScannerPath } from './search.ts';

export interface LookOptions {
  /** Places that the job declares: the values there are not looked at. */
  readonly declared: readonly PlacePattern[];
  /** Of these, where nobody reads data keys: a ciphertext there is a look-alike, and the name of a key is none. */
  readonly beside?: readonly BesidePlace[];
  /** Places that the job ignores, as it writes them; this includes everything below them. */
  readonly ignore: readonly string[];
  /** Lengths of ciphertexts that have no characteristic beginning: those of RSA keys. */
  readonly lengths?: readonly number[];
  /** Names of source keys: ARNs, and alias ARNs. */
  readonly keyNames?: readonly string[];
  /** The ARN of the destination key. A multi-Region one may have the id of a source key. */
  readonly destination?: string;
}

export type Look = (record: StoreRecord) => readonly LookAlike[];

/**
 * Searches records, outside the places that a job declares, for anything that looks like a KMS ciphertext, in any form. It
 * decides nothing about a data key, because KMS ciphertexts are opaque. The cost is linear in the size of a record.
 *
 * Seen through: base64 and hexadecimal, also around one another and inside longer values, gzip and zlib.
 * Not seen: what is encrypted; what is compressed in another way, or to less than a 32nd; UTF-16; base58, base85 and
 * other encodings whose digits depend on all that goes before; bodies of objects that the format does not read.
 */
export function lookingFor({ declared, beside = [], ignore, ...seek }: LookOptions): Look {
  const { lengths = [], keyNames = [], destination } = seek;
  const patterns = ignore.map(parsePattern).filter(pattern => pattern !== undefined);
  const plain = declared.filter(place => !place.some(isDocumentStep));
  const trees = {
    item: PlaceTree.of([...plain, ...patterns]),
    object: PlaceTree.of([...plain.map(inScanner), ...patterns]),
  };
  const ignored = PlaceTree.of(patterns);
  const sought = { lengths: new Set(lengths), names: keyNamesOf(keyNames, destination) };
  return record => {
    const search = new Search(sought);
    const tree = trees[record.kind];
    for (const [path, value] of partsOf(withoutDocumentPlaces(record, declared)))
      search.at(path, value, placesBelow(tree, path));
    for (const { path, value } of valuesBeside(record, beside)) {
      const shown = shownPath(record, path);
      search.beside(shown, value, placesBelow(ignored, shown));
    }
    return search.found;
  };
}

/** A value within a document is shown at the place of the document. */
function shownPath(record: StoreRecord, path: AttributePath): ScannerPath {
  const steps: readonly unknown[] = record.kind === 'item' ? path : inScanner(path);
  const end = steps.findIndex(step => typeof step !== 'string' && typeof step !== 'number');
  return (end < 0 ? steps : steps.slice(0, end)) as ScannerPath;
}

/** Where no part is named, it is an entry of metadata. The scanner sees the tags, the headers and the key of an object as well. */
function inScanner(place: PlacePattern): PlacePattern {
  const [first, ...rest] = place;
  if (isAnnotation(first)) return ['annotation', first.name, ...rest];
  return isBody(first) ? ['body', ...rest] : ['metadata', ...place];
}

/** The values of a record, by their place. */
function partsOf(record: StoreRecord): readonly (readonly [ScannerPath, AttributeValue])[] {
  if (record.kind === 'item')
    return Object.entries(record.attributes).map(([name, value]) => [[name], value] as const);
  const { locator, metadata, tags = {}, annotations = {}, headers, body } = record;
  const texts = (
    first: string,
    of: Readonly<Record<string, string | undefined>>,
  ): [ScannerPath, AttributeValue][] =>
    Object.entries(of).map(([name, text = '']) => [[first, name], { S: text }]);
  return [
    [['key'], { S: locator }],
    ...texts('metadata', metadata),
    ...texts('tag', tags),
    ...texts('annotation', annotations),
    ...texts('header', headers as Readonly<Record<string, string | undefined>>),
    ...(body !== undefined && 'B' in body ? [[['body'], body] as const] : []),
  ];
}

function placesBelow(tree: PlaceTree, path: ScannerPath): readonly PlaceTree[] | 'place' {
  let below: readonly PlaceTree[] | 'place' = [tree];
  for (const step of path) {
    if (below === 'place') return below;
    below = PlaceTree.below(below, step);
  }
  return below;
}
