import type { Finding } from '../../lambda/core/model/data-key.ts';
import type { BoundFormat } from '../../lambda/core/model/format.ts';
import type { AttributeMap, StoreRecord } from '../../lambda/core/model/record.ts';

/** A very general format: any number of data keys in a record, each in an attribute `k…`, and a version of the item. */
export function manyKeysFormat(
  contexts: Pick<Extract<Finding, { kind: 'data-key' }>, 'contexts'>['contexts'],
): BoundFormat {
  return {
    identity: 'many',
    keepsSource: false,
    needs: [],
    contextNames: { source: [], templates: contexts.length },
    declared: [['version'], ...Array.from({ length: 2_000 }, (_, index) => [`k${index}`])],
    problems: [],
    read: record =>
      Object.entries(attributesOf(record)).flatMap(([slot, value]): readonly Finding[] => {
        if (!/^k\d+$/.test(slot)) return [];
        if (!('B' in value)) return [{ kind: 'unreadable', slot, reason: `attribute ${slot} is no binary` }];
        const readerContexts = contexts.map(({ destination }) => destination);
        return [{ kind: 'data-key', slot, ciphertext: value.B, contexts, readerContexts }];
      }),
    replace: (record, replacements) => {
      const attributes = attributesOf(record);
      const version = attributes['version'];
      const keys = replacements.map(({ slot, ciphertext }) => ({
        ...{ path: [slot], before: attributes[slot], after: { B: ciphertext } },
        ...{ role: 'data-key' as const, slots: [slot] },
      }));
      if (version === undefined || !('N' in version)) return keys;
      const after = { N: String(Number(version.N) + 1) };
      return [...keys, { path: ['version'], before: version, after, role: 'version', slots: [] }];
    },
  };
}

function attributesOf(record: StoreRecord): AttributeMap {
  if (record.kind !== 'item') throw new TypeError('items only');
  return record.attributes;
}
