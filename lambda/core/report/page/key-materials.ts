import { scaleLinear } from 'd3-scale';
import type { Evidence, KeyMaterialReport } from '../report.ts';
import { bar, chart, label, legend } from './chart.ts';
import { code, escape, number, shortened, table } from './elements.ts';

/** More bars than these are no picture; the table has all. */
const MOST_DRAWN = 12;
const ROW = 66;

/** Under which key materials the data keys were, and are: a chart, and the same in a table. */
export function keyMaterialsPart({ keyMaterials }: Pick<Evidence, 'keyMaterials'>): string {
  if (keyMaterials.length === 0) return '';
  const rows = keyMaterials.map(({ keyArn, keyMaterialId, state, rotatedAt, before, after }) => [
    code(keyArn),
    keyMaterialId === null ? 'no id given' : code(keyMaterialId),
    escape(state ?? '–'),
    escape(rotatedAt ?? '–'),
    number(before),
    number(after),
  ]);
  const caption = 'Data keys under each key material';
  return `${keyMaterialsChart(keyMaterials)}${legend([
    { kind: 'before', words: 'before the run' },
    { kind: 'after', words: 'after it' },
  ])}${table({ caption, head: ['Key', 'Key material', 'State', 'Rotated', 'Before', 'After'], rows })}`;
}

export function keyMaterialsChart(all: readonly KeyMaterialReport[]): string {
  const shown = all.slice(0, MOST_DRAWN);
  const most = Math.max(1, ...shown.flatMap(({ before, after }) => [before, after]));
  const width = scaleLinear([0, most], [0, 62]);
  const row = ({ before, after, ...material }: KeyMaterialReport, index: number): string => {
    const y = index * ROW;
    const line = (words: string, count: number, at: number): string =>
      [
        label(0, at + 10, words, 'soft'),
        bar({ x: 16, width: count === 0 ? 0 : Math.max(0.5, width(count)), y: at, height: 13, kind: words }),
        label(16 + width(count) + 1.5, at + 11, count.toLocaleString('en-US'), 'figure'),
      ].join('');
    return `${label(0, y + 14, nameOf(material))}${line('before', before, y + 22)}${line('after', after, y + 40)}`;
  };
  return chart({
    id: 'key-materials',
    title: 'Data keys under each key material, before and after the run',
    description: shown.map(one => `${nameOf(one)}: ${one.before} before, ${one.after} after.`).join(' '),
    height: shown.length * ROW,
    body: shown.map(row).join(''),
  });
}

function nameOf({ keyArn, keyMaterialId }: Pick<KeyMaterialReport, 'keyArn' | 'keyMaterialId'>): string {
  const key = shortened(keyArn.split(':').slice(5).join(':') || keyArn, 24);
  return keyMaterialId === null ? key : `${key}, material ${keyMaterialId.slice(0, 8)}…`;
}
