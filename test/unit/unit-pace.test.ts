import fc from 'fast-check';
import { UnitPace } from '../../lambda/core/rate/unit-pace.ts';

interface Sent {
  readonly at: number;
  readonly units: number;
}

const WINDOW_MS = 10_000;

/** The most units within any ten seconds. */
function mostWithinWindow(sent: readonly Sent[]): number {
  const inOrder = [...sent].sort((a, b) => a.at - b.at);
  let most = 0;
  let [from, sum] = [0, 0];
  for (const one of inOrder) {
    sum += one.units;
    // A window that begins right after one request, and ends with another.
    while ((inOrder[from]?.at ?? 0) <= one.at - WINDOW_MS + 1e-6) sum -= inOrder[from++]?.units ?? 0;
    most = Math.max(most, sum);
  }
  return most;
}

/** One worker that sends whenever it may, and a timer that is late by some milliseconds. */
function sendAll(
  pace: UnitPace,
  sizes: readonly number[],
  late: (index: number) => number = () => 0,
): Sent[] {
  let now = 0;
  return sizes.map((units, index) => {
    const turn = pace.turn(now, units);
    pace.take(turn);
    now = Math.max(now, turn.at) + late(index);
    return { at: Math.max(now, turn.at), units };
  });
}

const total = (sent: readonly Sent[]): number => sent.reduce((sum, { units }) => sum + units, 0);

describe('the pace of one worker (property)', () => {
  it('never exceeds ten seconds of its share within ten seconds, or one request that is larger', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 1_000, noNaN: true }), sizes, (share, all) => {
        const most = mostWithinWindow(sendAll(new UnitPace(share), all));
        expect(most).toBeLessThanOrEqual(Math.max(share * 10, ...all) + 1e-6);
      }),
    );
  });

  it('uses at least 95 % of its share where items are small beside it and timers are late by milliseconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 1_000 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 10, maxLength: 10 }),
        (share, delays) => {
          const sizes = Array.from({ length: share * 30 }, (_, index) => 1 + (index % 3));
          const sent = sendAll(new UnitPace(share), sizes, index => (delays[index % 10] ?? 0) / share);
          const seconds = (sent.at(-1)?.at ?? 0) / 1000;
          expect(total(sent) / seconds).toBeGreaterThanOrEqual(0.95 * share);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('waits for what an answer shows in excess of what was counted', () => {
    const pace = new UnitPace(10);
    pace.take(pace.turn(0, 1));
    pace.exceeded(100, 49);
    expect(pace.turn(100, 1).at).toBeGreaterThanOrEqual(5_000);
  });

  it('is none without a share and without a throttle', () => {
    expect(new UnitPace().turn(5, 400).at).toBe(5);
  });

  it('refuses a share of nothing', () => {
    expect(() => new UnitPace(0)).toThrow(/0 is no rate/);
    expect(() => new UnitPace(10).setShare(Number.NaN)).toThrow(/NaN is no rate/);
  });
});

describe('the paces of a fleet (property)', () => {
  /** Workers with parts of one limit, which they hand from one to another from time to time. */
  function fleet(limit: number, parts: readonly (readonly number[])[], sizes: readonly number[]): Sent[] {
    const workers = (parts[0] ?? []).map(() => new UnitPace(limit));
    const sent: Sent[] = [];
    const dues = workers.map(() => 0);
    for (const [epoch, weights] of parts.entries()) {
      const sum = weights.reduce((all, weight) => all + weight, 0);
      for (const [index, pace] of workers.entries()) pace.setShare((limit * (weights[index] ?? 1)) / sum);
      const endsAt = (epoch + 1) * 20_000;
      for (const [index, pace] of workers.entries())
        for (let at = epoch * 20_000, count = 0; ; count++) {
          const units = sizes[(index + count) % sizes.length] ?? 1;
          const turn = pace.turn(Math.max(at, dues[index] ?? 0), units);
          if (turn.at >= endsAt) break;
          pace.take(turn);
          sent.push({ at: turn.at, units });
          at = turn.at;
        }
    }
    return sent;
  }

  it('keep to the limit together within any ten seconds, also while shares change hands', () => {
    const parts = fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 600 }), parts, sizes, (limit, all, units) => {
        const sent = fleet(limit, all, units);
        expect(mostWithinWindow(sent)).toBeLessThanOrEqual(limit * 10 + 1e-6);
        expect(total(sent) / (all.length * 20)).toBeGreaterThanOrEqual(0.95 * limit);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a worker whose store throttles it', () => {
  it('halves its pace once for all throttles of a second, and is back after ten seconds', () => {
    const pace = new UnitPace(100);
    for (const at of [0, 200, 999]) pace.throttled(at, 100);
    expect(pace.rateAt(999)).toBeCloseTo(50 + 5 * 0.999);
    expect(pace.rateAt(5_000)).toBeCloseTo(75);
    expect(pace.rateAt(10_000)).toBeCloseTo(100);
    expect(pace.rateAt(60_000)).toBe(100);
  });

  it('halves it again with each second in which it is throttled, down to one unit a second', () => {
    const pace = new UnitPace(100);
    const rates = Array.from({ length: 10 }, (_, second) => {
      pace.throttled(second * 1000, 100);
      return pace.rateAt(second * 1000);
    });
    // 50; then (50 + 5) / 2, and (27.5 + 5) / 2: a second of recovery lies between.
    expect(rates.slice(0, 3)).toEqual([50, 27.5, 16.25]);
    expect(rates.every((rate, index) => index === 0 || rate < (rates[index - 1] ?? 0))).toBe(true);
    expect(rates.at(-1)).toBeGreaterThanOrEqual(1);
  });

  it('gets a ceiling from what it used where it has no share', () => {
    const pace = new UnitPace();
    pace.throttled(0, 800);
    expect(pace.rateAt(0)).toBe(400);
    expect(pace.rateAt(20_000)).toBe(1_200);
  });

  it('never goes above its share, never to a standstill, and never faster by a throttle (property)', () => {
    const events = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 30_000 }),
        used: fc.double({ min: 0, max: 500, noNaN: true }),
      }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 400, noNaN: true }), events, (share, all) => {
        const pace = new UnitPace(share);
        let now = 0;
        for (const { afterMs, used } of all) {
          now += afterMs;
          const before = pace.rateAt(now);
          pace.throttled(now, used);
          expect(pace.rateAt(now)).toBeLessThanOrEqual(Math.max(before, 0) + 1e-9);
          expect(pace.rateAt(now)).toBeGreaterThan(0);
          expect(pace.rateAt(now)).toBeLessThanOrEqual(share);
        }
        expect(pace.rateAt(now + 3_600_000)).toBeCloseTo(share, 6);
      }),
    );
  });
});
