import { scaleLinear } from 'd3-scale';
import { OUTCOME_KINDS, type OutcomeKind } from '../../model/outcome.ts';
import type { StoreReport } from '../report.ts';
import { bar, chart, label, legend } from './chart.ts';
import { code, number, shortened, table } from './elements.ts';

/** A store is a line of 40 pixels, and more than a screen of them is no picture. */
const MOST_DRAWN = 12;
const ROW = 40;
/** One data key in a million can still be seen: no bar is narrower than this, in per cent. */
const LEAST = 1;

/** What became of the data keys of each store: a chart, and the same in a table. */
export function outcomesPart(stores: readonly StoreReport[]): string {
  const kinds = kindsIn(stores);
  if (kinds.length === 0) return '';
  const shown = drawnOf(stores);
  const left = stores.length - shown.length;
  const note =
    left === 0
      ? ''
      : `<p>The chart shows ${shown.length} of ${number(stores.length)} stores, those in doubt first; the table has all.</p>`;
  return `${outcomesChart(stores)}${legend(
    kinds.map(kind => ({ kind: `outcome ${kind}`, words: `${kind}: ${total(stores, kind)}` })),
  )}${note}${table({
    caption: 'Data keys of each store by outcome',
    head: ['Store', 'Data keys', ...kinds],
    rows: stores.map(({ store, dataKeys, outcomes }) => [
      code(store),
      number(dataKeys),
      ...kinds.map(kind => outcomeCell(kind, outcomes[kind] ?? 0)),
    ]),
  })}`;
}

function kindsIn(stores: readonly StoreReport[]): readonly OutcomeKind[] {
  return OUTCOME_KINDS.filter(kind => stores.some(({ outcomes }) => (outcomes[kind] ?? 0) > 0));
}

export function outcomesChart(stores: readonly StoreReport[]): string {
  const shown = drawnOf(stores);
  const row = ({ store, dataKeys, outcomes }: StoreReport, index: number): string => {
    const y = index * ROW;
    return [
      label(0, y + 13, shortened(store, 40)),
      label(100, y + 13, dataKeys.toLocaleString('en-US'), 'figure end'),
      ...segments(outcomes).map(one => bar({ ...one, y: y + 19, height: 14 })),
    ].join('');
  };
  const words = ({ store, outcomes }: StoreReport): string =>
    `${shortened(store, 40)}: ${kindsIn(shown)
      .map(kind => `${outcomes[kind] ?? 0} ${kind}`)
      .join(', ')}.`;
  return chart({
    id: 'outcomes',
    title: 'What became of the data keys of each store',
    description: `The share of each outcome; the smallest are drawn wider than they are. ${shown.map(words).join(' ')}`,
    height: shown.length * ROW,
    body: shown.map(row).join(''),
  });
}

/** Those in doubt first, then the largest. */
function drawnOf(stores: readonly StoreReport[]): readonly StoreReport[] {
  if (stores.length <= MOST_DRAWN) return stores;
  const doubt = ({ verdict }: StoreReport): number => (verdict.kind === 'not-proven' ? 0 : 1);
  return [...stores].sort((a, b) => doubt(a) - doubt(b) || b.dataKeys - a.dataKeys).slice(0, MOST_DRAWN);
}

interface Segment {
  readonly kind: string;
  readonly x: number;
  readonly width: number;
}

function segments(outcomes: StoreReport['outcomes']): readonly Segment[] {
  const counts = OUTCOME_KINDS.map(kind => ({ kind, count: outcomes[kind] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
  const sum = counts.reduce((all, { count }) => all + count, 0);
  const wide = scaleLinear([0, sum], [0, 100 - LEAST * counts.length]);
  let x = 0;
  return counts.map(({ kind, count }) => {
    const width = LEAST + wide(count);
    const segment = { kind: `outcome ${kind}`, x, width };
    x += width;
    return segment;
  });
}

function outcomeCell(kind: OutcomeKind, count: number): string {
  return count === 0 ? '<span class="none">0</span>' : `<span class="named ${kind}">${number(count)}</span>`;
}

function total(stores: readonly StoreReport[], kind: OutcomeKind): string {
  return stores.reduce((sum, { outcomes }) => sum + (outcomes[kind] ?? 0), 0).toLocaleString('en-US');
}
