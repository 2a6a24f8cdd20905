import { Buffer } from 'node:buffer';
import { compareNumbers } from './numbers.ts';

/** An attribute value: its type, and what it holds. */
export type Value = Readonly<Record<string, unknown>>;
export type Attributes = Readonly<Record<string, Value>>;

/** A document path: names of attributes and positions in lists. */
export type Path = readonly (string | number)[];

export function typeOf(value: Value): string {
  return Object.keys(value)[0] ?? '';
}

export function contentOf(value: Value): unknown {
  return value[typeOf(value)];
}

export function at(path: Path, item: Attributes): Value | undefined {
  return path.reduce<Value | undefined>((value, step) => value && inside(value, step), { M: item });
}

function inside(value: Value, step: string | number): Value | undefined {
  if (typeof step === 'number') return (value['L'] as readonly Value[] | undefined)?.[step];
  const members = value['M'] as Attributes | undefined;
  return members !== undefined && Object.hasOwn(members, step) ? members[step] : undefined;
}

/** Of one type and equal: numbers by what they are worth, sets in any order, lists and maps in all that they hold. */
export function areEqual(one: Value, other: Value): boolean {
  const type = typeOf(one);
  if (type !== typeOf(other)) return false;
  const [first, second] = [one[type], other[type]];
  switch (type) {
    case 'N':
      return compareNumbers(first as string, second as string) === 0;
    case 'SS':
    case 'NS':
    case 'BS':
      return areEqualSets(elements(one), elements(other));
    case 'L':
      return areEqualLists(first as readonly Value[], second as readonly Value[]);
    case 'M':
      return areEqualMaps(first as Attributes, second as Attributes);
    default:
      return first === second;
  }
}

/** What a set holds, as attribute values; nothing for what is no set. */
export function elements(set: Value): readonly Value[] {
  const type = typeOf(set);
  return ['SS', 'NS', 'BS'].includes(type)
    ? (set[type] as readonly string[]).map(one => ({ [type.charAt(0)]: one }))
    : [];
}

function areEqualSets(one: readonly Value[], other: readonly Value[]): boolean {
  return one.length === other.length && one.every(first => other.some(second => areEqual(first, second)));
}

function areEqualLists(one: readonly Value[], other: readonly Value[]): boolean {
  return one.length === other.length && one.every((first, index) => areEqual(first, other[index] ?? {}));
}

function areEqualMaps(one: Attributes, other: Attributes): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every(name => Object.hasOwn(other, name) && areEqual(one[name] ?? {}, other[name] ?? {}))
  );
}

/** How two values are ordered, as by a comparator; `undefined` if they are not: of two types, or of one without an order. */
export function compareValues(one: Value, other: Value): number | undefined {
  const type = typeOf(one);
  if (type !== typeOf(other)) return undefined;
  const [first, second] = [one[type], other[type]] as [string, string];
  if (type === 'N') return compareNumbers(first, second);
  return type === 'S' || type === 'B' ? Buffer.compare(bytesOf(one), bytesOf(other)) : undefined;
}

/** The bytes of a string in UTF-8, or those of a binary value. */
export function bytesOf(value: Value): Buffer {
  return Buffer.from(contentOf(value) as string, typeOf(value) === 'B' ? 'base64' : 'utf8');
}
