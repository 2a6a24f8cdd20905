import fc from 'fast-check';
import {
  COPY_LIMITS,
  isCopiedInParts,
  mayFinish,
  partsOf,
  requestsOfCopy,
} from '../../lambda/core/stores/s3/copy-in-parts.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const TB = 1000 ** 4;
const WHOLE = '"d41d8cd98f00b204e9800998ecf8427e"';

describe('the parts of a copy', () => {
  const sizes = fc.integer({ min: 5 * GIB + 1, max: 50 * TB });
  const etags = fc.oneof(
    fc.constant(WHOLE),
    fc.integer({ min: 1, max: 10_000 }).map(count => `"d41d8cd98f00b204e9800998ecf8427e-${count}"`),
  );

  it('are all of the object, in order, and within what S3 takes, whatever its size', () => {
    fc.assert(
      fc.property(sizes, etags, (size, etag) => {
        const parts = partsOf({ size, etag });
        expect(parts.length).toBeLessThanOrEqual(10_000);
        const bytes = parts.map(({ first, last }) => last + 1 - first);
        expect(Math.max(...bytes)).toBeLessThanOrEqual(5 * GIB);
        expect(Math.min(...bytes.slice(0, -1))).toBeGreaterThanOrEqual(5 * MIB);
        let next = 0;
        const inOrder = parts.every(({ number, first, last }, index) => {
          const follows = number === index + 1 && first === next;
          next = last + 1;
          return follows;
        });
        expect(inOrder).toBe(true);
        expect(next).toBe(size);
      }),
      { numRuns: 30 },
    );
  });

  it('are never as many as the object has now, so that the copy has another ETag', () => {
    fc.assert(
      fc.property(sizes, size => {
        const first = partsOf({ size, etag: WHOLE }).length;
        const second = partsOf({ size, etag: `"d41d8cd98f00b204e9800998ecf8427e-${first}"` }).length;
        expect(Math.abs(second - first)).toBe(1);
      }),
      { numRuns: 30 },
    );
  });

  it('are counted as requests, with the beginning and the end of the upload', () => {
    expect(requestsOfCopy({ size: 5 * GIB, etag: WHOLE })).toBe(1);
    expect(requestsOfCopy({ size: 6 * GIB, etag: WHOLE })).toBe(48 + 2);
  });

  it('are needed from the first byte on that one copy does not take', () => {
    expect([5 * GIB, 5 * GIB + 1].map(size => isCopiedInParts({ size }))).toEqual([false, true]);
    expect(isCopiedInParts({ size: 9 * MIB }, { ...COPY_LIMITS, mostBytes: 8 * MIB })).toBe(true);
  });
});

describe('a copy in parts goes on', () => {
  const size = 100 * GIB;
  const stands = (copied: number, elapsedMs: number, remainingMs: number) =>
    mayFinish({ size, copied, elapsedMs, remainingMs });

  it('as long as there is time for its end', () => {
    expect([stands(0, 0, 60_000), stands(0, 0, 60_001)]).toEqual([false, true]);
    expect(stands(99 * GIB, 100_000, 60_000)).toBe(false);
  });

  it('unless twice the time that is left were not enough at the speed so far', () => {
    // 10 % in 60 s: 540 s more.
    expect(stands(10 * GIB, 60_000, 60_000 + 270_000)).toBe(true);
    expect(stands(10 * GIB, 60_000, 60_000 + 269_000)).toBe(false);
    expect(stands(0, 60_000, 800_000)).toBe(false);
    // Too early to tell.
    expect(stands(1, 59_999, 800_000)).toBe(true);
  });
});
