import { parseKeyReference } from '../../model/arn.ts';
import type { AttributeMap, AttributeValue } from '../../model/record.ts';
import { valueAt } from '../../places/value-at.ts';
import type { ScannerPath } from '../../look-alikes/search.ts';
import { signInBytes, signInText } from '../../look-alikes/signs.ts';
import { isMarked, withoutCiphertexts } from '../../look-alikes/shown-place.ts';
import type { StoredContext } from '../candidate.ts';
import type { PlaceStep } from './generic-place.ts';
import { seenEncoding } from './seen-encoding.ts';

/** Values beside a place that are ARNs of KMS keys or aliases, by their names. */
export function keyNamesBeside(tree: AttributeMap, path: ScannerPath): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(membersBeside(tree, path) ?? {})) {
    const arn = 'S' in value && name !== path.at(-1) ? parseKeyReference(value.S)?.arn : undefined;
    if (arn !== undefined) names.set(name, arn);
  }
  return names;
}

const CONTEXT_NAME = /^(?:kms[_-]?)?(?:encryption|enc|crypto)[_-]?(?:context|ctx)$/i;
const MOST_MEMBERS = 10;

/** The one map of texts beside a place that is called an encryption context. */
export function contextBeside(tree: AttributeMap, path: ScannerPath): StoredContext | undefined {
  const maps = Object.entries(membersBeside(tree, path) ?? {}).filter(([name]) => CONTEXT_NAME.test(name));
  const [name, value] = maps.length === 1 ? (maps[0] ?? []) : [];
  if (name === undefined || value === undefined || !('M' in value)) return undefined;
  const members = Object.keys(value.M).sort();
  const isContext =
    members.length > 0 && members.length <= MOST_MEMBERS && Object.values(value.M).every(one => 'S' in one);
  return isContext ? { name, members } : undefined;
}

function membersBeside(tree: AttributeMap, path: ScannerPath): AttributeMap | undefined {
  if (path.length === 1) return tree;
  const parent = valueAt(tree, path.slice(0, -1));
  return parent !== undefined && 'M' in parent ? parent.M : undefined;
}

const REGION = /^[a-z]{2,4}(?:-[a-z]+){1,3}-\d$/;

/**
 * A path with any element in place of an index, and any member in place of the name of a Region: another record may have
 * more of them. At the end of a path only if all that lies there is ciphertexts.
 */
export function widened(tree: AttributeMap, path: ScannerPath): readonly PlaceStep[] {
  return path.map((step, index): PlaceStep => {
    if (index === path.length - 1 && !onlyCiphertexts(tree, path)) return step;
    if (typeof step === 'number') return { any: 'element' };
    return index > 0 && (REGION.test(step) || isMarked(withoutCiphertexts([step])))
      ? { any: 'member' }
      : step;
  });
}

/** Whether all values of the list or map that a place is in are ciphertexts. */
export function onlyCiphertexts(tree: AttributeMap, path: ScannerPath): boolean {
  const parent = valueAt(tree, path.slice(0, -1));
  if (parent === undefined) return false;
  const values = 'L' in parent ? parent.L : 'M' in parent ? Object.values(parent.M) : [];
  return values.slice(0, MOST_BESIDE).every(isCiphertext);
}

const MOST_BESIDE = 100;
const NO_LENGTHS: ReadonlySet<number> = new Set();

function isCiphertext(value: AttributeValue): boolean {
  const sign =
    'S' in value
      ? signInText(value.S, NO_LENGTHS, 1)
      : 'B' in value
        ? signInBytes(value.B, NO_LENGTHS, 1)
        : undefined;
  return sign !== undefined && seenEncoding(value, sign.form) !== undefined;
}
