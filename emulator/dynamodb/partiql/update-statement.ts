import { malformed } from './malformed.ts';
import { tokensOf, type Token } from './tokens.ts';

export type Path = readonly (string | number)[];

/** What is set, or compared, stands in the parameters, in the order of the question marks. */
export interface UpdateStatement {
  readonly table: string;
  readonly actions: readonly (
    { readonly kind: 'set'; readonly path: Path } | { readonly kind: 'remove'; readonly path: Path }
  )[];
  readonly conditions: readonly (
    { readonly kind: 'equals'; readonly path: Path } | { readonly kind: 'missing'; readonly path: Path }
  )[];
}

/**
 * `UPDATE table [SET path = ? | REMOVE path] … WHERE path = ? [AND path = ? | AND path IS MISSING] …`
 * (Developer Guide, "PartiQL update statements for DynamoDB"). Nothing else of PartiQL is there.
 *
 * @throws AwsError for any other statement
 */
export function parseUpdate(statement: string): UpdateStatement {
  const reader = new Reader(tokensOf(statement));
  reader.need('UPDATE');
  const table = reader.name();
  const actions: UpdateStatement['actions'][number][] = [];
  while (!reader.takes('WHERE')) actions.push(action(reader));
  if (actions.length === 0) throw malformed('an UPDATE sets or removes something');
  const conditions: UpdateStatement['conditions'][number][] = [condition(reader)];
  while (!reader.atEnd) {
    reader.need('AND');
    conditions.push(condition(reader));
  }
  return { table, actions, conditions };
}

function action(reader: Reader): UpdateStatement['actions'][number] {
  if (reader.takes('REMOVE')) return { kind: 'remove', path: reader.path() };
  reader.need('SET');
  const path = reader.path();
  reader.needParameter();
  return { kind: 'set', path };
}

function condition(reader: Reader): UpdateStatement['conditions'][number] {
  const path = reader.path();
  if (reader.takes('IS')) {
    reader.need('MISSING');
    return { kind: 'missing', path };
  }
  reader.needParameter();
  return { kind: 'equals', path };
}

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#next === this.#tokens.length;
  }

  takes(keyword: string): boolean {
    const token = this.#tokens[this.#next];
    const found = token?.kind === 'word' && token.text.toUpperCase() === keyword;
    if (found) this.#next++;
    return found;
  }

  need(keyword: string): void {
    if (!this.takes(keyword)) throw malformed(`${keyword} was expected${this.#here}`);
  }

  needParameter(): void {
    for (const text of ['=', '?'])
      if (!this.#takesSign(text)) throw malformed(`"= ?" was expected${this.#here}`);
  }

  name(): string {
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'name' && token?.kind !== 'word') throw malformed(`a name was expected${this.#here}`);
    this.#next++;
    return token.text;
  }

  path(): Path {
    const steps: (string | number)[] = [this.name()];
    for (;;) {
      const token = this.#tokens[this.#next];
      if (token?.kind === 'index') {
        this.#next++;
        steps.push(token.index);
      } else if (this.#takesSign('.')) steps.push(this.name());
      else return steps;
    }
  }

  #takesSign(text: string): boolean {
    const token = this.#tokens[this.#next];
    const found = token?.kind === 'sign' && token.text === text;
    if (found) this.#next++;
    return found;
  }

  get #here(): string {
    return this.atEnd ? ' at its end' : ` at its token ${this.#next + 1}`;
  }
}
