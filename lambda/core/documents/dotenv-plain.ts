import type { AttributeValue } from '../model/record.ts';
import { firstThatReads, NOT_AGREED, type Lines } from './lines.ts';
import type { Entry, Place } from './place.ts';

const NAME = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/y;
const IGNORED = /^[ \t]*(?:#|$)/;
const COMMENT = /^[ \t]*(?:#.*)?$/;
/** Escapes, variables and nested quotes: some readers take them as they are. */
const EXPANDED = /[\\$`]/;

/** A line as the dotenv libraries read it. Where they differ, the value is closed. */
export function plainDotenvEntry(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  lines: Lines,
): Entry | undefined {
  if (IGNORED.test(text.slice(start, end))) return undefined;
  NAME.lastIndex = start;
  const match = NAME.exec(text);
  const name = match?.[1];
  if (match === null || name === undefined || NAME.lastIndex > end) {
    lines.refuse('is not dotenv');
    return undefined;
  }
  const at = NAME.lastIndex;
  const place = valueAt(text, at, end);
  if (place === undefined) lines.refuse('has a quote that does not end with the value');
  else if (place.end > lines.at) lines.at = afterLine(text, place.end);
  return place && { name, start, nameEnd: start + match[0].indexOf(name) + name.length, place };
}

function afterLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

function valueAt(text: string, start: number, end: number): Place | undefined {
  const quote = text[start] ?? '';
  return start < end && `'"\``.includes(quote) ? quotedAt(text, start, quote) : bareAt(text, start, end);
}

/** It may run over several lines, as private keys do. */
function quotedAt(text: string, start: number, quote: string): Place | undefined {
  let close = text.indexOf(quote, start + 1);
  while (quote === '"' && close > 0 && text[close - 1] === '\\') close = text.indexOf(quote, close + 1);
  if (close < 0) return undefined;
  const rest = text.slice(close + 1, afterLine(text, close)).replace(/\r?\n$/, '');
  if (!COMMENT.test(rest)) return undefined;
  const inner = text.slice(start + 1, close);
  const closed = quote === '`' || EXPANDED.test(inner) ? { closed: NOT_AGREED } : {};
  return { start, end: close + 1, shown: { S: inner }, ...closed };
}

function bareAt(text: string, start: number, end: number): Place {
  const line = text.slice(start, end);
  const comment = /[ \t]#/.exec(line)?.index ?? line.length;
  const value = line.slice(0, comment).trimEnd();
  const closed = EXPANDED.test(value) || /['"#]/.test(value) ? { closed: NOT_AGREED } : {};
  return { start, end: start + value.length, shown: { S: value }, ...closed };
}

/** In the old quotes, if there were some; without quotes if that says the same; or else in quotes. */
export function plainDotenvValue(after: AttributeValue, old: string): string {
  const text = 'S' in after ? after.S : '';
  const quotes = ["'", '"'].sort(one => (old.startsWith(one) ? -1 : 1));
  const quoted = quotes.map(quote => `${quote}${text}${quote}`);
  return firstThatReads(/^['"]/.test(old) ? quoted : [text, ...quoted], after, spelling => {
    const place = /^[ \t]/.test(spelling) ? undefined : valueAt(spelling, 0, spelling.length);
    if (place === undefined || place.closed !== undefined || place.end < spelling.length) return undefined;
    return 'S' in place.shown ? place.shown.S : undefined;
  });
}
