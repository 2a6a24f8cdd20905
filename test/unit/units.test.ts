import fc from 'fast-check';
import type { ScanRange } from '../../lambda/core/model/run.ts';
import { unitsOf } from '../../lambda/core/plan/cut-work.ts';
import { segments } from '../../lambda/core/stores/dynamodb/segments.ts';
import { splitKeyRange } from '../../lambda/core/stores/s3/split-key-range.ts';
import { compareUtf8 } from '../../lambda/core/model/utf8-order.ts';
import { anyCharacter } from '../support/any-character.ts';

type KeyRange = Extract<ScanRange, { type: 'key-range' }>;

/** The listing of a bucket from a sorted array, in pages of 1,000 as S3 returns them. Records its calls. */
function listing(keys: readonly string[], pageSize = 1000) {
  const sorted = [...keys].sort(compareUtf8);
  const calls: (string | undefined)[] = [];
  const list = ({ startAfter }: { readonly startAfter?: string }) => {
    calls.push(startAfter);
    const rest = startAfter === undefined ? sorted : sorted.slice(firstAfter(sorted, startAfter));
    return Promise.resolve({ keys: rest.slice(0, pageSize), truncated: rest.length > pageSize });
  };
  return { list, calls, sorted };
}

function firstAfter(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareUtf8(sorted[middle]!, key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function inside(range: KeyRange, key: string): boolean {
  return (
    (range.startAfter === undefined || compareUtf8(key, range.startAfter) > 0) &&
    (range.endAt === undefined || compareUtf8(key, range.endAt) <= 0)
  );
}

describe('cutting a bucket into key ranges', () => {
  it('puts every key into exactly one range, whatever the keys', async () => {
    const key = fc.oneof(
      fc.string({ unit: anyCharacter, minLength: 1, maxLength: 12 }),
      fc.stringMatching(/^20(2[0-6])\/[01][0-9]\/[a-f0-9]{6}$/),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 400 }),
        fc.integer({ min: 1, max: 9 }),
        async (keys, workers) => {
          const { list } = listing(keys, 10);
          const { ranges } = await splitKeyRange(list, workers);
          for (const one of keys)
            expect(ranges.filter(range => inside(range as KeyRange, one))).toHaveLength(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    [
      'hexadecimal ids',
      (index: number) => ((index * 2654435761) >>> 0).toString(16).padStart(8, '0') + String(index),
    ],
    [
      'dates',
      (index: number) =>
        `2026/${String((index % 12) + 1).padStart(2, '0')}/${String((index % 28) + 1).padStart(2, '0')}/${index}`,
    ],
    [
      'one long common prefix',
      (index: number) => `tenants/acme/orders/archive/${String(index).padStart(9, '0')}.json`,
    ],
    [
      'Japanese names',
      (index: number) =>
        `注文/${String.fromCodePoint(0x3042 + (index % 80))}${String.fromCodePoint(0x30a2 + ((index >> 6) % 80))}${index}`,
    ],
  ])('cuts 60,000 keys of %s into ranges of like size, in few listings', async (_, nameOf) => {
    const { list, calls, sorted } = listing(Array.from({ length: 60_000 }, (__, index) => nameOf(index)));
    const { ranges, keys } = await splitKeyRange(list, 8);
    const sizes = ranges.map(range => {
      const { startAfter, endAt } = range as KeyRange;
      return (
        (endAt === undefined ? sorted.length : firstAfter(sorted, endAt)) -
        (startAfter === undefined ? 0 : firstAfter(sorted, startAfter))
      );
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60_000);
    // A worker's fair share is 7,500. No unit may be so large that one worker still works on it when the others are done.
    expect(Math.max(...sizes)).toBeLessThan(7_500);
    expect(calls.length).toBeLessThan(400);
    expect(keys).toBeGreaterThan(30_000);
    expect(keys).toBeLessThan(120_000);
  });

  it('leaves both ends open, for keys that are written after it was cut', async () => {
    const dates = (index: number): string => `2026/${String(index).padStart(6, '0')}`;
    const { list } = listing(Array.from({ length: 5_000 }, (_, index) => dates(index)));
    const { ranges } = await splitKeyRange(list, 8);
    expect(ranges.length).toBeGreaterThan(1);
    for (const key of ['!', '2027/000000', '~', '\u{10FFFF}'])
      expect(ranges.filter(range => inside(range as KeyRange, key))).toHaveLength(1);
  });

  it('makes one range for a bucket that is not worth cutting', async () => {
    const { list, calls } = listing(['a', 'b']);
    expect(await splitKeyRange(list, 16)).toEqual({ ranges: [{ type: 'key-range' }], keys: 2 });
    expect(calls).toHaveLength(1);
  });

  it('makes one range for an empty bucket', async () => {
    expect(await splitKeyRange(listing([]).list, 16)).toEqual({ ranges: [{ type: 'key-range' }], keys: 0 });
  });
});

describe('cutting a table into segments', () => {
  it.each([
    [{ itemCount: 0, sizeBytes: 0 }, 16, 16],
    [{ itemCount: 100, sizeBytes: 10_000 }, 16, 1],
    [{ itemCount: 2_000, sizeBytes: 600_000 }, 16, 8],
    [{ itemCount: 100_000, sizeBytes: 3e7 }, 16, 16],
    [{ itemCount: 10_000_000, sizeBytes: 3e9 }, 16, 200],
    [{ itemCount: 1_000_000, sizeBytes: 4e11 }, 16, 187],
    [{ itemCount: 9e9, sizeBytes: 1e13 }, 16, 10_000],
  ])('gives a table of %j with %d workers %d segments', (table, workers, count) => {
    const cut = segments(table, workers);
    expect(cut).toHaveLength(count);
    expect(new Set(cut.map(range => JSON.stringify(range))).size).toBe(count);
  });
});

describe('the order in which units are begun', () => {
  const ranges = (stores: number, each: number) =>
    Array.from({ length: stores * each }, (_, index) => ({
      store: Math.floor(index / each),
      range: { type: 'segment', segment: index % each, totalSegments: each } as const,
    }));
  const begun = (all: ReturnType<typeof ranges>) =>
    unitsOf('run-1', all, { sample: undefined, plaintext: false });

  it('spreads those at work at one time over all of a table, and over all stores', () => {
    const units = begun(ranges(3, 1_000));
    const [atWork, tenths] = [96, 30];
    for (const first of [0, 500, 2_900]) {
      const counts = new Map<number, number>();
      for (const { store, range } of units.slice(first, first + atWork)) {
        const tenth = store * 10 + Math.floor((range as { segment: number }).segment / 100);
        counts.set(tenth, (counts.get(tenth) ?? 0) + 1);
      }
      expect(Math.max(...counts.values())).toBeLessThanOrEqual((2 * atWork) / tenths);
    }
  });

  it('leaves out no unit, and gives each the name of its place in the store', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), count => {
        const units = begun(ranges(1, count));
        const byName = [...units].sort((a, b) => (a.unitId < b.unitId ? -1 : 1));
        expect(byName.map(({ range }) => (range as { segment: number }).segment)).toEqual(
          Array.from({ length: count }, (_, index) => index),
        );
      }),
    );
  });
});
