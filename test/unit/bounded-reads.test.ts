import fc from 'fast-check';
import { itemBytes } from '../../lambda/adapters/dynamodb/item-bytes.ts';
import { BoundedReads, PAGE_BYTES, readWithin } from '../../lambda/adapters/records/bounded-reads.ts';

const LARGEST = 400 * 1024;
/** A page, plus the largest batch that may be read before its size is known. */
const MOST_HELD = PAGE_BYTES + 40 * LARGEST;

describe('items that are read whole', () => {
  it('are no more than can be held together, in their order, and at least one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(100, 1_000, 50_000, LARGEST), { minLength: 1, maxLength: 500 }),
        async sizes => {
          const batches: number[] = [];
          const read = (some: readonly number[]) => (batches.push(some.length), Promise.resolve(some));
          const items = await readWithin(sizes, read, size => size);
          expect(items.length).toBeGreaterThan(0);
          expect(items).toEqual(sizes.slice(0, items.length));
          const bytes = sizes.slice(0, items.length).reduce((sum, size) => sum + size, 0);
          expect(bytes).toBeLessThanOrEqual(MOST_HELD);
          if (items.length < sizes.length) expect(bytes).toBeGreaterThanOrEqual(PAGE_BYTES);
          expect(Math.max(...batches)).toBeLessThanOrEqual(40);
        },
      ),
    );
  });

  it('are measured with everything that they contain', () => {
    const item = {
      id: { S: 'abc' },
      n: { N: '12' },
      b: { B: Buffer.alloc(1_000) },
      m: { M: { l: { L: [{ S: 'x'.repeat(500) }, { B: Buffer.alloc(250) }] } } },
      s: { BS: [Buffer.alloc(100), Buffer.alloc(50)] },
      t: { BOOL: true },
    };
    expect(itemBytes(item)).toBeGreaterThan(1_900);
    expect(itemBytes(item)).toBeLessThan(1_950);
  });
});

describe('a page of items that are too large together', () => {
  /** A store of items of equal size; one in `every` of them passes the filter. */
  const pageOf = (fits: number, every = 1) => {
    const asked: number[] = [];
    const read = (size: number) => {
      asked.push(size);
      const found = Math.floor(size / every);
      return Promise.resolve(
        found > fits
          ? ({ kind: 'too-large', lookedAt: size, found, fitting: fits } as const)
          : ({ kind: 'page', page: size } as const),
      );
    };
    return { asked, read };
  };

  it('is read again in the size that fits, and so are the next ones', async () => {
    const { asked, read } = pageOf(10);
    const reads = new BoundedReads();
    expect([await reads.read(500, read), await reads.read(500, read)]).toEqual([10, 10]);
    expect(asked).toEqual([500, 10, 10]);
  });

  it('is larger if a filter leaves few of the records it looks at', async () => {
    const { read } = pageOf(10, 5);
    expect(await new BoundedReads().read(500, read)).toBe(50);
  });

  it('grows again when items are smaller, some pages later', async () => {
    const reads = new BoundedReads();
    await reads.read(500, pageOf(10).read);
    const { asked, read } = pageOf(500);
    for (let page = 0; page < 60; page++) await reads.read(500, read);
    expect(asked.at(-1)).toBe(500);
  });

  it('has one record at least', async () => {
    const { read } = pageOf(0);
    await expect(
      Promise.race([
        new BoundedReads().read(3, size =>
          size === 1 ? Promise.resolve({ kind: 'page', page: 1 } as const) : read(size),
        ),
      ]),
    ).resolves.toBe(1);
  });
});
