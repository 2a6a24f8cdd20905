import fc from 'fast-check';
import { addPace, paceOf } from '../../lambda/core/account/pace.ts';
import type { Pace } from '../../lambda/core/model/pace.ts';
import { paceReport } from '../../lambda/core/report/pace-report.ts';

const kms = (requests: number, throttled = 0): { requests: number; throttled: number } => ({
  requests,
  throttled,
});
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

describe('the pace of a pass', () => {
  it('is spread evenly over the time that a page took', () => {
    const pace = paceOf({ from: 10_000, to: 14_000, dataKeys: 40, kms: kms(8, 4) });
    expect(pace).toEqual({
      dataKeys: { units: 40, over: { seconds: 1, first: 10, units: [10, 10, 10, 10, 0] } },
      requests: { units: 8, over: { seconds: 1, first: 10, units: [2, 2, 2, 2, 0] } },
      throttled: { units: 4, over: { seconds: 1, first: 10, units: [1, 1, 1, 1, 0] } },
    });
  });

  it('is nothing where nothing was done, and whole where a clock was set back', () => {
    expect(paceOf({ from: 0, to: 9_000, dataKeys: 0, kms: kms(0) })).toBeUndefined();
    expect(paceOf({ from: 9_000, to: 5_000, dataKeys: 3, kms: kms(1) })?.dataKeys.over).toEqual({
      ...{ seconds: 1, first: 5, units: [3] },
    });
  });

  it('adds up to what was counted, in 60 slots at most, whatever the pages', () => {
    const page = fc.record({
      from: fc.integer({ min: 0, max: 10_000_000 }),
      took: fc.integer({ min: 0, max: 900_000 }),
      dataKeys: fc.nat(5_000),
      requests: fc.nat(5_000),
      throttled: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(page, { maxLength: 20 }), pages => {
        const total = pages
          .map(({ from, took, dataKeys, requests, throttled }) =>
            paceOf({ from, to: from + took, dataKeys, kms: kms(requests, throttled) }),
          )
          .reduce<Pace | undefined>(addPace, undefined);
        const report = paceReport([['migrate', total === undefined ? {} : { pace: total }]], 500);
        const [pass] = report?.passes ?? [];
        const counted = pages.filter(({ dataKeys, requests }) => dataKeys + requests > 0);
        expect(sum(pass?.dataKeys ?? [])).toBe(sum(counted.map(({ dataKeys }) => dataKeys)));
        expect(sum(pass?.requests ?? [])).toBe(sum(counted.map(({ requests }) => requests)));
        expect(sum(pass?.throttled ?? [])).toBe(sum(counted.map(({ throttled }) => throttled)));
        expect(pass?.dataKeys.length ?? 0).toBeLessThanOrEqual(60);
      }),
    );
  });

  it('puts two passes into the same slots', () => {
    const migrate = paceOf({ from: 0, to: 3_999, dataKeys: 4, kms: kms(4) }) as Pace;
    const verify = paceOf({ from: 100_000, to: 101_000, dataKeys: 8, kms: kms(1, 1) }) as Pace;
    const report = paceReport(
      [
        ['migrate', { pace: migrate }],
        ['verify', { pace: verify }],
      ],
      500,
    );
    expect(report).toMatchObject({ seconds: 2, from: '1970-01-01T00:00:00.000Z' });
    expect(report?.passes.map(({ dataKeys }) => [dataKeys.length, dataKeys[0], dataKeys.at(-1)])).toEqual([
      [51, 2, 0],
      [51, 0, 8],
    ]);
  });
});
