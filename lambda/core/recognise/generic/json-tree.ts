import type { AttributeMap, AttributeValue } from '../../model/record.ts';

/** As deep as DynamoDB nests, and somewhat deeper. What lies below is not looked at. */
const MAX_DEPTH = 40;
/** Values of one document. Those behind are not looked at. */
const MAX_VALUES = 20_000;

/** The name that `treeOf` gives to the whole of a document, which may be an array. */
const ROOT = '$';

/** What a JSON document holds, in the notation of attributes: its texts, and nothing else that could hold a data key. */
export function treeOf(json: unknown): AttributeMap {
  const budget = { values: MAX_VALUES };
  return { [ROOT]: valueOf(json, budget, MAX_DEPTH) };
}

const NOTHING: AttributeValue = { NULL: true };

function valueOf(json: unknown, budget: { values: number }, depth: number): AttributeValue {
  if (depth === 0 || budget.values-- <= 0) return NOTHING;
  if (typeof json === 'string') return { S: json };
  if (typeof json === 'number') return { N: String(json) };
  if (Array.isArray(json))
    return { L: json.slice(0, MAX_VALUES).map(one => valueOf(one, budget, depth - 1)) };
  if (typeof json !== 'object' || json === null) return NOTHING;
  // fromEntries, because a member may have any name: `__proto__` set by assignment would be lost.
  return {
    M: Object.fromEntries(
      Object.entries(json)
        .slice(0, MAX_VALUES)
        .map(([name, one]) => [name, valueOf(one, budget, depth - 1)]),
    ),
  };
}
