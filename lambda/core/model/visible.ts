/**
 * Characters that a terminal, a browser or a viewer of logs obeys or hides instead of showing them: control characters, such
 * as those that begin an escape sequence; marks that turn the direction of writing; what has no width; separators of lines;
 * halves of characters; what is not assigned.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * A text of somebody else (the name of a table, the key of an object, the words of an error) as it may be put among words of
 * ours: on one line, every character visible. What is not becomes an escape such as `\u001b`.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** JSON of the same meaning, in which no character of a text is invisible. */
export function visibleJson(json: string): string {
  return json.replace(UNSEEN, one => (one === '\n' ? one : inUnits(one)));
}

/** The same value with all of its texts made visible, the names of members included. */
export function visibleData<T>(value: T): T {
  return mapped(value) as T;
}

function mapped(value: unknown): unknown {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value !== 'object' || value === null) return value;
  // Unlike an assignment, fromEntries makes a member of `__proto__`.
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [visible(name), mapped(member)]));
}

function escaped(one: string): string {
  const point = one.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\u{${point.toString(16)}}` : inUnits(one);
}

/** JSON has escapes for halves of characters only. */
function inUnits(one: string): string {
  return Array.from({ length: one.length }, (_, index) => unit(one.charCodeAt(index))).join('');
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
