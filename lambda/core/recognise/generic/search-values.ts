import { Buffer } from 'node:buffer';
import { lookingFor } from '../../look-alikes/look-alikes.ts';
import type { LookAlike, ScannerPath } from '../../look-alikes/search.ts';
import { isMarked, withoutCiphertexts } from '../../look-alikes/shown-place.ts';
import { valueAt } from '../../places/value-at.ts';
import type { AttributeMap, AttributeValue } from '../../model/record.ts';
import type { Candidate, GenericCandidate } from '../candidate.ts';
import { parseJson } from '../json-member.ts';
import { refusedCiphertext, refusedText } from '../refused/refused-ciphertext.ts';
import { contextBeside, keyNamesBeside, onlyCiphertexts, widened } from './beside.ts';
import { delimitedParts } from './delimited.ts';
import { slotText, type GenericPlace, type PlaceStep, type SeenEncoding } from './generic-place.ts';
import { treeOf } from './json-tree.ts';
import { leavesOf } from './leaves.ts';
import { rsaSpecByLength } from './rsa-length.ts';
import { ofBase64, seenEncoding } from './seen-encoding.ts';

/** Where a tree of values is in a record. */
export interface TreePlace {
  /** The place of a path in the tree. */
  readonly placeOf: (path: readonly PlaceStep[]) => GenericPlace;
  /** What formats read in the texts of the tree: JSON documents and parts of a text, or parts only. */
  readonly texts: 'documents' | 'parts';
  /** Names at the top that are accounted for. */
  readonly claimed?: ReadonlySet<string>;
  /** Names at the top whose values nobody can change: the primary key of an item. */
  readonly fixed?: readonly string[];
}

/** What can never be re-wrapped, and what looks like a ciphertext of KMS, in a tree of values. */
export function searchValues(tree: AttributeMap, at: TreePlace): readonly Candidate[] {
  const claimed = [...(at.claimed ?? [])].map(name => [name]);
  const leaves = leavesOf(tree, at.claimed);
  const known = leaves.flatMap(({ path, value }) => {
    const candidates = ofLeaf(value, { tree, at, path });
    return candidates.length === 0 ? [] : [{ path, candidates }];
  });
  const look = lookingFor({ declared: [...claimed, ...known.map(({ path }) => path)], ignore: [] });
  const alike = look({ kind: 'item', locator: '', key: {}, attributes: tree });
  const accounted = new Set([...known, ...alike].map(({ path }) => JSON.stringify(path)));
  const others = leaves.filter(({ path }) => !accounted.has(JSON.stringify(path)));
  return [
    ...known.flatMap(({ candidates }) => candidates),
    ...withoutTwins(alike).flatMap(one => ofLookAlike(one, { tree, at, path: one.path })),
    ...others.flatMap(({ path, value }) => ofRsaLength(value, { tree, at, path })),
  ];
}

/** A ciphertext of an RSA key has no sign but its length, and that is one only beside the name of a KMS key. */
function ofRsaLength(value: AttributeValue, leaf: Leaf): readonly Candidate[] {
  const keySpec = isFixed(leaf) ? undefined : rsaSpecByLength(value);
  if (keySpec === undefined) return [];
  const keyArns = [...new Set(keyNamesBeside(leaf.tree, leaf.path).values())];
  return keyArns.length === 0
    ? []
    : [{ kind: 'rsa-length', slot: slotText(placeAt(leaf)), keySpec, keyArns }];
}

interface Leaf {
  readonly tree: AttributeMap;
  readonly at: TreePlace;
  readonly path: ScannerPath;
}

/** Refused as it is, or a document that holds something. */
function ofLeaf(value: AttributeValue, leaf: Leaf): readonly Candidate[] {
  const refused = 'S' in value ? refusedText(value.S) : 'B' in value ? refusedCiphertext(value.B) : undefined;
  if (refused !== undefined) return [{ kind: 'refused', slot: shownSlot(leaf), ...refused }];
  const mayBeDocument = leaf.at.texts === 'documents' && !isFixed(leaf);
  return 'S' in value && mayBeDocument ? inDocument(parseJson(value.S), leaf) : [];
}

function isFixed({ at, path: [top] }: Leaf): boolean {
  return at.fixed?.some(name => name === top) === true;
}

function inDocument(json: unknown, leaf: Leaf, encoded?: 'base64'): readonly Candidate[] {
  return json === undefined ? [] : searchJson(json, { ...placeAt(leaf), encoded });
}

/** What a JSON document holds. `place`: of the document. */
export function searchJson(
  json: unknown,
  { encoded, ...place }: GenericPlace & { readonly encoded?: 'base64' | undefined },
): readonly Candidate[] {
  return searchValues(treeOf(json), {
    placeOf: ([, ...path]) => ({ ...place, json: { path, ...(encoded !== undefined && { encoded }) } }),
    texts: 'parts',
  });
}

function withoutTwins(alike: readonly LookAlike[]): readonly LookAlike[] {
  return [...new Map(alike.map(one => [JSON.stringify([one.path, one.form]), one])).values()];
}

function ofLookAlike({ path, form }: LookAlike, leaf: Leaf): readonly Candidate[] {
  const value = isFixed(leaf) ? undefined : valueAt(leaf.tree, path);
  const encoding = value === undefined || isUnnameable(path) ? undefined : seenEncoding(value, form);
  if (encoding !== undefined) return [generic(leaf, placeAt(leaf), encoding)];
  const inside = value !== undefined && 'S' in value ? ofLongerText(value.S, leaf) : [];
  return inside.length > 0 ? inside : [{ kind: 'look-alike', slot: shownSlot(leaf), form }];
}

/** A job cannot write a name at the top that is itself a ciphertext: it would show it. */
function isUnnameable(path: ScannerPath): boolean {
  return isMarked(withoutCiphertexts(path.slice(0, 1)));
}

/** A text in parts, or base64 of a JSON text. */
function ofLongerText(text: string, leaf: Leaf): readonly Candidate[] {
  const parts = delimitedParts(text).map(({ by, part, text: digits }) =>
    generic(leaf, { ...placeAt(leaf), delimited: { by, part } }, ofBase64(digits)),
  );
  if (parts.length > 0 || leaf.at.texts !== 'documents' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return parts;
  return inDocument(parseJson(Buffer.from(text, 'base64').toString('utf8')), leaf, 'base64');
}

function generic({ tree, path }: Leaf, place: GenericPlace, encoding: SeenEncoding): GenericCandidate {
  const beside = keyNamesBeside(tree, path);
  const context = contextBeside(tree, path);
  return {
    kind: 'generic',
    slot: slotText(place),
    place,
    dataKeys: 1,
    encoding,
    onlyOneKind: onlyCiphertexts(tree, path),
    companions: [...beside.keys()],
    ...(context !== undefined && { context }),
    keyArns: [...new Set(beside.values())],
  };
}

function placeAt({ tree, at, path }: Leaf): GenericPlace {
  return at.placeOf(widened(tree, path));
}

/** Names that are ciphertexts are not shown. */
function shownSlot({ at, path }: Leaf): string {
  return slotText(
    at.placeOf(path.map(step => (isMarked(withoutCiphertexts([step])) ? { any: 'member' } : step))),
  );
}
