import type { TableScope } from './scope.ts';

type Filter = NonNullable<TableScope['filter']>;

/**
 * Whether no item can match both filters, as far as their texts show. `false` only means that it could not be shown: this
 * is not a solver. It knows a condition and its negation, `attribute_exists` and `attribute_not_exists`, one attribute
 * equal to two different values, and `begins_with` of two different texts; each also as part of a conjunction.
 */
export function areDisjoint(a: Filter, b: Filter): boolean {
  const [first, second] = [conjuncts(resolved(a)), conjuncts(resolved(b))];
  return (
    isNegation(resolved(a), resolved(b)) ||
    first.some(one => second.some(other => exclude(one, other) || exclude(other, one)))
  );
}

/** Whether every item matches exactly one of two filters: a condition and its negation. DynamoDB has no third truth value. */
export function areComplements(a: Filter, b: Filter): boolean {
  const [one, other] = [resolved(a), resolved(b)];
  return isNegation(one, other) || oppositePresence(one, other) || oppositePresence(other, one);
}

/**
 * The expression with its placeholders filled in, so that equal conditions are equal texts. Names and values are written
 * without spaces, brackets and dots: nothing of them can be taken for a part of the expression.
 */
function resolved({ expression, names = {}, values = {} }: Filter): string {
  const filled = expression.replace(/[#:][A-Za-z0-9_]+/g, placeholder => {
    const held = placeholder.startsWith('#') ? names : values;
    if (!Object.hasOwn(held, placeholder)) return placeholder;
    return placeholder.startsWith('#')
      ? asToken(names[placeholder] ?? '')
      : `:${asToken(JSON.stringify(values[placeholder]))}`;
  });
  return withoutOuterBrackets(filled.replace(/\s+/g, ' ').trim());
}

function asToken(text: string): string {
  return encodeURIComponent(text).replace(/[().'!*~]/g, one => `%${one.charCodeAt(0).toString(16)}`);
}

/** The one text value of a typed value; `undefined` for other types, of which one value may be written in several ways. */
function textOf(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const value = JSON.parse(decodeURIComponent(token)) as { readonly S?: unknown };
  return typeof value.S === 'string' ? value.S : undefined;
}

function isNegation(one: string, other: string): boolean {
  const negated = (text: string): string | undefined => {
    const [, rest] = /^NOT (.+)$/i.exec(text) ?? [];
    return rest !== undefined && isOneCondition(rest) ? withoutOuterBrackets(rest) : undefined;
  };
  return negated(one) === other || negated(other) === one;
}

/** `NOT` applies to the one condition that follows it, or to the bracketed expression. */
function isOneCondition(text: string): boolean {
  return withoutOuterBrackets(text) !== text || !/ (?:AND|OR) /i.test(text);
}

const NOT_THERE = /^attribute_not_exists ?\( ?(.+?) ?\)$/i;

function oppositePresence(one: string, other: string): boolean {
  const [, there] = /^attribute_exists ?\( ?(.+?) ?\)$/i.exec(one) ?? [];
  const [, missing] = NOT_THERE.exec(other) ?? [];
  return there !== undefined && there === missing;
}

/** One condition excludes the other. */
function exclude(one: string, other: string): boolean {
  if (isNegation(one, other) || oppositePresence(one, other)) return true;
  const [equal, alsoEqual] = [equality(one), equality(other)];
  if (equal !== undefined && alsoEqual !== undefined)
    return equal.path === alsoEqual.path && equal.value !== alsoEqual.value;
  const [, missing] = NOT_THERE.exec(other) ?? [];
  if (equal !== undefined && missing === equal.path) return true;
  const [start, otherStart] = [beginning(one), beginning(other)];
  return (
    start !== undefined &&
    otherStart?.path === start.path &&
    !start.text.startsWith(otherStart.text) &&
    !otherStart.text.startsWith(start.text)
  );
}

function equality(text: string): { readonly path: string; readonly value: string } | undefined {
  const [, path, token] = /^([^ ()=<>:]+) ?= ?:(\S+)$/.exec(text) ?? [];
  const value = textOf(token);
  return path === undefined || value === undefined ? undefined : { path, value };
}

function beginning(text: string): { readonly path: string; readonly text: string } | undefined {
  const [, path, token] = /^begins_with ?\( ?([^ ,():]+) ?, ?:(\S+?) ?\)$/i.exec(text) ?? [];
  const start = textOf(token);
  return path === undefined || start === undefined ? undefined : { path, text: start };
}

/** The parts of a conjunction; the whole expression if it is anything else. */
function conjuncts(text: string): readonly string[] {
  if (/ OR | BETWEEN /i.test(text)) return [text];
  return text.split(/ AND /i).map(withoutOuterBrackets);
}

function withoutOuterBrackets(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  for (const [index, character] of Array.from(text).entries()) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth === 0 && index < Array.from(text).length - 1) return text;
  }
  return withoutOuterBrackets(text.slice(1, -1).trim());
}
