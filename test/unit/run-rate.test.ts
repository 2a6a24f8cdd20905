import fc from 'fast-check';
import { highestRate, rateProblem, runRate } from '../../lambda/core/rate/run-rate.ts';
import { job, plan } from '../support/builders.ts';
import { key, keys, planOf } from '../support/plan-ports.ts';

const LIMITS = { kmsRequestsPerSecond: 100, maxConcurrency: 4, toleratedFailurePercentage: 0 };
const PLAN = plan({ limits: LIMITS, highestRate: 500 });

describe('the rate of a run', () => {
  it('is that of its plan until an operator changes it, and the change is reported', () => {
    expect(runRate({}, PLAN)).toEqual({ requestsPerSecond: 100 });
    expect(runRate({ kmsRequestsPerSecond: 8 }, PLAN)).toEqual({
      requestsPerSecond: 8,
      words: 'its rate was changed while it ran: from 100 to 8 KMS requests a second',
    });
  });

  it.each([
    [0, 1],
    [-3, 1],
    [0.5, 1],
    [NaN, 1],
    [501, 500],
    [Infinity, 500],
  ])('of %d in the ledger is %d, with words about it', (asked, requestsPerSecond) => {
    const rate = runRate({ kmsRequestsPerSecond: asked }, PLAN);
    expect(rate.requestsPerSecond).toBe(requestsPerSecond);
    expect(rate.words).toContain(
      `says ${Number.isNaN(asked) ? 'no number' : asked} for kmsRequestsPerSecond, which must be from 1 to 500; the run keeps to ${requestsPerSecond} a second`,
    );
    expect(rateProblem(asked, PLAN)).toContain('from 1 to 500');
  });

  it('is within its bounds whatever the ledger holds', () => {
    fc.assert(
      fc.property(fc.double(), asked => {
        const { requestsPerSecond } = runRate({ kmsRequestsPerSecond: asked }, PLAN);
        expect(requestsPerSecond).toBeGreaterThanOrEqual(1);
        expect(requestsPerSecond).toBeLessThanOrEqual(500);
      }),
    );
  });

  it("can be raised to the job's limit, and no further", async () => {
    const jobs = [job({ limits: { ...LIMITS, kmsRequestsPerSecond: 500 } })];
    const input = { job: 'orders', mode: 'migrate', limits: { kmsRequestsPerSecond: 20 } };
    const slowed = await planOf({}, { jobs, input });
    expect([slowed.limits.kmsRequestsPerSecond, highestRate(slowed)]).toEqual([20, 500]);
    expect([rateProblem(500, slowed), rateProblem(501, slowed)]).toEqual([undefined, expect.any(String)]);
  });

  it('is never more than a custom key store can take', async () => {
    const store = { customKeyStoreId: 'cks-1' };
    const jobs = [job({ limits: { ...LIMITS, kmsRequestsPerSecond: 5_000 } })];
    const input = { job: 'orders', mode: 'migrate', limits: { kmsRequestsPerSecond: 20 } };
    const slowed = await planOf(
      { keys: keys({ describeKey: arn => Promise.resolve(key(arn, store)) }) },
      { jobs, input },
    );
    expect(highestRate(slowed)).toBe(1_800);
  });

  it('has the bounds of the job schema in plans of earlier versions', () => {
    expect(highestRate(plan())).toBe(100_000);
  });
});
