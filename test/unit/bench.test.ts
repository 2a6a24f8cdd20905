import { BOUNDS, worseThan } from '../../bench/bounds.ts';
import { billOf, billOfMillion, countedTotalOf, totalOf } from '../../bench/cost/bill.ts';
import { FLOOR } from '../../bench/cost/prices.ts';
import { judged, judgedBeside } from '../../bench/rate.ts';
import { HANDLERS as MEASURED } from '../../bench/start.ts';
import type { StoreRatios } from '../../bench/ratios.ts';
import { growthOf, spreadOf } from '../../bench/statistics.ts';
import { Meter } from '../../emulator/meter/meter.ts';
import { HANDLERS } from '../../lib/functions/handlers.ts';

const atTheBound = (store: 'table' | 'bucket'): StoreRatios =>
  Object.fromEntries(
    Object.entries(BOUNDS[store]).map(([name, { most }]) => [name, most]),
  ) as unknown as StoreRatios;

describe('the bounds of the ratios', () => {
  it.each(['table', 'bucket'] as const)(
    'of a %s pass at the bound, and fail for each that is worse',
    store => {
      const ratios = atTheBound(store);
      expect(worseThan({ store, ratios })).toEqual([]);
      for (const [name, most] of Object.entries(ratios) as [keyof StoreRatios, number][]) {
        const worse = worseThan({ store, ratios: { ...ratios, [name]: most * 1.001 } });
        expect(worse).toEqual([expect.stringContaining(`${store}: ${name} is`)]);
      }
    },
  );

  it('fail for a figure that is no number', () => {
    const ratios = { ...atTheBound('table'), cost: Number.NaN };
    expect(worseThan({ store: 'table', ratios })).toHaveLength(1);
  });

  it('are above the goals, or the goals are met', () => {
    for (const { most, goal = most } of Object.values(BOUNDS).flatMap(bounds => Object.values(bounds)))
      expect(goal).toBeLessThanOrEqual(most);
  });
});

describe('the functions whose starts are measured', () => {
  it('are those of the template', () => {
    expect(MEASURED).toEqual(HANDLERS);
  });
});

describe('the floor of the costs', () => {
  it('is what AWS asks for a million data keys in one pass', () => {
    expect(FLOOR.table).toBeCloseTo(3.64, 2);
    expect(FLOOR.bucket).toBeCloseTo(8.405, 3);
  });
});

describe('a bill', () => {
  const reading = () => {
    const meter = new Meter(() => ({ 'us-east-1/journal': { objects: 1, storedBytes: 1_000_000_000 } }));
    meter.consumed('us-east-1', 'Orders', { readUnits: 1_000_000, writeUnits: 1_000_000 });
    meter.consumed('us-east-1', 'Ledger', { writeUnits: 2_000_000 });
    for (let count = 0; count < 40; count++) meter.transition();
    const invoked = {
      functionName: 'f',
      region: 'us-east-1',
      logGroup: 'g',
      memoryMb: 1_769,
      milliseconds: 1,
    };
    meter.invoked({ ...invoked, cpuMilliseconds: 1_024_000 / 1_769, peakResidentBytes: 0 });
    return meter.read();
  };

  it('tells the store from what the product keeps for itself', () => {
    const bill = billOf(reading(), ['Orders']);
    expect(bill.store).toBeCloseTo(0.125 + 0.625, 9);
    expect(bill.ledger).toBeCloseTo(2 * 0.625, 9);
    expect(bill.journal).toBeCloseTo(0.023, 9);
    expect(bill.transitions).toBeCloseTo(0.001, 9);
    expect(bill.lambdaTime).toBeCloseTo(0.0000133334, 12);
    expect(totalOf(bill) - countedTotalOf(bill)).toBeCloseTo(bill.lambdaTime, 12);
  });

  it('of a million adds what each data key adds to what every run costs', () => {
    const bill = billOf(reading(), []);
    const small = { dataKeys: 500, bill: { ...bill, logs: 0.001 + 500 * 2e-6 } };
    const large = { dataKeys: 1_000, bill: { ...bill, logs: 0.001 + 1_000 * 2e-6 } };
    expect(billOfMillion(small, large).logs).toBeCloseTo(2.001, 9);
    expect(billOfMillion(small, large).transitions).toBeCloseTo(bill.transitions, 9);
  });
});

describe('statistics', () => {
  it('take the middle, and how far the others lie apart', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  });

  it('tell linear growth from quadratic growth', () => {
    const points = (power: number) => [1, 2, 4, 8].map(x => ({ x, y: 3 * x ** power }));
    expect(growthOf(points(1))).toBeCloseTo(1, 9);
    expect(growthOf(points(2))).toBeCloseTo(2, 9);
  });
});

describe('a run under a cap', () => {
  const seconds = (asked: readonly number[], first = 0) =>
    asked.map((one, index) => ({ second: first + index, asked: one, throttled: 0 }));
  const times = (count: number, asked: number): number[] => Array.from({ length: count }, () => asked);

  it('is judged without its first page, the end of its pass, and the few questions of its verify pass', () => {
    const pass = seconds([...times(20, 50), ...times(70, 90), ...times(10, 30)]);
    const all = [...pass, ...seconds(times(20, 1), 105)];
    expect(judged(all, { kmsRequestsPerSecond: 100, records: 7_600 })).toEqual({
      ...{ sustained: 0.9, violations: 0, mostInASecond: 90, throttled: 0 },
    });
  });

  it('does not forget the seconds in which it asks nothing', () => {
    const gap = [...seconds(times(40, 100)), ...seconds(times(20, 100), 60)];
    expect(judged(gap, { kmsRequestsPerSecond: 100, records: 6_000 }).sustained).toBeCloseTo(34 / 54);
  });

  it('counts each second above it, at the edges as well', () => {
    const asked = seconds([101, ...times(40, 1), 102]);
    expect(judged(asked, { kmsRequestsPerSecond: 100, records: 300 })).toMatchObject({
      ...{ violations: 2, mostInASecond: 102 },
    });
  });

  it('has a neighbour that has its share back when three seconds in a row throttle hardly any of it', () => {
    const beside = (throttled: number, asked: number, index: number) => ({
      ...{ second: 20 + index, asked, throttled: 0, neighbour: { asked: 50, throttled } },
    });
    const throttles = [20, 0, 10, 1, 0, 0, 1];
    const all = [
      ...seconds(times(20, 80)),
      ...throttles.map((one, index) => beside(one, 40, index)),
      ...seconds([40, 60, 75, 75, 75, 80], 27),
    ];
    expect(judgedBeside(all)).toEqual({ shareBack: 3, throttledThen: 2 / 200, recovered: 2 });
  });

  it('has not met a neighbour where nobody was throttled: that is no number', () => {
    const all = Array.from({ length: 9 }, (_, second) => ({
      ...{ second, asked: 0, throttled: 0, neighbour: { asked: 9, throttled: 0 } },
    }));
    expect(judgedBeside(all).shareBack).toBeNaN();
  });

  it('never gives the neighbour its share back: that is no number', () => {
    const all = Array.from({ length: 9 }, (_, second) => ({
      ...{ second, asked: 9, throttled: 0, neighbour: { asked: 9, throttled: second % 3 } },
    }));
    expect(judgedBeside(all).shareBack).toBeNaN();
  });
});
