import { parseKeyReference } from '../../model/arn.ts';
import type { AttributeMap, AttributePath, AttributeValue } from '../../model/record.ts';
import { valueAt } from '../../model/attribute-path.ts';
import { signInBytes, signInText } from '../../look-alikes/signs.ts';
import { isMarked, withoutCiphertexts } from '../../look-alikes/shown-place.ts';
import type { PlaceStep } from './generic-place.ts';
import { seenEncoding } from './seen-encoding.ts';

/** Values beside a place that are ARNs of KMS keys or aliases, by their names. */
export function keyNamesBeside(tree: AttributeMap, path: AttributePath): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(membersBeside(tree, path) ?? {})) {
    const arn = 'S' in value && name !== path.at(-1) ? parseKeyReference(value.S)?.arn : undefined;
    if (arn !== undefined) names.set(name, arn);
  }
  return names;
}

function membersBeside(tree: AttributeMap, path: AttributePath): AttributeMap | undefined {
  if (path.length === 1) return tree;
  const parent = valueAt(tree, path.slice(0, -1));
  return parent !== undefined && 'M' in parent ? parent.M : undefined;
}

const REGION = /^[a-z]{2}(?:-[a-z]+){1,3}-\d$/;

/**
 * A path with any element in place of an index, and any member in place of the name of a Region: another record may have
 * more of them. At the end of a path only if all that lies there is ciphertexts.
 */
export function widened(tree: AttributeMap, path: AttributePath): readonly PlaceStep[] {
  return path.map((step, index): PlaceStep => {
    if (index === path.length - 1 && !onlyCiphertexts(tree, path)) return step;
    if (typeof step === 'number') return { any: 'element' };
    return index > 0 && (REGION.test(step) || isMarked(withoutCiphertexts([step])))
      ? { any: 'member' }
      : step;
  });
}

/** Whether all values of the list or map that a place is in are ciphertexts. */
export function onlyCiphertexts(tree: AttributeMap, path: AttributePath): boolean {
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
