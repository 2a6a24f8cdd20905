import type { ScannerPath } from '../../look-alikes/search.ts';
import type { AttributeMap, AttributeValue } from '../../model/record.ts';

export interface Leaf {
  readonly path: ScannerPath;
  readonly value: { readonly S: string } | { readonly B: Uint8Array };
}

const MAX_DEPTH = 40;
/** Of one record. What lies behind so many is not looked at. */
const MAX_LEAVES = 5000;

/** Texts and bytes of a tree, those in sets included, without what is below some names at its top. */
export function leavesOf(tree: AttributeMap, without: ReadonlySet<string> = new Set()): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (value: AttributeValue, path: ScannerPath): void => {
    if (leaves.length >= MAX_LEAVES || path.length > MAX_DEPTH) return;
    if ('S' in value || 'B' in value) leaves.push({ path, value });
    else if ('SS' in value)
      for (const text of value.SS.slice(0, MAX_LEAVES)) leaves.push({ path, value: { S: text } });
    else if ('BS' in value)
      for (const bytes of value.BS.slice(0, MAX_LEAVES)) leaves.push({ path, value: { B: bytes } });
    else if ('M' in value) for (const [name, one] of Object.entries(value.M)) visit(one, [...path, name]);
    else if ('L' in value) value.L.forEach((one, index) => visit(one, [...path, index]));
  };
  for (const [name, value] of Object.entries(tree)) if (!without.has(name)) visit(value, [name]);
  return leaves;
}
