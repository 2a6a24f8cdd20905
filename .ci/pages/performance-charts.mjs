import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { benchResults } from './bench-results.mjs';

const WIDTH = 640;
const HEIGHT = 300;
const CHART_FOLDER = 'docs/performance';

/** SVG without a browser: Plot draws into any DOM. */
function drawn(options) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    ...{ document, width: WIDTH, height: HEIGHT, marginLeft: 70, marginBottom: 45 },
    style: { background: 'white', color: 'black' },
    ...options,
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}

/** Both axes have steps of the same ratio, so that linear growth is a line at the angle of the dashed one. */
function growthChart({ axis, points }) {
  const scale = { type: 'log', grid: true };
  const first = points[0];
  const linear = points.map(({ x }) => ({ x, y: (first.cpuMilliseconds * x) / first.x }));
  const figures = points.map(({ x, cpuMilliseconds: y }) => ({ x, y }));
  return drawn({
    x: { ...scale, label: axis, ticks: points.map(({ x }) => x), tickFormat: String },
    y: { ...scale, label: 'CPU of the functions, ms' },
    marks: [
      Plot.line(linear, { x: 'x', y: 'y', stroke: '#999', strokeDasharray: '4 4' }),
      Plot.line(figures, { x: 'x', y: 'y', stroke: '#1f5fa8', strokeWidth: 2 }),
      Plot.dot(figures, { x: 'x', y: 'y', fill: '#1f5fa8' }),
    ],
  });
}

/** Time over latency, with an even scale: what has no growth is level. */
function latencyChart({ axis, points }) {
  const figures = points.map(({ x, milliseconds }) => ({ x, y: milliseconds / 1_000 }));
  return drawn({
    x: { label: axis, grid: true },
    y: { label: 'Migrate pass, seconds', grid: true, zero: true },
    marks: [
      Plot.line(figures, { x: 'x', y: 'y', stroke: '#1f5fa8', strokeWidth: 2 }),
      Plot.dot(figures, { x: 'x', y: 'y', fill: '#1f5fa8' }),
    ],
  });
}

function comparisonChart({ figures }) {
  const bars = Object.entries(figures).map(([who, { cpuMicrosecondsPerDataKey: cpu }]) => ({ who, ...cpu }));
  return drawn({
    marginLeft: 90,
    x: { label: 'CPU of a data key, µs: median, least and most', grid: true },
    y: { label: null, domain: bars.map(({ who }) => who) },
    marks: [
      Plot.barX(bars, {
        x: 'median',
        y: 'who',
        fill: ({ who }) => (who === 'product' ? '#1f5fa8' : '#b5c4d6'),
      }),
      Plot.ruleY(bars, { x1: 'min', x2: 'max', y: 'who', stroke: 'black' }),
    ],
  });
}

function rateChart({ seconds, kmsRequestsPerSecond }) {
  const begin = seconds[0]?.second ?? 0;
  const figures = seconds.map(({ second, asked }) => ({ x: second - begin, y: asked }));
  return drawn({
    x: { label: 'Second', grid: true },
    y: { label: 'KMS requests', grid: true, zero: true },
    marks: [
      Plot.ruleY([kmsRequestsPerSecond], { stroke: '#b03030', strokeDasharray: '4 4' }),
      Plot.dot(figures, { x: 'x', y: 'y', fill: '#1f5fa8', r: 2 }),
    ],
  });
}

/** All charts of docs/performance.md, by their files. */
export function performanceCharts() {
  const results = benchResults('bench');
  if (results === undefined) return {};
  const near = results.comparisons.filter(({ latencyMs }) => latencyMs === 0);
  const charts = [
    ...near.map(one => [`compared-${one.store}`, comparisonChart(one)]),
    ...results.curves.map(one => [one.name, one.name === 'latency' ? latencyChart(one) : growthChart(one)]),
    ['rate', rateChart(results.rate)],
  ];
  return Object.fromEntries(charts.map(([name, svg]) => [`${CHART_FOLDER}/${name}.svg`, svg]));
}
