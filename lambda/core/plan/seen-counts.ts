import type { StoreLook } from '../model/run.ts';
import type { CountedStore } from './inspect-stores.ts';

/**
 * What is counted, but at least what Plan has seen: DynamoDB counts the items of a table every six hours or so, and none of a
 * new one. `looks` is by index of the store.
 */
export function seenCounts(
  counts: readonly CountedStore[],
  looks: readonly StoreLook[],
): readonly CountedStore[] {
  return counts.map(count => {
    const { records } = looks[count.store] ?? { records: 0 };
    return records > count.records ? grown(count, records) : count;
  });
}

/**
 * Stores of which Plan has seen as many records as are counted, or more, and not all of them. Nobody knows how many follow.
 * Of a sample they do follow only if it is larger than what was seen.
 */
export function uncountedStores(
  counts: readonly CountedStore[],
  looks: readonly StoreLook[],
  sample = Number.POSITIVE_INFINITY,
): readonly string[] {
  return counts.flatMap(count => {
    const look = looks[count.store];
    return look?.more === true && look.records >= count.records && look.records < sample ? [look.store] : [];
  });
}

/** Records that are not counted are as large as the others, and take as many writes; where none is counted, nobody knows. */
function grown({ store, ...count }: CountedStore, records: number): CountedStore {
  if (count.records === 0) return { store, records, bytes: count.bytes };
  const times = records / count.records;
  const { writes } = count;
  return {
    store,
    records,
    bytes: count.bytes * times,
    ...(writes !== undefined && { writes: writes * times }),
  };
}
