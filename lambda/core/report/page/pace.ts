import { scaleLinear, scaleUtc } from 'd3-scale';
import type { Course, PaceReport, PassPace } from '../report.ts';
import { bar, chart, label, legend, share } from './chart.ts';
import { details, escape, number, table } from './elements.ts';

/** Pixels: room for the figures above and the times below. */
const TOP = 14;
const BOTTOM = 114;
/** Per cent: room for the figures of the axis. */
const LEFT = 13;

const PASS_WORDS = {
  migrate: 'migrate or census pass',
  verify: 'verify pass',
  rollback: 'rollback',
} as const;

/** Throughput, load and throttling over time; nothing in reports of earlier versions. */
export function pacePart({ pace }: Pick<Course, 'pace'>): string {
  if (pace === undefined) return '';
  const { passes, seconds, mostRequestsPerSecond } = pace;
  const throttled = passes.reduce(
    (sum, one) => sum + one.throttled.reduce((all, count) => all + count, 0),
    0,
  );
  return [
    '<h3>Data keys a second</h3>',
    paceChart(pace, {
      id: 'pace-data-keys',
      of: 'dataKeys',
      title: 'Data keys accounted for in a second, over time',
    }),
    '<h3>KMS requests a second</h3>',
    paceChart(pace, { id: 'pace-requests', of: 'requests', title: 'KMS requests in a second, over time' }),
    legend([
      ...passes.map(({ phase }) => ({ kind: `pass ${phase}`, words: PASS_WORDS[phase] })),
      ...(throttled > 0
        ? [{ kind: 'throttled', words: `throttled by KMS: ${throttled.toLocaleString('en-US')}` }]
        : []),
    ]),
    `<p>Averages of ${number(seconds)} s. What a page counts is spread over the time that it took. ${throttled === 0 ? 'KMS throttled nothing. ' : ''}The run might send ${number(mostRequestsPerSecond)} KMS requests a second in each Region.</p>`,
    details('The figures', paceTable(pace)),
  ].join('');
}

type Series = 'dataKeys' | 'requests';

function paceChart(
  pace: PaceReport,
  { id, of, title }: { readonly id: string; readonly of: Series; readonly title: string },
): string {
  const { passes, seconds } = pace;
  const sums = slots(pace).map(
    slot => passes.reduce((sum, pass) => sum + (pass[of][slot] ?? 0), 0) / seconds,
  );
  const most = Math.max(...sums, 0);
  const y = scaleLinear([0, Math.max(most, 1)], [BOTTOM, TOP]).nice(3);
  const x = scaleLinear([0, sums.length], [LEFT, 100]);
  const width = (x(1) - LEFT) * 0.92;
  const column = (slot: number): string => {
    let base = 0;
    const part = (pass: PassPace): string => {
      const count = (pass[of][slot] ?? 0) / seconds;
      const drawn = { x: x(slot), width, y: y(base + count), height: y(base) - y(base + count) };
      base += count;
      return count > 0 ? bar({ ...drawn, kind: `pass ${pass.phase}` }) : '';
    };
    return passes.map(part).join('') + (of === 'requests' ? throttledBar(slot) : '');
  };
  const throttledBar = (slot: number): string => {
    const count = passes.reduce((sum, { throttled }) => sum + (throttled[slot] ?? 0), 0) / seconds;
    const height = Math.max(3, BOTTOM - y(count));
    return count > 0 ? bar({ x: x(slot), width, y: BOTTOM - height, height, kind: 'throttled' }) : '';
  };
  return chart({
    ...{ id, title },
    description: `At most ${Math.round(most).toLocaleString('en-US')} a second. The figures are in a table below.`,
    height: BOTTOM + 24,
    body: `${grid(y)}${slots(pace).map(column).join('')}${times(pace)}`,
  });
}

function grid(y: ReturnType<typeof scaleLinear<number>>): string {
  return y
    .ticks(3)
    .map(
      value =>
        `<line class="grid" x1="${share(LEFT)}" x2="100%" y1="${y(value)}" y2="${y(value)}"/>${label(LEFT - 1.5, y(value) + 4, value.toLocaleString('en-US'), 'soft end')}`,
    )
    .join('');
}

function times({ from, seconds, passes }: PaceReport): string {
  const start = Date.parse(from);
  if (!Number.isFinite(start)) return '';
  const end = start + seconds * 1000 * (passes[0]?.dataKeys.length ?? 0);
  const x = scaleUtc([new Date(start), new Date(end)], [LEFT, 100]);
  const format = x.tickFormat(3, end - start < 86_400_000 ? '%H:%M:%S' : '%b %d, %H:%M');
  return x
    .ticks(3)
    .filter(at => x(at) < 93)
    .map(at => label(x(at), BOTTOM + 17, format(at), x(at) < LEFT + 6 ? 'soft' : 'soft middle'))
    .join('');
}

function slots({ passes }: PaceReport): readonly number[] {
  return [...(passes[0]?.dataKeys.keys() ?? [])];
}

function paceTable(pace: PaceReport): string {
  const start = Date.parse(pace.from);
  return table({
    caption: 'Counts in each slot of time',
    head: [
      'From (UTC)',
      ...pace.passes.flatMap(({ phase }) => [`${phase}: data keys`, 'KMS requests', 'throttled'].map(escape)),
    ],
    rows: slots(pace).map(slot => [
      Number.isFinite(start)
        ? new Date(start + slot * pace.seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
        : number(slot),
      ...pace.passes.flatMap(({ dataKeys, requests, throttled }) =>
        [dataKeys, requests, throttled].map(series => number(series[slot] ?? 0)),
      ),
    ]),
  });
}
