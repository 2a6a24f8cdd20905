import type { AttributeMap, AttributeValue } from '../model/record.ts';

/** A ciphertext has more than 100 bytes; five numbers alone may be anything. */
const LEAST_NUMBERS = 35;
/**
 * A set keeps neither order nor repetitions. A ciphertext of 152 bytes or more has about 115 different ones, and 64 in
 * all likelihood; sets of so many numbers that are all bytes are rare.
 */
const LEAST_DIFFERENT = 64;

/** Whether a list is a byte array with a ciphertext in it. */
export function listShows(list: readonly AttributeValue[], lengths: ReadonlySet<number>): boolean {
  return bytesShow({ count: list.length, at: index => list[index] }, lengths);
}

/** Whether a map is one: with members 0, 1, 2 and so on, as an array is written that lost its type. */
export function mapShows(map: AttributeMap, lengths: ReadonlySet<number>): boolean {
  if (!Object.hasOwn(map, '0')) return false;
  const at = (index: number): AttributeValue | undefined =>
    Object.hasOwn(map, String(index)) ? map[String(index)] : undefined;
  return bytesShow({ count: Object.keys(map).length, at }, lengths);
}

/** Whether a set is one. */
export function setShows(numbers: readonly string[]): boolean {
  return numbers.length >= LEAST_DIFFERENT && numbers.length <= 256 && numbers.every(isByte);
}

interface ByteArray {
  readonly count: number;
  readonly at: (index: number) => AttributeValue | undefined;
}

const HEADER = [['1'], ['1', '2'], ['1', '2', '3'], ['0'], ['120']];

function bytesShow({ count, at }: ByteArray, lengths: ReadonlySet<number>): boolean {
  if (count < LEAST_NUMBERS) return false;
  const isHeader = (from: number): boolean =>
    HEADER.every((texts, step) => texts.includes(numberText(at(from + step)) ?? ''));
  const areBytes = (from: number, length: number): boolean => {
    for (let index = from; index < from + length; index++)
      if (!isByte(numberText(at(index)) ?? '')) return false;
    return true;
  };
  if (lengths.has(count) && areBytes(0, count)) return true;
  for (let from = 0; from <= count - LEAST_NUMBERS; from++)
    if (isHeader(from) && areBytes(from, LEAST_NUMBERS)) return true;
  return false;
}

/** A number; a text of one; or a number with its type, as a map. */
function numberText(value: AttributeValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if ('N' in value) return value.N;
  if ('S' in value) return value.S;
  if (!('M' in value) || !Object.hasOwn(value.M, 'N')) return undefined;
  const { N: typed } = value.M;
  return typed !== undefined && 'S' in typed ? typed.S : undefined;
}

/** Java's bytes are signed. */
function isByte(text: string): boolean {
  return text.length <= 4 && /^-?\d{1,3}$/.test(text) && Number(text) >= -128 && Number(text) <= 255;
}
