import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { afterPage, freshProgress } from '../../lambda/core/account/unit-progress.ts';
import { MAX_EXAMPLES, MAX_FAILURES, type Books, type UnitProgress } from '../../lambda/core/model/books.ts';

const STEP_FUNCTIONS_PAYLOAD = 262_144;
const UNIT = {
  ...{ runId: 'run-1', unitId: 'u00001', store: 0 },
  range: { type: 'segment', segment: 0, totalSegments: 1 },
} as const;

/** All that books may name, under keys of so many characters. */
function naming(key: string): Books {
  const many = Array.from({ length: MAX_FAILURES }, () => ({ store: 'table Orders', locator: key }));
  return {
    ...EMPTY_BOOKS,
    ...{ records: 1_000, dataKeys: 500, outcomes: { unreadable: 500 }, remaining: 500, withoutDataKey: 500 },
    withoutDataKeyFirst: Array.from({ length: MAX_EXAMPLES }, () => key),
    failures: many.map(one => ({
      ...{ ...one, slot: 'edk', outcome: 'unreadable' as const },
      reason: 'corrupt, or under another encryption context',
    })),
    lookAlikes: { count: 700, first: many.map(one => ({ ...one, path: 'other', form: 'base64' })) },
    fingerprints: { compared: 900, changed: 800, first: many },
  };
}

function afterOnePage(books: Books): UnitProgress {
  return afterPage(freshProgress(UNIT, 'verify'), {
    position: {
      done: false,
      cursor: 'c'.repeat(4_096),
      // A page that was left half-way: of 500 records, and of 4,096 data keys in one record.
      beyond: {
        records: Array.from({ length: 500 }, () => 'x'.repeat(12)),
        dataKeys: Array.from({ length: 4_096 }, () => 'x'.repeat(12)),
      },
    },
    books,
  });
}

const bytes = (value: object): number => Buffer.byteLength(JSON.stringify(value));

describe('the progress of a unit', () => {
  it.each([
    ['the longest keys of S3', 'k'.repeat(1_024)],
    ['keys of DynamoDB whose every byte is escaped', '\u0001'.repeat(3_072)],
  ])('fits into what Step Functions hands on, with all that it names under %s', (_, key) => {
    expect(bytes(afterOnePage(naming(key)))).toBeLessThan(STEP_FUNCTIONS_PAYLOAD);
  });

  it('counts what it has no room to name', () => {
    const { books } = afterOnePage(naming('\u0001'.repeat(3_072)));
    expect(books).toMatchObject({
      ...{ dataKeys: 500, outcomes: { unreadable: 500 }, remaining: 500, withoutDataKey: 500 },
      lookAlikes: { count: 700 },
      fingerprints: { compared: 900, changed: 800 },
    });
    for (const named of [books.failures, books.lookAlikes?.first, books.fingerprints?.first])
      expect(named).not.toHaveLength(0);
  });

  it('names the first hundred of everything under keys as they are', () => {
    const books = naming('o-1234567890123456789012345678901234567890');
    expect(afterOnePage(books).books).toEqual(books);
  });
});
