import type { AttributeMap, AttributePath, AttributeValue, ItemChange } from '../core/model/record.ts';

/** An item as it is after a change: what an UpdateItem does to an item that is there, for one that is not. */
export function changedItem(attributes: AttributeMap, { set }: ItemChange): AttributeMap {
  return set.reduce(
    (map, { path, value }) => (value === undefined ? map : inMap(map, path, value)),
    attributes,
  );
}

function inMap(map: AttributeMap, [step, ...rest]: AttributePath, value: AttributeValue): AttributeMap {
  if (typeof step !== 'string') throw new TypeError('a member of a map has a name');
  const member = map[step];
  return { ...map, [step]: rest.length === 0 ? value : inValue(member, rest, value) };
}

function inValue(
  parent: AttributeValue | undefined,
  path: AttributePath,
  value: AttributeValue,
): AttributeValue {
  const [step, ...rest] = path;
  if (parent !== undefined && 'M' in parent) return { M: inMap(parent.M, path, value) };
  if (parent !== undefined && 'L' in parent && typeof step === 'number')
    return {
      L: parent.L.map((element, index) =>
        index !== step ? element : rest.length === 0 ? value : inValue(element, rest, value),
      ),
    };
  throw new TypeError(`nothing to set at ${String(step)}`);
}
