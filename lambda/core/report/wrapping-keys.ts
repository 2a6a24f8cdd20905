import { isAsymmetric } from '../model/key-use.ts';
import type { KeysOfRun } from '../model/run-plan.ts';
import type { StoreReport, WrappingKey } from './report.ts';

type Keys = Pick<KeysOfRun, 'sources' | 'destination'>;
type Counted = Pick<StoreReport, 'store' | 'keyMaterials'>;

/**
 * How many data keys are under which key, with which algorithm, and where. Asymmetric keys come first, as whoever moves to symmetric
 * wrapping has to see them; then those with the most data keys.
 */
export function wrappingKeys(
  { sources, destination }: Keys,
  stores: readonly Counted[],
): readonly WrappingKey[] {
  const specs = new Map([...sources, destination].map(({ keyArn, keySpec }) => [keyArn, keySpec]));
  const keys = new Map<string, WrappingKey>();
  for (const { store, keyMaterials } of stores)
    for (const { keyArn, encryptionAlgorithm = 'SYMMETRIC_DEFAULT', before, after } of keyMaterials) {
      const id = `${keyArn} ${encryptionAlgorithm}`;
      const none = { before: 0, after: 0, stores: [] };
      const known = keys.get(id) ?? {
        ...{ keyArn, keySpec: specs.get(keyArn) ?? null, encryptionAlgorithm },
        ...none,
      };
      keys.set(id, {
        ...known,
        ...{ before: known.before + before, after: known.after + after },
        stores: added(known.stores, { store, before, after }),
      });
    }
  return [...keys.values()].sort(
    (a, b) => Number(isAsymmetric(b)) - Number(isAsymmetric(a)) || b.before - a.before || b.after - a.after,
  );
}

type InStore = WrappingKey['stores'][number];

/** A key has counts of several materials in one store. */
function added(stores: readonly InStore[], more: InStore): readonly InStore[] {
  const known = stores.find(({ store }) => store === more.store);
  if (known === undefined) return [...stores, more];
  const sum = { ...known, before: known.before + more.before, after: known.after + more.after };
  return stores.map(one => (one === known ? sum : one));
}
