import { Buffer } from 'node:buffer';
import type { Books } from '../model/books.ts';

/**
 * What each list of a unit's books may take, in bytes of JSON. A worker's answer is the payload of a state, of 262,144 bytes at
 * most, and its checkpoint an item of 400 KB. These lists have 150,000; what is remembered of a page that was left half-way has
 * some 70,000 (4,096 + 500 digests of 15 bytes), and the rest some 10,000.
 *
 * A hundred entries of the usual 200 bytes fit many times. Under the longest keys of S3 some 45 failures do, and under keys of
 * DynamoDB whose every byte is escaped three.
 */
const MOST_BYTES = { failures: 60_000, lookAlikes: 40_000, fingerprints: 25_000, withoutDataKey: 25_000 };

/** The books with as many names as there is room for. Every count stays, and the journal has all of them. */
export function namedInBooks(books: Books): Books {
  const { failures, lookAlikes, fingerprints, withoutDataKeyFirst } = books;
  return {
    ...books,
    failures: fitting(failures, MOST_BYTES.failures),
    ...(lookAlikes !== undefined && {
      lookAlikes: { ...lookAlikes, first: fitting(lookAlikes.first, MOST_BYTES.lookAlikes) },
    }),
    ...(fingerprints !== undefined && {
      fingerprints: { ...fingerprints, first: fitting(fingerprints.first, MOST_BYTES.fingerprints) },
    }),
    ...(withoutDataKeyFirst !== undefined && {
      withoutDataKeyFirst: fitting(withoutDataKeyFirst, MOST_BYTES.withoutDataKey),
    }),
  };
}

/** The first ones that fit together. */
function fitting<T>(all: readonly T[], mostBytes: number): readonly T[] {
  let bytes = 0;
  const end = all.findIndex(one => (bytes += Buffer.byteLength(JSON.stringify(one)) + 1) > mostBytes);
  return end < 0 ? all : all.slice(0, end);
}
