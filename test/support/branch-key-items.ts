import { readFileSync } from 'node:fs';
import type { AttributeMap, AttributeValue, ItemRecord } from '../../lambda/core/model/record.ts';

/** An item of a branch key store, as its table shows it. */
export function branchKeyItem(attributes: AttributeMap): ItemRecord {
  const names = ['branch-key-id', 'type'];
  const key = Object.fromEntries(names.flatMap(name => (attributes[name] ? [[name, attributes[name]]] : [])));
  return { kind: 'item', locator: JSON.stringify(key), key, attributes };
}

interface Vector {
  readonly oldKey: string;
  readonly tables: Readonly<Record<string, { readonly items: readonly Record<string, StoredValue>[] }>>;
}
type StoredValue = { readonly S: string } | { readonly N: string } | { readonly B: string };

/** What a real client wrote, and the key that its items name. */
export function branchKeyVector(file: string): {
  readonly items: readonly ItemRecord[];
  readonly key: string;
} {
  const { oldKey, tables } = JSON.parse(readFileSync(`test/vectors/${file}`, 'utf8')) as Vector;
  const items = Object.values(tables).flatMap(table =>
    table.items.map(item =>
      branchKeyItem(Object.fromEntries(Object.entries(item).map(([name, value]) => [name, decoded(value)]))),
    ),
  );
  return { items, key: oldKey };
}

function decoded(value: StoredValue): AttributeValue {
  return 'B' in value ? { B: Buffer.from(value.B, 'base64') } : value;
}

/** The item of a mutation in flight, with the attributes that the Key Store Admin gives it. */
export function mutationItem(branchKeyId: string, type = 'branch:MUTATION_COMMITMENT'): AttributeMap {
  const bytes = { B: Buffer.from('{}') };
  return {
    'branch-key-id': { S: branchKeyId },
    type: { S: type },
    'create-time': { S: '2026-11-25T23:21:54.303000Z' },
    'hierarchy-version': { N: '1' },
    uuid: { S: '2b7f5c0e-8a3c-4b7b-9a55-3f1c0d6f2f10' },
    enc: { B: Buffer.alloc(8, 1) },
    ...(type === 'branch:MUTATION_COMMITMENT'
      ? { original: bytes, terminal: bytes, input: bytes }
      : { pageIndex: bytes }),
  };
}
