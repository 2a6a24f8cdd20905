import { readFileSync } from 'node:fs';
import { fromJson } from '../../lambda/core/model/attribute-json.ts';
import type { AttributeMap, ItemRecord } from '../../lambda/core/model/record.ts';

interface Vector {
  readonly tables: Readonly<
    Record<string, { readonly key: readonly string[]; readonly items: readonly object[] }>
  >;
}

/** The items of a table that a real client wrote: see test/vectors/README.md. */
export function vectorItems(file: string, table: string): readonly ItemRecord[] {
  const { tables } = JSON.parse(readFileSync(`test/vectors/${file}.json`, 'utf8')) as Vector;
  const found = tables[table];
  if (found === undefined) throw new RangeError(`${file} has no table ${table}`);
  return found.items.map(one => itemOf(attributesOf(one), found.key));
}

/** An item with the named attributes as its key. */
export function itemOf(attributes: AttributeMap, keys: readonly string[]): ItemRecord {
  const key = Object.fromEntries(keys.flatMap(name => (attributes[name] ? [[name, attributes[name]]] : [])));
  return { kind: 'item', locator: JSON.stringify(key), key, attributes };
}

/** The same item with other attributes; `undefined` removes one. */
export function changedItem(
  item: ItemRecord,
  changes: Readonly<Record<string, AttributeMap[string] | undefined>>,
): ItemRecord {
  const attributes = Object.entries({ ...item.attributes, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...item, attributes: Object.fromEntries(attributes) };
}

function attributesOf(json: object): AttributeMap {
  const value = fromJson({ M: json });
  return value !== undefined && 'M' in value ? value.M : {};
}
