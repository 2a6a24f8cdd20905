import type { ParsedCondition, ParseCondition } from 'dynalite/db/conditionParser.js';

/** dynalite's parser takes four times as long for each level. */
const MOST_LEVELS = 3;

const TOKEN = /<>|<=|>=|[=<>(),]|[^\s=<>(),]+/g;
const SYNTAX_ERROR = 'Syntax error; the expression ends too early, or goes on after its end';

class Refused extends Error {}

/** Parses a condition by dynalite's parser, but for AND, OR, NOT and parentheses where these are nested deeply, or NOT follows NOT. */
export function parsingNested(parse: ParseCondition): ParseCondition {
  return (text, options) => {
    if (levelsOf(text) <= MOST_LEVELS && !/\bnot\s+not\b/i.test(text)) return parse(text, options);
    try {
      return new Nested(text, leaf => parse(leaf, options)).parsed();
    } catch (error) {
      if (error instanceof Refused) return error.message;
      throw error;
    }
  };
}

function levelsOf(text: string): number {
  let [level, most] = [0, 0];
  for (const one of text) {
    if (one === '(') most = Math.max(most, ++level);
    if (one === ')') level--;
  }
  return most;
}

class Nested {
  readonly #tokens: readonly string[];
  readonly #ends: ReadonlyMap<number, number>;
  readonly #parseLeaf: (text: string) => ParsedCondition | string;
  readonly #paths = { nestedPaths: {}, pathHeads: {} };
  #at = 0;

  constructor(text: string, parseLeaf: (text: string) => ParsedCondition | string) {
    this.#tokens = text.match(TOKEN) ?? [];
    this.#ends = endsOf(this.#tokens);
    this.#parseLeaf = parseLeaf;
  }

  parsed(): ParsedCondition {
    const expression = this.#either();
    if (this.#at < this.#tokens.length) throw new Refused(SYNTAX_ERROR);
    return { expression, ...this.#paths };
  }

  #either(): object {
    let expression = this.#both();
    while (this.#took('or')) expression = { type: 'or', args: [expression, this.#both()] };
    return expression;
  }

  #both(): object {
    let expression = this.#negated();
    while (this.#took('and')) expression = { type: 'and', args: [expression, this.#negated()] };
    return expression;
  }

  #negated(): object {
    let negations = 0;
    while (this.#took('not')) negations++;
    let expression = this.#isGroup(this.#at) ? this.#group() : this.#leaf();
    for (; negations > 0; negations--) expression = { type: 'not', args: [expression] };
    return expression;
  }

  #group(): object {
    const end = this.#ends.get(this.#at) ?? this.#tokens.length;
    if (this.#isGroup(this.#at + 1) && this.#ends.get(this.#at + 1) === end - 1)
      throw new Refused('The expression has redundant parentheses;');
    this.#at++;
    const expression = this.#either();
    if (this.#at !== end) throw new Refused(SYNTAX_ERROR);
    this.#at++;
    return expression;
  }

  /** A comparison or a function, up to the AND or OR behind it; that of BETWEEN is its own. */
  #leaf(): object {
    const begin = this.#at;
    let own = false;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const end = this.#ends.get(this.#at);
      if (end !== undefined) this.#at = end;
      else if (this.#is('between')) own = true;
      else if (this.#is('and') && own) own = false;
      else if (this.#is('and') || this.#is('or') || this.#is(')')) break;
    }
    const parsed = this.#parseLeaf(this.#tokens.slice(begin, this.#at).join(' '));
    if (typeof parsed === 'string') throw new Refused(parsed);
    Object.assign(this.#paths.nestedPaths, parsed.nestedPaths);
    Object.assign(this.#paths.pathHeads, parsed.pathHeads);
    return parsed.expression;
  }

  /** Parentheses around a condition, and not around an operand. */
  #isGroup(at: number): boolean {
    const end = this.#ends.get(at);
    if (this.#tokens[at] !== '(' || end === undefined) return false;
    const next = this.#tokens[end + 1]?.toLowerCase();
    return next === undefined || ['and', 'or', ')'].includes(next);
  }

  #is(word: string): boolean {
    return this.#tokens[this.#at]?.toLowerCase() === word;
  }

  #took(word: string): boolean {
    const isNext = this.#is(word);
    if (isNext) this.#at++;
    return isNext;
  }
}

/** Where each parenthesis ends. */
function endsOf(tokens: readonly string[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token === '(') open.push(at);
    const begin = token === ')' ? open.pop() : undefined;
    if (begin !== undefined) ends.set(begin, at);
    else if (token === ')') throw new Refused(SYNTAX_ERROR);
  }
  if (open.length > 0) throw new Refused(SYNTAX_ERROR);
  return ends;
}
