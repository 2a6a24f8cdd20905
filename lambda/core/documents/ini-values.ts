import type { AttributeValue } from '../model/record.ts';
import { firstThatReads, Lines, NOT_AGREED } from './lines.ts';
import type { Place, Span } from './place.ts';

/** The value behind the sign that ends a name. `undefined` if it does not end. */
export function iniValueAt(text: string, { start, end }: Span, lines: Lines): Place | undefined {
  const line = text.slice(start, end);
  const from = start + line.length - line.trimStart().length;
  if (from === end) {
    const empty = start + (line.startsWith(' ') ? 1 : 0);
    return { start: empty, end: empty, shown: { S: '' } };
  }
  const quote = /^(?:"""|`)/.exec(text.slice(from, end))?.[0];
  if (quote !== undefined) return quotedAt(text, { start: from, end }, quote, lines);
  if (line.trimEnd().endsWith('\\')) return continuedAt(text, { start: from, end }, lines);
  return bareAt(text, { start: from, end });
}

/** Up to the last quote on the line, and if there is none, to the last one on the first line that has one. */
function quotedAt(text: string, span: Span, quote: string, lines: Lines): Place | undefined {
  const { start } = span;
  const inner = start + quote.length;
  const close = lastIn(text, { start: inner, end: span.end }, quote);
  if (close >= 0) return { start, end: close + quote.length, shown: { S: text.slice(inner, close) } };
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const at = lastIn(text, line, quote);
    if (at < 0) continue;
    const shown = { S: text.slice(inner, at) };
    return { start, end: at + quote.length, shown, closed: 'it runs over several lines' };
  }
  lines.refuse('has a quote that does not end');
  return undefined;
}

function lastIn(text: string, { start, end }: Span, quote: string): number {
  const at = text.slice(start, end).lastIndexOf(quote);
  return at < 0 ? -1 : start + at;
}

/** A backslash at the end of a line joins the next one, without its indentation. */
function continuedAt(text: string, span: Span, lines: Lines): Place {
  const parts = [text.slice(span.start, span.end).trim().slice(0, -1)];
  let end = span.end;
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const next = text.slice(line.start, line.end).trim();
    end = line.end;
    if (!next.endsWith('\\')) {
      parts.push(next);
      break;
    }
    parts.push(next.slice(0, -1));
  }
  return { start: span.start, end, shown: { S: parts.join('') }, closed: 'it goes on in the next line' };
}

/**
 * Up to a comment, which needs no blank before it. One pair of quotes around the whole is not part of it. Whether a comment
 * may begin within quotes, go-ini has answered both ways, the last time in version 1.68.
 */
function bareAt(text: string, { start, end }: Span): Place {
  const line = text.slice(start, end);
  const comment = line.search(/[#;]/);
  const value = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
  const quote = /^["']/.exec(value)?.[0];
  const close = quote === undefined ? -1 : value.indexOf(quote, 1);
  const shown = { S: close > 0 && close === value.length - 1 ? value.slice(1, -1) : value };
  const disputed = quote !== undefined && close < 0 && comment >= 0;
  return { start, end: start + value.length, shown, ...(disputed ? { closed: NOT_AGREED } : {}) };
}

/** In the old quotes or without quotes, as the old value was; in others where that would not say it. */
export function iniValue(after: AttributeValue, old: string): string {
  const text = 'S' in after ? after.S : '';
  const quote = /^(?:"""|["'`])/.exec(old)?.[0] ?? '';
  const quotes = [quote, '', '"', '`', '"""'];
  return firstThatReads(
    quotes.filter(one => one === '' || !text.includes(one)).map(one => `${one}${text}${one}`),
    after,
    spelling => textIn(spelling),
  );
}

/** What a spelling says on a line of its own. */
function textIn(spelling: string): string | undefined {
  if (/[\r\n]/.test(spelling)) return undefined;
  const place = iniValueAt(spelling, { start: 0, end: spelling.length }, new Lines(''));
  if (place === undefined || place.closed !== undefined || !('S' in place.shown)) return undefined;
  return place.end - place.start === spelling.length ? place.shown.S : undefined;
}
