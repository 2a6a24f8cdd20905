import { noDocument, type NoDocument } from './document.ts';
import { iniValue, iniValueAt } from './ini-values.ts';
import { DISPUTED_IN_LINES, Lines } from './lines.ts';
import { membersPlace, type Entry, type Place } from './place.ts';
import type { TextForm } from './text-document.ts';

/** INI as go-ini reads it by its defaults, which are those of SOPS. Names before the first section are in `DEFAULT`. */
export const ini: TextForm = { read, writer: () => ({ value: iniValue }) };

interface Section {
  readonly name: string;
  readonly start: number;
  readonly nameEnd: number;
  readonly entries: Entry[];
}

function read(text: string): Place | NoDocument {
  if (DISPUTED_IN_LINES.test(text))
    return noDocument('has characters that readers of INI do not agree about');
  const lines = new Lines(text);
  const sections: Section[] = [{ name: 'DEFAULT', start: 0, nameEnd: 0, entries: [] }];
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const start = line.start + indentOf(text.slice(line.start, line.end));
    const first = text[start] ?? '';
    if (start === line.end || first === '#' || first === ';') continue;
    if (first === '[') sections.push(sectionAt(text, { start, end: line.end }, lines));
    else sections.at(-1)?.entries.push(...entryAt(text, { start, end: line.end }, lines));
  }
  return lines.problem === undefined ? sectionsPlace(text, sections) : noDocument(lines.problem);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function sectionsPlace(text: string, sections: readonly Section[]): Place {
  const entries = sections.flatMap(({ name, start, nameEnd, entries: members }, index) => {
    const span = { start, end: sections[index + 1]?.start ?? text.length };
    const isShown = index > 0 || members.length > 0;
    return isShown ? [{ name, start, nameEnd, place: membersPlace(span, members) }] : [];
  });
  return membersPlace({ start: 0, end: text.length }, entries);
}

interface LineSpan {
  readonly start: number;
  readonly end: number;
}

/** Readers differ about brackets in names: some take the first that closes, and go-ini the last. */
function sectionAt(text: string, { start, end }: LineSpan, lines: Lines): Section {
  const line = text.slice(start, end);
  const close = line.indexOf(']');
  if (close < 2 || line.lastIndexOf(']') !== close)
    lines.refuse('has a section whose name does not end clearly');
  return { name: line.slice(1, close), start, nameEnd: start + close + 1, entries: [] };
}

function entryAt(text: string, { start, end }: LineSpan, lines: Lines): readonly Entry[] {
  const line = text.slice(start, end);
  const name = nameIn(line);
  if (name === undefined) {
    lines.refuse('is not INI');
    return [];
  }
  const place = iniValueAt(text, { start: start + name.length + 1, end }, lines);
  if (place === undefined) return [];
  const closed = name.text === '-' ? { closed: 'it has a number instead of a name' } : {};
  return [{ name: name.text, start, nameEnd: start + name.length, place: { ...place, ...closed } }];
}

/** A name, and how many characters stand before the sign that ends it. */
function nameIn(line: string): { readonly text: string; readonly length: number } | undefined {
  const quote = /^(?:"""|["`])/.exec(line)?.[0] ?? '';
  const close = quote === '' ? 0 : line.indexOf(quote, quote.length);
  if (close < 0) return undefined;
  const length = close + quote.length + line.slice(close + quote.length).search(/[=:]/);
  if (length < close + quote.length) return undefined;
  const text = line.slice(quote.length, quote === '' ? length : close).trim();
  return text === '' ? undefined : { text, length };
}
