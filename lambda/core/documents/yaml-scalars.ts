import type { AttributeValue } from '../model/record.ts';
import { spelling } from './json-strings.ts';
import { isPlainNumber, isPlainText } from './yaml-plain.ts';

/** The source text of a scalar in the style of the old one; in double quotes where that style cannot hold it. */
export function yamlScalar(after: AttributeValue, old: string): string {
  if ('S' in after) return text(after.S, old);
  return `${word(after)}${isBlock(old) ? lastBreak(old) : ''}`;
}

function word(after: AttributeValue): string {
  if ('N' in after && isPlainNumber(after.N)) return after.N;
  if ('BOOL' in after) return String(after.BOOL);
  if ('NULL' in after) return 'null';
  throw new TypeError('A YAML scalar is a text, a number, true, false or null.');
}

function text(value: string, old: string): string {
  if (/\p{Surrogate}/u.test(value)) throw new TypeError('YAML holds well-formed texts only.');
  if (isBlock(old)) return block(value, old) ?? `${doubleQuoted(value, '')}${lastBreak(old)}`;
  if (old.startsWith("'") && !UNPRINTABLE.test(value)) return `'${value.replaceAll("'", "''")}'`;
  if (!/^["']/.test(old) && isPlainText(value)) return value;
  return doubleQuoted(value, old);
}

/** Line breaks among them: a scalar on one line cannot hold these without escapes. */
const UNPRINTABLE = /[\0-\x1F\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF]/;

/** Every string of JSON is one of YAML, but for characters that YAML takes for line breaks or does not print. */
function doubleQuoted(value: string, old: string): string {
  return spelling('')(value, old.startsWith('"') ? old : '').replace(
    /[\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isBlock(old: string): boolean {
  return /^[|>]/.test(old);
}

function lastBreak(old: string): string {
  return /\r?\n$/.exec(old)?.[0] ?? '';
}

/** Literal or folded lines under the old header, as far in as the old ones; `undefined` if they cannot say it. */
function block(value: string, old: string): string | undefined {
  const { header, indent } = blockLayout(old);
  const body = withoutLastBreaks(value);
  if (indent === undefined || body === '' || UNPRINTABLE.test(body.replaceAll('\n', ''))) return undefined;
  const folded = header.startsWith('>');
  if (folded ? /(?:^|\n)[ \t]/.test(body) : /^[ \t\n]/.test(body)) return undefined;
  const newline = /\r?\n/.exec(old)?.[0] ?? '\n';
  const lines = (folded ? body.replaceAll('\n', '\n\n') : body).split('\n');
  const ends = value.length - body.length;
  return [
    chomped(header, ends),
    ...lines.map(line => (line === '' ? '' : `${indent}${line}`)),
    ...Array.from({ length: ends - 1 }, () => ''),
  ]
    .join(newline)
    .concat(ends > 0 ? newline : lastBreak(old));
}

function withoutLastBreaks(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end -= 1;
  return text.slice(0, end);
}

interface BlockLayout {
  readonly header: string;
  readonly indent: string | undefined;
}

function blockLayout(old: string): BlockLayout {
  const [header = '', ...lines] = old.split(/\r?\n/);
  const indent = lines.map(line => /^ *(?=[^ ])/.exec(line)?.[0]).find(spaces => spaces !== undefined);
  return { header, indent };
}

/** The header with the sign that says how many line breaks end the text, unless it says so already. */
function chomped(header: string, ends: number): string {
  const signs = /^[|>][-+\d]*/.exec(header)?.[0] ?? '';
  if (ends > 0 && signs.includes('+')) return header;
  const sign = ends === 0 ? '-' : ends === 1 ? '' : '+';
  return signs.replace(/[-+]/, '') + sign + header.slice(signs.length);
}
