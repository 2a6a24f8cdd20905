import { addNumbers } from './numbers.ts';
import { areEqual, at, elements, typeOf, type Attributes, type Path, type Value } from './values.ts';

/** An action of an update expression as dynalite's parser hands it on. */
export interface Action {
  readonly type: 'set' | 'remove' | 'add' | 'delete';
  readonly path: Path;
  readonly val?: Operand;
}

interface Call {
  readonly type: 'add' | 'subtract' | 'function';
  readonly name?: string;
  readonly args: readonly Operand[];
}

type Operand = Path | Value | Call;

/** Why DynamoDB refuses an update of the item that there is. */
export class NotUpdated extends Error {}

const WRONG_TYPE = 'An operand in the update expression has an incorrect data type';
const WRONG_PATH = 'The document path provided in the update expression is invalid for update';
const NOT_THERE = 'The provided expression refers to an attribute that does not exist in the item';

/**
 * An item after an update expression. Every operand and every path means the item as it was before. What is removed from a
 * list leaves a hole until the end, so that positions mean the list as it was.
 *
 * @throws NotUpdated
 */
export function updated(item: Attributes, actions: readonly Action[]): Attributes {
  const values = actions.map(action => valueOf(action, item));
  const root: Value = { M: structuredClone(item) };
  for (const [index, { path }] of actions.entries()) put(root, path, values[index]);
  return withoutHoles(root)['M'] as Attributes;
}

/** What then is at the path of an action; `undefined` if nothing is. */
function valueOf({ type, path, val }: Action, item: Attributes): Value | undefined {
  const before = at(path, item);
  switch (type) {
    case 'set':
      return resolved(val as Operand, item);
    case 'remove':
      return undefined;
    case 'add':
      return added(before, val as Value);
    case 'delete':
      return deleted(before, val as Value);
  }
}

function added(before: Value | undefined, operand: Value): Value {
  if (before === undefined) return operand;
  const type = typeOf(operand);
  if (typeOf(before) !== type) throw new NotUpdated(WRONG_TYPE);
  if (type === 'N') return sum(before, operand, 1);
  const news = elements(operand).filter(one => !elements(before).some(old => areEqual(old, one)));
  return setOf(type, [...elements(before), ...news]);
}

function deleted(before: Value | undefined, operand: Value): Value | undefined {
  if (before === undefined) return undefined;
  const type = typeOf(operand);
  if (typeOf(before) !== type) throw new NotUpdated(WRONG_TYPE);
  const kept = elements(before).filter(old => !elements(operand).some(one => areEqual(old, one)));
  return kept.length === 0 ? undefined : setOf(type, kept);
}

function setOf(type: string, values: readonly Value[]): Value {
  return { [type]: values.map(value => value[type.charAt(0)]) };
}

function resolved(operand: Operand, item: Attributes): Value {
  if (Array.isArray(operand)) return existing(at(operand as Path, item));
  const { type, name, args = [] } = operand as Partial<Call>;
  const argument = (index: number): Value => resolved(args[index] as Operand, item);
  if (type === 'add' || type === 'subtract') return sum(argument(0), argument(1), type === 'add' ? 1 : -1);
  if (type !== 'function') return operand as Value;
  if (name === 'if_not_exists') return at(args[0] as Path, item) ?? argument(1);
  const lists = [argument(0), argument(1)].map(list => list['L'] as readonly Value[] | undefined);
  if (lists.includes(undefined)) throw new NotUpdated(WRONG_TYPE);
  return { L: lists.flatMap(list => list ?? []) };
}

function existing(value: Value | undefined): Value {
  if (value === undefined) throw new NotUpdated(NOT_THERE);
  return value;
}

function sum(one: Value, other: Value, sign: 1 | -1): Value {
  const [first, second] = [one['N'], other['N']];
  if (typeof first !== 'string' || typeof second !== 'string') throw new NotUpdated(WRONG_TYPE);
  const answer = addNumbers(first, second, sign);
  if (answer.kind === 'outside') throw new NotUpdated(answer.why);
  return { N: answer.sum };
}

/** A value without a type is a hole. */
const HOLE: Value = {};

function put(root: Value, path: Path, value: Value | undefined): void {
  const parent = path.slice(0, -1).reduce<unknown>((one, step) => member(one, step), root);
  const step = path.at(-1) as string | number;
  const content = containerOf(parent, step);
  if (content === undefined) throw new NotUpdated(WRONG_PATH);
  if (Array.isArray(content)) putInList(content as Value[], step as number, value);
  else if (value === undefined) Reflect.deleteProperty(content, step);
  else Object.defineProperty(content, step, { ...PLAIN, value: structuredClone(value) });
}

/** An attribute may have any name, `__proto__` as well. */
const PLAIN = { enumerable: true, configurable: true, writable: true };

function member(value: unknown, step: string | number): unknown {
  const content = containerOf(value, step);
  return content !== undefined && Object.hasOwn(content, step)
    ? (content as Readonly<Record<string, unknown>>)[step]
    : undefined;
}

function containerOf(value: unknown, step: string | number): object | undefined {
  const { M, L } = (value ?? {}) as { readonly M?: object; readonly L?: object };
  return typeof step === 'number' ? L : M;
}

/** Whatever is set beyond the end comes to stand at the end. */
function putInList(list: Value[], position: number, value: Value | undefined): void {
  if (value === undefined && position >= list.length) return;
  while (list.length < position) list.push(HOLE);
  list[position] = value === undefined ? HOLE : structuredClone(value);
}

function withoutHoles(value: Value): Value {
  const { M, L } = value as { readonly M?: Attributes; readonly L?: readonly Value[] };
  if (L !== undefined) return { L: L.filter(one => typeOf(one) !== '').map(withoutHoles) };
  if (M === undefined) return value;
  return { M: Object.fromEntries(Object.entries(M).map(([name, one]) => [name, withoutHoles(one)])) };
}
