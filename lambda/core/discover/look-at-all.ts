import pMap from 'p-map';

/** Stores that are looked at together. Each reads its places in turn, and the objects of a page side by side. */
const AT_ONCE = 4;

/** Looks at all stores, some at a time, and tells of each when it has been looked at. The answers are in the order of the stores. */
export function lookAtAll<Store, Look>(
  stores: readonly Store[],
  look: (store: Store) => Promise<Look>,
  done: (looked: number, store: Store) => void,
): Promise<readonly Look[]> {
  let looked = 0;
  return pMap(
    stores,
    async store => {
      const seen = await look(store);
      done(++looked, store);
      return seen;
    },
    { concurrency: AT_ONCE },
  );
}
