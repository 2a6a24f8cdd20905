import {
  areEqual,
  at,
  bytesOf,
  compareValues,
  contentOf,
  elements,
  typeOf,
  type Attributes,
  type Path,
  type Value,
} from './values.ts';

/** A condition as dynalite's parser hands it on. */
export interface Condition {
  readonly type: string;
  readonly name?: string;
  readonly args: readonly Operand[];
}

type Operand = Path | Value | Condition;

/** Whether a condition or a filter holds for an item. dynalite's own answer is wrong for all but scalars. */
export function holds(condition: Condition, item: Attributes): boolean {
  const { type, args } = condition;
  switch (type) {
    case 'and':
      return args.every(one => holds(one as Condition, item));
    case 'or':
      return args.some(one => holds(one as Condition, item));
    case 'not':
      return !holds(args[0] as Condition, item);
    case 'function':
      return isTrue(
        condition,
        args.map(one => valueOf(one, item)),
      );
    default:
      return compares(
        type,
        args.map(one => valueOf(one, item)),
      );
  }
}

function valueOf(operand: Operand, item: Attributes): Value | undefined {
  if (Array.isArray(operand)) return at(operand as Path, item);
  const { type, name, args } = operand as Partial<Condition>;
  if (type !== 'function' || name !== 'size' || args === undefined) return operand as Value;
  const size = sizeOf(args[0] === undefined ? undefined : valueOf(args[0], item));
  return size === undefined ? undefined : { N: String(size) };
}

/** @returns `undefined` for what has no size: a number, a Boolean, null, and what is not there */
function sizeOf(value: Value | undefined): number | undefined {
  if (value === undefined) return undefined;
  const content = contentOf(value);
  switch (typeOf(value)) {
    case 'S':
      return (content as string).length;
    case 'B':
      return bytesOf(value).length;
    case 'M':
      return Object.keys(content as Attributes).length;
    case 'L':
    case 'SS':
    case 'NS':
    case 'BS':
      return (content as readonly unknown[]).length;
    default:
      return undefined;
  }
}

type Values = readonly (Value | undefined)[];

function isTrue({ name }: Condition, [value, argument]: Values): boolean {
  switch (name) {
    case 'attribute_exists':
      return value !== undefined;
    case 'attribute_not_exists':
      return value === undefined;
    case 'attribute_type':
      return value !== undefined && argument !== undefined && typeOf(value) === contentOf(argument);
    case 'begins_with':
      return value !== undefined && argument !== undefined && beginsWith(value, argument);
    case 'contains':
      return value !== undefined && argument !== undefined && contains(value, argument);
    default:
      throw new Error(`there is no function ${name}`);
  }
}

function beginsWith(value: Value, start: Value): boolean {
  if (typeOf(value) !== typeOf(start) || !['S', 'B'].includes(typeOf(value))) return false;
  const begin = bytesOf(start);
  return bytesOf(value).subarray(0, begin.length).equals(begin);
}

function contains(value: Value, sought: Value): boolean {
  const type = typeOf(value);
  if (type === 'L') return (contentOf(value) as readonly Value[]).some(one => areEqual(one, sought));
  if (type === 'S' || type === 'B')
    return type === typeOf(sought) && bytesOf(value).includes(bytesOf(sought));
  return elements(value).some(one => areEqual(one, sought));
}

function compares(operator: string, [value, ...others]: Values): boolean {
  const [first, second] = others;
  if (operator === '<>') return value === undefined || first === undefined || !areEqual(value, first);
  if (value === undefined) return false;
  const orderTo = (other: Value | undefined): number => (other && compareValues(value, other)) ?? Number.NaN;
  switch (operator) {
    case '=':
      return first !== undefined && areEqual(value, first);
    case '<':
      return orderTo(first) < 0;
    case '<=':
      return orderTo(first) <= 0;
    case '>':
      return orderTo(first) > 0;
    case '>=':
      return orderTo(first) >= 0;
    case 'between':
      return orderTo(first) >= 0 && orderTo(second) <= 0;
    case 'in':
      return others.some(other => other !== undefined && areEqual(value, other));
    default:
      throw new Error(`there is no comparator ${operator}`);
  }
}
