import fc from 'fast-check';
import type { Consumed } from '../../lambda/core/model/consumed.ts';
import { addConsumed, consumedAt, mostPerSecond } from '../../lambda/core/rate/consumed.ts';

function sum(all: readonly (readonly [now: number, units: number])[]): Consumed | undefined {
  return all
    .map(([now, units]) => consumedAt(now, units))
    .reduce<Consumed | undefined>(addConsumed, undefined);
}

describe('units that were consumed', () => {
  it('add up in the ten seconds in which they were consumed, whoever consumed them', () => {
    const consumed = sum([
      [0, 100],
      [9_999, 50],
      [10_000, 30],
      [5_000, 20],
    ]);
    expect(consumed).toEqual({ units: 200, over: { seconds: 10, first: 0, units: [170, 30] } });
    expect(mostPerSecond(consumed!)).toBe(17);
  });

  it('are told by longer times where a run is longer', () => {
    const hours = Array.from({ length: 8 * 360 }, (_, slot) => [slot * 10_000, 880] as const);
    const { units, over } = sum(hours)!;
    expect(units).toBe(8 * 360 * 880);
    expect(over.seconds).toBe(640);
    expect(over.units.length).toBeLessThanOrEqual(60);
    expect(mostPerSecond({ units, over })).toBe(88);
  });

  it('take little room after a pause of months', () => {
    const { over } = sum([
      [0, 1],
      [180 * 86_400_000, 2],
    ])!;
    expect(over.units.length).toBeLessThanOrEqual(60);
  });

  it('add up to the same in any order (property)', () => {
    const events = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 40_000_000 }), fc.integer({ min: 1, max: 400 })),
      { minLength: 1, maxLength: 50 },
    );
    fc.assert(
      fc.property(events, all => {
        const { units, over } = sum(all)!;
        expect(units).toBe(all.reduce((total, [, one]) => total + one, 0));
        expect(over.units.reduce((total, one) => total + one, 0)).toBe(units);
        expect(sum([...all].reverse())?.over.units.reduce((total, one) => total + one, 0)).toBe(units);
      }),
    );
  });
});
