import fc from 'fast-check';
import { SharedQuota } from '../../lambda/core/rate/shared-quota.ts';
import { sharedKms, type SecondOfKms, type SharedKms } from '../support/shared-kms.ts';

/** A quota of 1,000, of which a run uses 800, until an application needs 600 for a minute. */
const SCENE: SharedKms = {
  ...{ quota: 1_000, seconds: 240 },
  run: { rate: 800, workers: 16, adapts: true },
  neighbour: { requestsPerSecond: 600, from: 30, to: 90 },
};

const ALONE: SharedKms = { ...SCENE, neighbour: { requestsPerSecond: 0, from: 0, to: 0 } };

const during = (seconds: readonly SecondOfKms[], from: number, to: number, who: keyof SecondOfKms) => {
  const some = seconds.slice(from, to).map(one => one[who]);
  const sum = (of: 'asked' | 'throttled'): number => some.reduce((all, one) => all + one[of], 0);
  return {
    perSecond: (sum('asked') - sum('throttled')) / (to - from),
    throttled: sum('throttled') / sum('asked'),
  };
};

describe('an application that needs its part of the quota of KMS, beside a run', () => {
  it('has it back within five seconds, and keeps it', () => {
    const seconds = sharedKms(SCENE);
    expect(during(seconds, 35, 90, 'neighbour').throttled).toBeLessThan(0.02);
    expect(during(seconds, 35, 90, 'neighbour').perSecond).toBeGreaterThan(0.98 * 600);
  });

  it('does not get it from workers that do not slow down', () => {
    const seconds = sharedKms({ ...SCENE, run: { ...SCENE.run, adapts: false } });
    expect(during(seconds, 35, 90, 'neighbour').throttled).toBeGreaterThan(0.2);
  });

  it('leaves the rest to the run, which has its whole rate again half a minute after the application ends', () => {
    const seconds = sharedKms(SCENE);
    const alone = sharedKms(ALONE);
    expect(during(seconds, 35, 90, 'run').perSecond).toBeGreaterThan(0.8 * 400);
    expect(during(seconds, 120, 240, 'run').perSecond).toBeGreaterThan(
      0.99 * during(alone, 120, 240, 'run').perSecond,
    );
    expect(during(seconds, 120, 240, 'run').throttled).toBe(0);
  });

  it('has 95 % of it back from many slow workers as well, each of which is seldom throttled', () => {
    const run = { rate: 800, workers: 400, adapts: true };
    const seconds = sharedKms({ ...SCENE, run });
    expect(during(seconds, 35, 90, 'neighbour').perSecond).toBeGreaterThan(0.95 * 600);
    expect(during(seconds, 35, 90, 'run').perSecond).toBeGreaterThan(0.8 * 400);
  });

  it('is not there: nothing slows down, and a worker loses only the time of its writes', () => {
    const alone = during(sharedKms(ALONE), 1, 240, 'run');
    expect(alone.throttled).toBe(0);
    expect(alone.perSecond).toBeGreaterThan(0.97 * 800);
  });
});

describe('what a worker uses of its share of a quota', () => {
  it('is all of it until KMS throttles, then half, once for all throttles of a second', () => {
    const quota = new SharedQuota(100);
    for (let at = 0; at < 10_000; at += 10) quota.sent(at);
    expect(quota.rate).toBe(100);
    for (const at of [10_000, 10_200, 10_999]) quota.throttled(at);
    expect(quota.rate).toBeCloseTo(50, 0);
  });

  it('grows by a twentieth of the share each second in which KMS answers', () => {
    const quota = new SharedQuota(100);
    for (let at = 0; at < 10_000; at += 10) quota.sent(at);
    quota.throttled(10_000);
    const before = quota.rate;
    for (let at = 10_020; at <= 15_000; at += 20) quota.answered(at);
    expect(quota.rate - before).toBeCloseTo(25, 0);
  });

  it('is of what the worker has used, if that was less than its share', () => {
    const quota = new SharedQuota(100);
    for (let at = 0; at < 10_000; at += 50) quota.sent(at);
    quota.throttled(10_000);
    expect(quota.rate).toBeCloseTo(10, 0);
  });

  it('is never more than the share and never less than a twentieth of it (property)', () => {
    const events = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 30_000 }),
        kind: fc.constantFrom('sent' as const, 'throttled' as const, 'answered' as const),
      }),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10_000, noNaN: true }), events, (share, all) => {
        const quota = new SharedQuota(share);
        let now = 0;
        for (const { afterMs, kind } of all) {
          now += afterMs;
          quota[kind](now);
          expect(quota.rate).toBeLessThanOrEqual(share);
          expect(quota.rate).toBeGreaterThanOrEqual(share / 20);
        }
      }),
    );
  });
});
