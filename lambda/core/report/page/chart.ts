import { escape } from './elements.ts';

export interface ChartParts {
  /** Of ours, and unlike that of any other chart of the page. */
  readonly id: string;
  readonly title: string;
  /** What it shows, in words, for who does not see it. */
  readonly description: string;
  /** In pixels. */
  readonly height: number;
  readonly body: string;
}

/**
 * A drawing as wide as its column. Widths are percentages and heights are pixels, so it fits a telephone and a sheet of paper
 * without its text becoming smaller.
 */
export function chart({ id, title, description, height, body }: ChartParts): string {
  const names = `<title id="${id}-title">${escape(title)}</title><desc id="${id}-words">${escape(description)}</desc>`;
  return `<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-words" width="100%" height="${height}" xmlns="http://www.w3.org/2000/svg">${names}${body}</svg>`;
}

export interface Bar {
  /** Per cent of the width. */
  readonly x: number;
  readonly width: number;
  /** Pixels. */
  readonly y: number;
  readonly height: number;
  readonly kind: string;
}

export function bar({ x, width, y, height, kind }: Bar): string {
  return `<rect class="${escape(kind)}" x="${share(x)}" width="${share(width)}" y="${pixels(y)}" height="${pixels(height)}"/>`;
}

export function label(x: number, y: number, text: string, kind = ''): string {
  return `<text${kind === '' ? '' : ` class="${kind}"`} x="${share(x)}" y="${pixels(y)}">${escape(text)}</text>`;
}

export function share(value: number): string {
  return `${pixels(value)}%`;
}

/** A report is read from a bucket: what is no number there draws nothing. */
function pixels(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : '0';
}

/** An entry of a legend; `kind` is a class that the style sheet colours. */
export function legend(entries: readonly { readonly kind: string; readonly words: string }[]): string {
  const entry = ({ kind, words }: (typeof entries)[number]): string =>
    `<li><svg class="swatch" width="12" height="12" aria-hidden="true"><rect class="${escape(kind)}" width="12" height="12" rx="2"/></svg>${escape(words)}</li>`;
  return `<ul class="legend">${entries.map(entry).join('')}</ul>`;
}
