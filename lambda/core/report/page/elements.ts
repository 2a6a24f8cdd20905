import { visible } from '../../model/visible.ts';

/** A heading and what is under it; nothing where there is nothing. */
export function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${title}</h2>${body}</section>`;
}

export interface TableParts {
  /** Of ours: also the name of the region in which a wide table scrolls. */
  readonly caption: string;
  readonly head: readonly string[];
  /** Markup. The first cell of each row is its heading. */
  readonly rows: readonly (readonly string[])[];
}

/** A table that scrolls within itself where it is wider than the page; a keyboard can scroll it as well. */
export function table({ caption, head, rows }: TableParts): string {
  const cell = (content: string, index: number): string =>
    index === 0 ? `<th scope="row">${content}</th>` : `<td>${content}</td>`;
  const heads = head.map(name => `<th scope="col">${name}</th>`).join('');
  const body = rows.map(row => `<tr>${row.map(cell).join('')}</tr>`).join('');
  return `<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
}

export function list(entries: readonly string[]): string {
  return entries.length === 0 ? '' : `<ul>${entries.map(entry => `<li>${escape(entry)}</li>`).join('')}</ul>`;
}

export function details(title: string, body: string): string {
  return body === '' ? '' : `<details><summary>${title}</summary>${body}</details>`;
}

export function code(text: string): string {
  return `<code>${escape(text)}</code>`;
}

export function number(value: number): string {
  // A report is read from a bucket, and text in the place of a number is no markup either.
  return escape(value.toLocaleString('en-US'));
}

/** Locators and names come from stores, so none of their characters may become markup, or turn the direction of what follows. */
export function escape(text: string): string {
  return visible(text).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

/** A long name with its middle left out; the table beside a chart has all of it. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(visible(text));
  if (characters.length <= most) return characters.join('');
  const half = Math.floor((most - 1) / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`;
}
