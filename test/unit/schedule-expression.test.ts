import fc from 'fast-check';
import { intervalOf, scheduleProblem, timeZoneProblem } from '../../lambda/core/job/schedule-expression.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { jobInput } from '../support/builders.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

describe('a schedule expression', () => {
  it.each([
    'rate(1 minute)',
    'rate(1 minutes)',
    'rate(90 days)',
    'cron(0 3 ? * SUN *)',
    'cron(0 3 1 1,4,7,10 ? *)',
    'cron(15 10 ? * 6L 2026-2030)',
    'cron(0/5 8-17 ? * MON-FRI *)',
    'cron(*/10 * * * ? *)',
    'cron(0 0 L * ? *)',
    'cron(0 0 15W JAN-MAR,DEC ? 2026/2)',
    'cron(0 9 ? * TUE#1 *)',
    'cron(0 9 ? * 2#5 2199)',
  ])('%s is one that EventBridge Scheduler documents', expression => {
    expect(scheduleProblem(expression)).toBeUndefined();
  });

  it.each([
    ['every friday', 'is no schedule'],
    ['rate(0 days)', '0 is no number from 1 to 100000'],
    ['rate(1.5 days)', '1.5 is no number'],
    ['rate(2 day)', 'write rate(2 days)'],
    ['rate(2 weeks)', "'weeks' is no unit"],
    ['rate(2  days)', 'one space'],
    ['rate(2 days) ', 'is no schedule'],
    ['cron(0 3 * * *)', 'has 5 fields, and needs 6'],
    ['cron(0 3 * * SUN *)', 'names days of the month and days of the week'],
    ['cron(0 3 ? * ? *)', 'names no day'],
    ['cron(60 3 ? * SUN *)', "minutes = '60'"],
    ['cron(0 24 ? * SUN *)', "hours = '24'"],
    ['cron(0 3 32 * ? *)', "day of the month = '32'"],
    ['cron(0 3 1 13 ? *)', "month = '13'"],
    ['cron(0 3 ? * 0 *)', "day of the week = '0'"],
    ['cron(0 3 ? * SUNDAY *)', "day of the week = 'SUNDAY'"],
    ['cron(0 3 ? * SUN 1969)', "year = '1969'"],
    ['cron(0 3 ? * SUN#6 *)', "day of the week = 'SUN#6'"],
    ['cron(0 3 ? * MON#1,TUE#1 *)', "day of the week = 'MON#1,TUE#1'"],
    ['cron(0 3 LW * ? *)', "day of the month = 'LW'"],
    ['cron(0 3 5-2 * ? *)', "day of the month = '5-2'"],
    ['cron(? 3 1 * ? *)', "minutes = '?'"],
    ['cron(0/0 3 1 * ? *)', "minutes = '0/0'"],
    ['cron(0 3 31 2,4 ? *)', 'never comes'],
    ['cron(0 3 30 FEB ? *)', 'never comes'],
    ['at(2026-12-24T03:00:00)', 'is a single time'],
  ])('%s is refused, and says why: %s', (expression, words) => {
    expect(scheduleProblem(expression)).toContain(words);
  });

  it('that follows the documented grammar is accepted, whatever it says', () => {
    fc.assert(fc.property(cron(), expression => scheduleProblem(expression) === undefined));
  });

  it('with any one field out of its bounds is refused', () => {
    fc.assert(
      fc.property(cron(), fc.nat(5), fc.constantFrom('', '-1', '2200', 'x', '1-', ',1', '*#', '1/'), broken),
    );
    function broken(expression: string, at: number, value: string): boolean {
      const fields = expression.slice(5, -1).split(' ');
      fields[at] = value;
      return scheduleProblem(`cron(${fields.join(' ')})`) !== undefined;
    }
  });

  it('is answered in time that does not grow with what is repeated in it', () => {
    const long = `cron(${'1,'.repeat(50_000)}1 3 ? * SUN *)`;
    expect(scheduleProblem(long)).toContain('is longer than 256');
  });

  it('tells how far apart its runs are, where it is a rate', () => {
    expect(intervalOf('rate(90 days)')).toBe(90 * DAY);
    expect(intervalOf('rate(1 hour)')).toBe(60 * MINUTE);
    expect(intervalOf('cron(0 3 ? * SUN *)')).toBeUndefined();
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Kolkata'])(
    '%s is one of the IANA database',
    zone => {
      expect(timeZoneProblem(zone)).toBeUndefined();
    },
  );

  it.each(['Europe/Berlinn', '+05:00', 'europe/berlin', 'CEST', ''])('%s is refused', zone => {
    expect(timeZoneProblem(zone)).toContain('is no time zone');
  });
});

describe('the schedule of a job', () => {
  const lines = (schedule: object): readonly string[] => {
    const parsed = parseJob(jobInput({ schedule }), formats);
    return parsed.kind === 'job' ? [] : parsed.problems.map(formatProblem);
  };

  it('waits for a first census and migration, in UTC, unless it says otherwise', () => {
    const parsed = parseJob(jobInput({ schedule: { expression: 'rate(90 days)' } }), formats);
    expect(parsed).toMatchObject({
      kind: 'job',
      job: { schedule: { mode: 'migrate', timeZone: 'UTC', starts: 'after-migration' } },
    });
  });

  it('is checked with the job', () => {
    expect(lines({ expression: 'cron(0 3 * * *)' })).toEqual([
      expect.stringContaining('schedule.expression = "cron(0 3 * * *)": has 5 fields'),
    ]);
    expect(lines({ expression: 'cron(0 3 ? * SUN *)', timeZone: 'Berlin' })).toEqual([
      expect.stringContaining('schedule.timeZone = "Berlin": is no time zone'),
    ]);
  });

  it('cannot be a rate that starts at once, because EventBridge Scheduler would start it when it is deployed', () => {
    expect(lines({ expression: 'rate(90 days)', starts: 'at-once' })).toEqual([
      expect.stringContaining('schedule.starts = "at-once": would start a run at each deployment'),
    ]);
    expect(lines({ expression: 'cron(0 3 ? * SUN *)', starts: 'at-once' })).toEqual([]);
  });
});

/** Expressions made of the tables in the user guide, not of the parser. */
function cron(): fc.Arbitrary<string> {
  const range = (low: number, high: number): fc.Arbitrary<string> =>
    fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high })).map(([a, b]) => {
      const [first, last] = a <= b ? [a, b] : [b, a];
      return first === last ? String(first) : `${first}-${last}`;
    });
  const list = (one: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.array(one, { minLength: 1, maxLength: 4 }).map(members => members.join(','));
  const numbers = (low: number, high: number): fc.Arbitrary<string> =>
    fc.oneof(
      fc.constant('*'),
      list(range(low, high)),
      fc
        .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: 1, max: 10 }))
        .map(both => both.join('/')),
    );
  const months = fc.oneof(numbers(1, 12), list(fc.constantFrom('JAN', 'FEB-APR', 'DEC')));
  const monthDays = fc.oneof(numbers(1, 28), fc.constantFrom('L', '1W', '28W'));
  const weekDays = fc.oneof(
    fc.constant('*'),
    list(range(1, 7)),
    list(fc.constantFrom('SUN', 'MON-FRI', 'SAT')),
    fc.constantFrom('L', '6L', 'FRIL', '2#1', 'MON#5'),
  );
  const days = fc.oneof(
    monthDays.map(day => [day, '?'] as const),
    weekDays.map(day => ['?', day] as const),
  );
  return fc
    .tuple(numbers(0, 59), numbers(0, 23), days, months, numbers(1970, 2199))
    .map(
      ([minutes, hours, [monthDay, weekDay], month, year]) =>
        `cron(${minutes} ${hours} ${monthDay} ${month} ${weekDay} ${year})`,
    );
}
