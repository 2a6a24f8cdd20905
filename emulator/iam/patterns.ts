import type { Context } from './context.ts';

/** Whether a text matches. The context fills in policy variables. */
export type Pattern = (text: string, context: Context) => boolean;

export interface PatternOptions {
  /** `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  /** `${…}` is a policy variable, as in policies of version 2012-10-17. */
  readonly variables: boolean;
  readonly ignoreCase?: boolean;
}

/** `${KEY}`, `${KEY, 'DEFAULT'}`, and `${*}`, `${?}`, `${$}` for the characters themselves. */
const VARIABLE = /\$\{(?<name>[^{},]*)(?:,\s*'(?<otherwise>[^']*)'\s*)?\}/g;

/** A text of a policy as a pattern. It is compiled at once, unless it has variables. */
export function patternOf(text: string, options: PatternOptions): Pattern {
  if (!options.variables || !text.includes('${')) {
    const compiled = compile([{ policy: text }], options);
    return candidate => compiled.test(candidate);
  }
  return (candidate, context) => {
    const parts = substituted(text, context);
    return parts !== undefined && compile(parts, options).test(candidate);
  };
}

/** `policy`: text of the policy, whose wildcards count. `literal`: a value, whose characters stand for themselves. */
type Part = { readonly policy: string } | { readonly literal: string };

/** `undefined` if the request lacks a variable, or has several values for it: nothing matches then. */
function substituted(text: string, context: Context): readonly Part[] | undefined {
  const parts: Part[] = [];
  let end = 0;
  for (const found of text.matchAll(VARIABLE)) {
    const { name = '', otherwise } = found.groups ?? {};
    const literal = valueOf(name.trim(), context) ?? otherwise;
    if (literal === undefined) return undefined;
    parts.push({ policy: text.slice(end, found.index) }, { literal });
    end = found.index + found[0].length;
  }
  return [...parts, { policy: text.slice(end) }];
}

function valueOf(name: string, context: Context): string | undefined {
  if (['*', '?', '$'].includes(name)) return name;
  const value = context.get(name.toLowerCase());
  return typeof value === 'string' ? value : undefined;
}

function compile(parts: readonly Part[], { wildcards, ignoreCase = false }: PatternOptions): RegExp {
  const source = parts
    .map(part => ('literal' in part || !wildcards ? escaped(textOf(part)) : withWildcards(part.policy)))
    .join('');
  return new RegExp(`^${source}$`, ignoreCase ? 'isu' : 'su');
}

function textOf(part: Part): string {
  return 'literal' in part ? part.literal : part.policy;
}

/** Runs of `*` are one `*`, so that a hostile policy cannot make the expression backtrack for long. */
function withWildcards(text: string): string {
  return escaped(text)
    .replaceAll(/(?:\\\*)+/g, '.*')
    .replaceAll('\\?', '.');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
