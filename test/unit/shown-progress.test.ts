import fc from 'fast-check';
import { Pace, partDone, secondsLeft } from '../../cli/follow/pace.ts';
import { shownRun } from '../../cli/follow/shown-run.ts';
import { duration, progressLine, progressScreen } from '../../cli/render/progress.ts';
import type { Look, PhaseProgress } from '../../cli/deployment/run-watch.ts';
import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { plan } from '../support/builders.ts';

const moment = (at: number, dataKeys: number) => ({
  at,
  dataKeys,
  records: 2 * dataKeys,
  kmsRequests: dataKeys,
});
const plain = (text: string): string => text.replace(/\u001b\[\d+m/g, '');

describe('the pace of a pass', () => {
  it('is that of the last half minute', () => {
    const pace = new Pace();
    pace.after(moment(0, 0));
    pace.after(moment(60_000, 60_000));
    expect(pace.after(moment(90_000, 60_300))).toEqual({ records: 20, dataKeys: 10, kmsRequests: 10 });
  });

  it('is not known from one look, nor from two within a second', () => {
    const pace = new Pace();
    expect(pace.after(moment(0, 5))).toBeUndefined();
    expect(pace.after(moment(999, 50))).toBeUndefined();
  });

  it('begins anew where fewer are done than before', () => {
    const pace = new Pace();
    pace.after(moment(0, 500));
    expect(pace.after(moment(10_000, 400))).toBeUndefined();
    expect(pace.after(moment(20_000, 410))).toMatchObject({ dataKeys: 1 });
  });

  it('is never below zero, and never more than there was', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20_000), fc.nat(1_000)), { minLength: 2 }), steps => {
        const pace = new Pace();
        let [at, dataKeys] = [0, 0];
        for (const [later, more] of steps) {
          [at, dataKeys] = [at + later, dataKeys + more];
          const rates = pace.after(moment(at, dataKeys));
          if (rates === undefined) continue;
          expect(rates.dataKeys).toBeGreaterThanOrEqual(0);
          expect(rates.dataKeys).toBeLessThanOrEqual(dataKeys);
        }
      }),
    ));
});

describe('what is left', () => {
  const rates = { records: 1, dataKeys: 50, kmsRequests: 50 };
  it('is told by the estimate and the pace', () =>
    expect(secondsLeft({ dataKeys: 400, estimated: 1_000 }, rates)).toBe(12));
  it.each([
    ['beyond the estimate', 1_000, rates],
    ['without a pace', 400, undefined],
    ['where nothing moves', 400, { ...rates, dataKeys: 0 }],
  ])('is not told %s', (_, dataKeys, pace) =>
    expect(secondsLeft({ dataKeys, estimated: 1_000 }, pace)).toBeUndefined(),
  );
  it.each([
    [0.2, '1 s'],
    [89, '89 s'],
    [600, '10 min'],
    [20_000, '5.6 h'],
    [400_000, '4.6 days'],
  ])('of %d seconds is %s', (seconds, words) => expect(duration(seconds)).toBe(words));
});

it('a pass is never shown as done before its units are', () => {
  expect(partDone({ unitsDone: 3, units: 4, dataKeys: 5_000, estimated: 1_000 })).toBe(0.99);
  expect(partDone({ unitsDone: 4, units: 4, dataKeys: 10, estimated: 1_000 })).toBe(1);
  expect(partDone({ unitsDone: 1, units: 4, dataKeys: 10, estimated: 0 })).toBe(0.25);
});

const pass = (dataKeys: number, changes: Partial<PhaseProgress> = {}): PhaseProgress => ({
  ...{ phase: 'migrate', unitsDone: 1, units: 4, stores: [] },
  books: { ...EMPTY_BOOKS, dataKeys, records: dataKeys, kms: { requests: dataKeys, throttled: 7 } },
  ...changes,
});
const estimated = plan({ estimate: { ...plan().estimate, dataKeys: 10_000 } });
const look = (dataKeys: number, changes: Partial<Look> = {}): Look => ({
  plan: estimated,
  progress: [pass(dataKeys)],
  activity: { kind: 'running' },
  rate: { requestsPerSecond: 500 },
  ...changes,
});
/** What is shown of a second look, ten seconds after the first. */
function shown(changes: Partial<Look> = {}) {
  let now = 0;
  const show = shownRun(() => now);
  show(look(0));
  now = 10_000;
  return show(look(4_000, changes));
}

describe('a run on a terminal', () => {
  it('has a bar, what is done, its pace, its end, and the rate beside the cap', () =>
    expect(plain(progressScreen(shown(), 120)).split('\n')).toEqual([
      `Migrate  ${'━'.repeat(9)}${'─'.repeat(15)}  40 %  4,000 data keys · 4,000 records · 400 a second · about 15 s left`,
      'KMS      400 of 500 requests a second · 7 throttled',
    ]));

  it('has a line for each store, where there are several', () => {
    const stores = ['dynamodb Orders', 's3 documents/2026/'].map((store, index) => ({
      ...{ store, unitsDone: index, units: 2, records: 10, dataKeys: 20 },
    }));
    expect(plain(progressScreen(shown({ progress: [pass(4_000, { stores })] }), 100))).toContain(
      '\n  dynamodb Orders: 0/2 units · 20 data keys · 10 records\n  s3 documents/2026/: 1/2 units',
    );
  });

  it.each([
    [{ kind: 'paused' }, 'paused: rewrap resume lets it continue'],
    [
      { kind: 'stopping', words: 'stopped by an operator (rewrap stop)' },
      'stopping: stopped by an operator (rewrap stop)',
    ],
    [{ kind: 'running', words: 'Orders is throttled' }, 'trouble: Orders is throttled'],
  ] as const)('says first what it is doing: %j', (activity, line) =>
    expect(progressScreen(shown({ activity }), 80).split('\n')[0]).toBe(line),
  );

  it('fits into narrow terminals', () => {
    for (const columns of [20, 40, 60])
      for (const line of plain(progressScreen(shown(), columns)).split('\n'))
        expect(line.length).toBeLessThan(columns);
  });
});

it('a run without a terminal is a line', () =>
  expect(progressLine(shown().passes)).toBe(
    'Migrate 1/4 units, 4,000 data keys, 400 a second, about 15 s left',
  ));
