import fc from 'fast-check';
import { Pace } from '../../lambda/core/reencrypt/pace.ts';

interface Way {
  /** Milliseconds until KMS counts a request, and from then until its answer is here. */
  readonly there: number;
  readonly back: number;
}

interface Counted {
  readonly at: number;
}

/** A worker that always has work for so many requests in flight, and pauses of its own. Returns when KMS counted what. */
function sendAll(
  pace: Pace,
  ways: readonly Way[],
  { inFlight = 32, pauseAfter = 0, pauseMs = 0, from = 0 } = {},
): Counted[] {
  const counted: Counted[] = [];
  const flying: { readonly leftAt: number; readonly backAt: number }[] = [];
  let now = from;
  const land = (): void => {
    flying.sort((a, b) => a.backAt - b.backAt);
    const first = flying.shift();
    if (first === undefined) throw new Error('nothing is in flight');
    now = Math.max(now, first.backAt);
    pace.answered(first.leftAt, first.backAt);
  };
  for (const [index, { there, back }] of ways.entries()) {
    if (pauseAfter > 0 && index % pauseAfter === pauseAfter - 1) now += pauseMs;
    for (;;) {
      while (flying.some(({ backAt }) => backAt <= now)) land();
      const at = pace.next(now);
      if (at <= now && flying.length < inFlight) break;
      const soonest = Math.min(...flying.map(({ backAt }) => backAt));
      if (at > now && at < soonest) now = at;
      else land();
    }
    pace.sent(now);
    counted.push({ at: now + there });
    flying.push({ leftAt: now, backAt: now + there + back });
  }
  return counted;
}

/** The most that KMS counted within any second. */
function mostInASecond(counted: readonly Counted[], secondMs = 1_000): number {
  const times = counted.map(({ at }) => at).sort((a, b) => a - b);
  let from = 0;
  return times.reduce((most, at, index) => {
    while ((times[from] ?? 0) <= at - secondMs + 1e-6) from++;
    return Math.max(most, index - from + 1);
  }, 0);
}

function perSecond(counted: readonly Counted[]): number {
  const times = counted.map(({ at }) => at);
  return (1_000 * (times.length - 1)) / (Math.max(...times) - Math.min(...times));
}

const same = (count: number, way: Way): Way[] => Array.from({ length: count }, () => way);

describe('the pace of a worker', () => {
  it('is kept in every second as KMS counts it, however long requests and answers are on their way (property)', () => {
    const way = fc.record({
      there: fc.integer({ min: 5, max: 3_000 }),
      back: fc.integer({ min: 5, max: 3_000 }),
    });
    const pauses = fc.record({
      pauseAfter: fc.integer({ min: 2, max: 40 }),
      pauseMs: fc.integer({ min: 0, max: 5_000 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(way, { minLength: 2, maxLength: 300 }),
        pauses,
        (share, ways, pause) => {
          // The fastest way is known from the first request on.
          const all = [{ there: 5, back: 5 }, ...ways];
          expect(mostInASecond(sendAll(new Pace(share), all, pause))).toBeLessThanOrEqual(share);
        },
      ),
    );
  });

  it('is the whole share where answers take the same time, near or far', () => {
    for (const way of [
      { there: 1, back: 1 },
      { there: 40, back: 60 },
    ])
      expect(perSecond(sendAll(new Pace(100), same(2_000, way)))).toBeGreaterThan(99);
  });

  it('loses nothing by pauses that are shorter than what lies between two requests', () => {
    const pause = { pauseAfter: 40, pauseMs: 300 };
    expect(perSecond(sendAll(new Pace(2), same(400, { there: 5, back: 5 }), pause))).toBeGreaterThan(1.97);
  });

  it('is what is left of a share while the quota is used by others', () => {
    const pace = new Pace(100);
    pace.setShare(100, 25);
    expect(perSecond(sendAll(pace, same(500, { there: 2, back: 2 })))).toBeCloseTo(25, 0);
  });

  it('is one request in more than a second for a share of less than one', () => {
    const counted = sendAll(new Pace(0.4), same(20, { there: 3, back: 3 }));
    expect(mostInASecond(counted, 2_490)).toBe(1);
    expect(perSecond(counted)).toBeGreaterThan(0.39);
  });

  it('begins with a wait: the previous invocation may just have sent its last request', () => {
    expect(new Pace(4).next(1_000)).toBe(1_250);
  });

  it('waits for an answer when all that its share allows is on the way', () => {
    const pace = new Pace(1);
    expect(pace.next(0)).toBe(1_000);
    pace.sent(1_000);
    expect(pace.next(60_000)).toBe(Number.POSITIVE_INFINITY);
    pace.answered(1_000, 60_000);
    expect(pace.recent(60_000)).toBe(1);
    expect(pace.next(60_001)).toBeLessThanOrEqual(61_000);
  });

  it('follows a new share from the next request on, whether slower or faster', () => {
    const pace = new Pace(1_000);
    expect(pace.next(0)).toBe(1);
    pace.sent(1);
    pace.answered(1, 1);
    pace.setShare(0.5);
    expect(pace.next(1)).toBeCloseTo(2_001);
    pace.setShare(10);
    expect(pace.next(1)).toBeCloseTo(101);
  });

  it.each([0, -1, NaN, Infinity, -Infinity])('is never without a bound: %d is no rate', rate => {
    expect(() => new Pace(rate)).toThrow(RangeError);
    const pace = new Pace(2);
    expect(() => pace.setShare(rate)).toThrow(RangeError);
    expect(() => pace.setShare(2, rate)).toThrow(RangeError);
    expect(pace.next(0)).toBe(500);
  });
});
