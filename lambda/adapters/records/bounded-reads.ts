/**
 * Bytes of whole items that are held as one page. A Scan stops at 1 MB by itself; items that are found by an index, or by
 * the keys of another table, have 400 KB each. A worker has 512 MB and holds two pages, each beside the JSON that it came
 * in, with binary values in base64, and as JavaScript objects: some five times its bytes.
 */
export const PAGE_BYTES = 4 * 1024 * 1024;

/** Items that are asked for at first, while nothing is known of their size: of the largest there are, one page. */
const FIRST_ITEMS = 10;
/** Items that are asked for at a time: of the largest there are, the 16 MB that BatchGetItem answers at most. */
const MOST_ITEMS = 40;

/**
 * Reads as many items as a page may hold, at least one, in the order of their keys: a few at first, then by the size of
 * those. So a page holds no more than its bytes and one batch.
 */
export async function readWithin<Key, Item>(
  keys: readonly Key[],
  read: (keys: readonly Key[]) => Promise<readonly (Item | undefined)[]>,
  bytesOf: (item: Item) => number,
): Promise<readonly (Item | undefined)[]> {
  const items: (Item | undefined)[] = [];
  let bytes = 0;
  while (items.length < keys.length && bytes < PAGE_BYTES) {
    const fitting = Math.floor((PAGE_BYTES - bytes) / Math.max(1, bytes / items.length));
    const count = items.length === 0 ? FIRST_ITEMS : Math.max(1, Math.min(MOST_ITEMS, fitting));
    for (const item of await read(keys.slice(items.length, items.length + count))) {
      items.push(item);
      bytes += item === undefined ? 0 : bytesOf(item);
    }
  }
  return items;
}

export type BoundedPage<Page> =
  | { readonly kind: 'page'; readonly page: Page }
  /** Of the records that were found among those that were looked at, only so many fit. */
  | {
      readonly kind: 'too-large';
      readonly lookedAt: number;
      readonly found: number;
      readonly fitting: number;
    };

/** Pages that are read in the size that was found to fit, before a larger one is tried: it costs what it reads in vain. */
const PAGES_BETWEEN_TRIALS = 8;

/**
 * Reads fewer records where those of a page are too large to be held together, so that it is the store that says where the
 * page ends; and more again some pages later.
 */
export class BoundedReads {
  #most = Number.POSITIVE_INFINITY;
  #pages = 0;

  async read<Page>(pageSize: number, read: (pageSize: number) => Promise<BoundedPage<Page>>): Promise<Page> {
    if (++this.#pages > PAGES_BETWEEN_TRIALS) [this.#most, this.#pages] = [2 * this.#most, 0];
    for (;;) {
      const size = Math.min(pageSize, this.#most);
      const result = await read(size);
      if (result.kind === 'page') return result.page;
      const { lookedAt, found, fitting } = result;
      this.#most = Math.max(1, Math.min(size - 1, Math.floor((lookedAt * fitting) / found)));
      this.#pages = 0;
    }
  }
}
