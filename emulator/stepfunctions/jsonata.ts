import { createHash, randomUUID } from 'node:crypto';
import jsonata from 'jsonata';
import type { Template } from './asl.ts';
import { QueryFailed } from './states-error.ts';

/** What expressions see: `$states` and the variables assigned so far. */
export interface Bindings {
  readonly states: {
    readonly input: unknown;
    readonly result?: unknown;
    readonly errorOutput?: unknown;
    readonly context: unknown;
  };
  readonly variables: Readonly<Record<string, unknown>>;
}

const compiled = new Map<string, jsonata.Expression>();
const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** Fills a template: replaces every string `{% … %}` by its value. An undefined value is an error. */
export async function evaluate(template: Template, bindings: Bindings, where: string): Promise<unknown> {
  if (typeof template === 'string') return evaluateText(template, bindings, where);
  if (Array.isArray(template))
    return Promise.all(template.map((element, index) => evaluate(element, bindings, `${where}[${index}]`)));
  if (typeof template !== 'object' || template === null) return template;
  const entries = await Promise.all(
    Object.entries(template).map(
      async ([name, value]) => [name, await evaluate(value, bindings, `${where}/${name}`)] as const,
    ),
  );
  return Object.fromEntries(entries);
}

async function evaluateText(text: string, { states, variables }: Bindings, where: string): Promise<unknown> {
  const source = EXPRESSION.exec(text)?.[1];
  if (source === undefined) return text;
  const said = `The JSONata expression '${source.trim()}' specified for the field '${where}'`;
  let value: unknown;
  try {
    value = await expression(source.trim()).evaluate(undefined, { ...variables, states });
  } catch (error) {
    throw new QueryFailed(where, `${said} threw an error during evaluation. ${wordsOf(error)}`);
  }
  if (value === undefined) throw new QueryFailed(where, `${said} returned nothing (undefined).`);
  if (isFunction(value)) throw new QueryFailed(where, `${said} returned an unsupported result type.`);
  // A JSONata sequence is an array with hidden properties. Only plain JSON may leave a state.
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** JSONata's errors have a code, and are not always an Error. */
function wordsOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const words = typeof message === 'string' ? message : JSON.stringify(error);
  return typeof code === 'string' ? `${code}: ${words}` : words;
}

/** A function of JSONata is an object that says so. */
function isFunction(value: unknown): boolean {
  return (
    typeof value === 'function' || (typeof value === 'object' && value !== null && '_jsonata_lambda' in value)
  );
}

type TypeName = 'array' | 'boolean' | 'number';

/** @throws QueryFailed unless the value has the type that its field takes */
export async function evaluateAs(
  type: TypeName,
  template: Template,
  { bindings, where }: { readonly bindings: Bindings; readonly where: string },
): Promise<unknown> {
  const value = await evaluate(template, bindings, where);
  const found = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (found === type) return value;
  const source = typeof template === 'string' ? (EXPRESSION.exec(template)?.[1] ?? template).trim() : '';
  throw new QueryFailed(
    where,
    `The JSONata expression '${source}' specified for the field '${where}' returned an unexpected result type. Expected '${type}', but was '${found}' for value: ${JSON.stringify(value)}`,
  );
}

function expression(source: string): jsonata.Expression {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const parsed = jsonata(source);
  for (const [name, implementation] of Object.entries(STEP_FUNCTIONS))
    parsed.registerFunction(name, implementation);
  compiled.set(source, parsed);
  return parsed;
}

/** Functions that Step Functions adds to JSONata. */
const STEP_FUNCTIONS: Readonly<Record<string, Parameters<jsonata.Expression['registerFunction']>[1]>> = {
  partition: (values: unknown[], size: number) =>
    Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
      values.slice(index * size, (index + 1) * size),
    ),
  // A sequence of one value is that value.
  range: (first: number, last: number, step: number) => {
    const length = Math.floor((last - first) / step) + 1;
    return length === 1 ? first : Array.from({ length }, (_, index) => first + index * step);
  },
  hash: (text: string, algorithm: string) =>
    createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex'),
  random: () => Math.random(),
  uuid: () => randomUUID(),
  parse: (text: string) => JSON.parse(text) as unknown,
};
