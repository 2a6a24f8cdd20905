/**
 * The expressions of EventBridge Scheduler, as its user guide documents them ("Schedule types in EventBridge Scheduler").
 * What it does not document is refused here, with words, and not by the service in the middle of a deployment.
 */

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

/** API reference, CreateSchedule: 1 to 256 characters. */
const MAX_LENGTH = 256;
/** No documented bound; 274 years in days. */
const MAX_RATE = 100_000;

const CURE = 'write rate(90 days), or cron(0 3 1 * ? *) for 03:00 on the first day of each month';

/** What is wrong with an expression, and what to write instead; `undefined` where it is right. */
export function scheduleProblem(expression: string): string | undefined {
  if (expression.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters; ${CURE}`;
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case 'rate':
      return rateProblem(inner);
    case 'cron':
      return cronProblem(inner);
    case 'at':
      return `is a single time, which is past at the next deployment; start one run with rewrap run, or ${CURE}`;
    default:
      return `is no schedule of EventBridge Scheduler; ${CURE}`;
  }
}

/** How far apart the runs of a rate are, in milliseconds; `undefined` for what is no rate. */
export function intervalOf(expression: string): number | undefined {
  const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return unit === undefined ? undefined : Number(value) * UNITS[unit as Unit];
}

function rateProblem(inner: string): string | undefined {
  const [value = '', unit = '', ...rest] = inner.split(' ');
  if (rest.length > 0) return `has more than a number, one space and a unit; ${CURE}`;
  if (!/^[1-9]\d{0,5}$/.test(value) || Number(value) > MAX_RATE)
    return `is no rate: ${value} is no number from 1 to ${MAX_RATE}; ${CURE}`;
  if (!Object.keys(UNITS).some(one => unit === one || unit === `${one}s`))
    return `is no rate: '${unit}' is no unit; write minutes, hours or days`;
  // For one of them, the user guide writes the plural and the API reference both.
  return value !== '1' && !unit.endsWith('s')
    ? `has a unit in the singular; write rate(${value} ${unit}s)`
    : undefined;
}

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
  /** Forms that this field has beside numbers, ranges and lists. */
  readonly more?: RegExp;
  /** Whether `first/step` may be written. */
  readonly steps: boolean;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS: readonly Field[] = [
  { name: 'minutes', low: 0, high: 59, steps: true },
  { name: 'hours', low: 0, high: 23, steps: true },
  { name: 'day of the month', low: 1, high: 31, more: /^(\?|L|([1-9]|[12]\d|3[01])W)$/, steps: true },
  { name: 'month', low: 1, high: 12, names: MONTHS, steps: true },
  {
    name: 'day of the week',
    low: 1,
    high: 7,
    names: DAYS,
    more: /^(\?|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)?L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)#[1-5])$/,
    steps: false,
  },
  { name: 'year', low: 1970, high: 2199, steps: true },
];

function cronProblem(inner: string): string | undefined {
  const fields = inner.split(' ');
  if (fields.length !== FIELDS.length)
    return `has ${fields.length} fields, and needs ${FIELDS.length}, with one space between them: ${FIELDS.map(({ name }) => name).join(', ')}`;
  const wrong = FIELDS.find((field, at) => !isValid(fields[at] ?? '', field));
  if (wrong !== undefined)
    return `has ${wrong.name} = '${fields[FIELDS.indexOf(wrong)]}'; write ${formsOf(wrong)}`;
  const [, , monthDay = '', month = '', weekDay = ''] = fields;
  if (monthDay !== '?' && weekDay !== '?')
    return 'names days of the month and days of the week; write ? for one of them';
  if (monthDay === '?' && weekDay === '?') return 'names no day; write * for one of its two ?';
  return neverComes(monthDay, month)
    ? `never comes: none of its months has the day ${monthDay}; name another day or month`
    : undefined;
}

function isValid(text: string, field: Field): boolean {
  if (text === '*' || field.more?.test(text) === true) return true;
  const [first = '', step, ...rest] = text.split('/');
  if (step !== undefined)
    return (
      field.steps &&
      rest.length === 0 &&
      (first === '*' || numberOf(first, field) !== undefined) &&
      /^[1-9]\d{0,3}$/.test(step)
    );
  return text.split(',').every(member => rangeOf(member, field) !== undefined);
}

type Range = readonly [number, number];

function rangeOf(text: string, field: Field): Range | undefined {
  const [from = '', to = from, ...rest] = text.split('-');
  const [first, last] = [numberOf(from, field), numberOf(to, field)];
  if (rest.length > 0 || first === undefined || last === undefined || first > last) return undefined;
  return [first, last];
}

function numberOf(text: string, { low, high, names = [] }: Field): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return named + 1;
  const value = Number(text);
  return /^\d{1,4}$/.test(text) && value >= low && value <= high ? value : undefined;
}

function formsOf({ name, low, high, names, more, steps }: Field): string {
  const numbers = `numbers from ${low} to ${high}${names === undefined ? '' : ` or ${names[0]} to ${names.at(-1)}`}`;
  const special = name === 'day of the month' ? ', ?, L, 15W' : ', ?, L, 6L, 2#1';
  return `*, ${numbers}, 1-3, 1,2${steps ? ', 1/3' : ''}${more === undefined ? '' : special}`;
}

const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A list of days of which every one is too late for every month that is listed. */
function neverComes(monthDay: string, month: string): boolean {
  const [, , DAY, MONTH] = FIELDS;
  const days = rangesIn(monthDay, DAY);
  const months = rangesIn(month, MONTH);
  if (days === undefined || months === undefined) return false;
  const earliest = Math.min(...days.map(([first]) => first));
  return months.every(([first, last]) => LONGEST.slice(first - 1, last).every(longest => longest < earliest));
}

function rangesIn(text: string, field: Field | undefined): readonly Range[] | undefined {
  if (field === undefined) return undefined;
  const ranges = text.split(',').map(member => rangeOf(member, field));
  return ranges.every(range => range !== undefined) ? ranges : undefined;
}

/** Names of the IANA time zone database, which is what EventBridge Scheduler takes, in their spelling. */
export function timeZoneProblem(zone: string): string | undefined {
  const words = 'is no time zone of the IANA database; write UTC or a name such as Europe/Berlin';
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*)*$/.test(zone)) return words;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return undefined;
  } catch {
    return words;
  }
}
