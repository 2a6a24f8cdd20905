import type {
  AttributeMap,
  AttributePath,
  AttributeValue,
  ItemChange,
  ObjectChange,
  RecordChange,
  StoreRecord,
} from './record.ts';

/** A record as it will be after a change. Throws a TypeError where a place has no parent to be set in. */
export function applied(record: StoreRecord, change: RecordChange): StoreRecord {
  if (record.kind === 'item' && change.kind === 'item-change')
    return { ...record, attributes: changedAttributes(record.attributes, change) };
  if (record.kind === 'object' && change.kind === 'object-change')
    return { ...record, metadata: changedMetadata(record.metadata, change) };
  throw new TypeError(`an ${record.kind} takes no ${change.kind}`);
}

/** What an UpdateItem does to the attributes of an item. */
export function changedAttributes(attributes: AttributeMap, { set }: ItemChange): AttributeMap {
  return set.reduce(
    (map, { path, value }) => (value === undefined ? map : inMap(map, path, value)),
    attributes,
  );
}

/** All metadata of an object after a change. */
export function changedMetadata(
  metadata: Readonly<Record<string, string>>,
  { set }: ObjectChange,
): Record<string, string> {
  const entries = Object.entries({ ...metadata, ...set });
  return Object.fromEntries(entries.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}

function inMap(map: AttributeMap, [step, ...rest]: AttributePath, value: AttributeValue): AttributeMap {
  if (typeof step !== 'string') throw new TypeError('a member of a map has a name');
  const member = Object.hasOwn(map, step) ? map[step] : undefined;
  const set = [step, rest.length === 0 ? value : inValue(member, rest, value)] as const;
  // fromEntries, because a member may have any name: `__proto__` set by assignment would be lost.
  return Object.fromEntries([...Object.entries(map).filter(([name]) => name !== step), set]);
}

function inValue(
  parent: AttributeValue | undefined,
  path: AttributePath,
  value: AttributeValue,
): AttributeValue {
  const [step, ...rest] = path;
  if (parent !== undefined && 'M' in parent) return { M: inMap(parent.M, path, value) };
  if (parent !== undefined && 'L' in parent && typeof step === 'number' && step < parent.L.length)
    return {
      L: parent.L.map((element, index) =>
        index !== step ? element : rest.length === 0 ? value : inValue(element, rest, value),
      ),
    };
  throw new TypeError(`nothing to set at ${String(step)}`);
}
