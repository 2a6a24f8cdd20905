/**
 * How many bytes of whole items one page may hold. A Scan stops at 1 MB by itself, but items found through an index, or
 * by the keys of another table, have up to 400 KB each. A worker has 512 MB and holds two pages, each beside the JSON
 * that it came in, with binary values in base64, and as JavaScript objects: some five times its bytes.
 */
export const PAGE_BYTES = 4 * 1024 * 1024;

/** How many items to read first, before their size is known. If they are of the largest size, they fill one page. */
const FIRST_ITEMS = 10;
/**
 * How many items to read at a time. If they are of the largest size, they fill the 16 MB that BatchGetItem returns at
 * most.
 */
const MOST_ITEMS = 40;

/**
 * Reads as many items as a page may hold, at least one, in the order of their keys: a few at first, then as many as their
 * size allows. So a page exceeds its bytes by one batch at most.
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
  /** How many of the records that were found fit into the page. */
  | {
      readonly kind: 'too-large';
      readonly lookedAt: number;
      readonly found: number;
      readonly fitting: number;
    };

/** How many pages to read in the size that fits before trying a larger one. A failed try costs what it reads. */
const PAGES_BETWEEN_TRIALS = 8;

/**
 * Reads fewer records if those of a page are too large to hold together, so that the store decides where the page ends.
 * Some pages later it tries more again.
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
