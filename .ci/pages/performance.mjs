import { benchResults } from './bench-results.mjs';
import { goals } from './performance-goals.mjs';

const NOT_YET = 'Not measured yet.';

const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
const digits = value => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–');
const whole = value => Math.round(value).toLocaleString('en-US');
const spread = ({ median, min, max }) => `${whole(median)} (${whole(min)}–${whole(max)})`;
const picture = (name, words) => `![${words}](performance/${name}.svg)`;

function machineWords({ machine: { cores, cpu, memoryGb, node, date, loadBefore } }) {
  const busy = loadBefore > 0.5;
  return [
    `Measured on ${date}: ${cores} cores (${cpu}), ${memoryGb} GB, Node ${node}.`,
    busy
      ? `**Other work ran beside it** (load ${loadBefore} before it began): times, and ratios of times, may be worse than on a quiet machine.`
      : 'The machine was quiet before it began.',
  ].join('\n');
}

function compared({ store, figures, dataKeys, rounds, latencyMs, workers }) {
  const rows = Object.entries(figures).map(([who, { cpuMicrosecondsPerDataKey, dataKeysPerSecond }]) => [
    who,
    spread(cpuMicrosecondsPerDataKey),
    spread(dataKeysPerSecond),
  ]);
  return [
    `In a ${store}, ${latencyMs} ms away, ${dataKeys} data keys, ${rounds} rounds, workers of the product: ${workers}.`,
    table(['Who', 'CPU of a data key, µs', 'Data keys per second'], rows),
    ...(latencyMs === 0 ? [picture(`compared-${store}`, `CPU of a data key in a ${store}`)] : []),
  ].join('\n\n');
}

function bills({ figures }) {
  const names = Object.keys(figures[0].bill);
  const rows = names.map(name => [name, ...figures.map(({ bill }) => bill[name].toFixed(3))]);
  const total = figures.map(({ bill }) =>
    Object.values(bill)
      .reduce((sum, one) => sum + one, 0)
      .toFixed(2),
  );
  const over = figures.map(({ costWithLambda }) => digits(costWithLambda));
  return table(
    ['Dollars of a million data keys', ...figures.map(({ store }) => store)],
    [...rows, ['**total**', ...total], ['**over the calls of one pass**', ...over]],
  );
}

function counts({ figures }) {
  const names = Object.keys(figures[0].ratios);
  return table(
    ['For one more data key', ...figures.map(({ store }) => store)],
    names.map(name => [name, ...figures.map(({ ratios }) => digits(ratios[name]))]),
  );
}

function curves({ curves: all }) {
  return all
    .map(({ name, axis, growth, points }) => {
      const words =
        name === 'latency'
          ? `the migrate pass takes ${points.map(({ x, milliseconds }) => `${digits(milliseconds / 1_000)} s at ${x} ms`).join(', ')}.`
          : `CPU grows with the power ${digits(growth.cpu)}, requests with ${digits(growth.requests)}.`;
      return `**${axis}**: ${words}\n\n${picture(name, axis)}`;
    })
    .join('\n\n');
}

/** What an application of the account sees of a run that uses the same quota. */
function besideWords(beside) {
  if (beside === undefined) return [];
  const { quota, kmsRequestsPerSecond, workers, neighbour, shareBack, throttledThen, recovered } = beside;
  return [
    '',
    `A quota of ${quota}, of which a run takes ${kmsRequestsPerSecond} with ${workers} workers, and an application that needs ${neighbour.requestsPerSecond} for ${neighbour.seconds} s: it has them`,
    `after ${digits(shareBack)} s, and ${digits(100 * throttledThen)} % of its requests are throttled from then on. ${digits(recovered)} s after its end the run asks as much as before.`,
  ];
}

function rate({ beside, rate: { kmsRequestsPerSecond, workers, sustained, violations, mostInASecond } }) {
  return [
    `A cap of ${kmsRequestsPerSecond} requests per second and ${workers} workers: ${digits(100 * sustained)} % of it sustained,`,
    `${mostInASecond} at most in a second, ${violations} seconds above it. A second begins where the clock of the embedded AWS says so.`,
    ...besideWords(beside),
    `\n${picture('rate', 'KMS requests in each second')}`,
  ].join('\n');
}

function scaleTable(scale) {
  return table(
    ['Store', 'Part', 'Data keys', 'Minutes', 'µs CPU', 'MB peak', 'KMS each', 'Load'],
    scale.map(one => [
      ...[
        one.name,
        one.part,
        whole(one.dataKeys),
        digits(one.milliseconds / 60_000),
        whole(one.cpuMicrosecondsPerDataKey),
      ],
      ...[
        whole(one.peakResidentBytes / 1024 ** 2),
        digits(one.kmsRequestsPerDataKey),
        one.machine.loadBefore,
      ],
    ]),
  );
}

/** Scenes are measured one by one, on whatever machine that is; `load` is that of the machine when one ended. */
function scalePart({ scale }) {
  const on = ({ machine: { cores, cpu, memoryGb, date } }) =>
    `${date}: ${cores} cores (${cpu}), ${memoryGb} GB.`;
  const machines = [...new Set(scale.map(on))].sort().reverse();
  const tables = machines.map(
    machine => `${machine}\n\n${scaleTable(scale.filter(one => on(one) === machine))}`,
  );
  return `"Part" is of the full size; what is not here has not been played, or not to its end. "Load" is what other work wanted of the machine.\n\n${tables.join('\n\n')}`;
}

/** Why a goal is not met stands below the table, which would be wider than a screen. */
function goalsPart(all) {
  const rows = all.map(({ words, bound, figure, met }) => [words, bound, figure, met ? 'yes' : '**no**']);
  const reasons = new Map();
  for (const { words, reason } of all)
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), words]);
  const list = [...reasons].map(([reason, goals]) => `- ${goals.join('; ')}: ${reason}.`);
  return `${table(['Goal', 'Bound', 'Figure', 'Met'], rows)}\n\nWhy not:\n\n${list.join('\n')}`;
}

/** The generated parts of docs/performance.md. */
export function performanceSections() {
  const [results, scale] = [benchResults('bench'), benchResults('scale')];
  const of = part => (results === undefined ? NOT_YET : part(results));
  return {
    machine: of(machineWords),
    goals: of(one => goalsPart(goals(one, scale))),
    comparison: of(({ comparisons }) => comparisons.map(compared).join('\n\n')),
    counts: of(counts),
    bill: of(bills),
    rate: of(rate),
    growth: of(curves),
    scale: scale === undefined ? NOT_YET : scalePart(scale),
  };
}
