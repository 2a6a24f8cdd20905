import { compareUtf8 } from '../../model/utf8-order.ts';

/** Digits of a position: base 1,000 to the fifth still fits a double; more would add nothing. */
const DIGITS = 5;
const LAST_CODE_POINT = 0x10ffff;

/**
 * Object keys as numbers, so that a range of them can be halved. The digits are the characters that listings have
 * shown so far: hexadecimal ids, dates and names each spread evenly over their own alphabet.
 */
export class KeySpace {
  #alphabet: readonly number[] = [];

  /** Returns whether a character was new. Earlier widths were then estimated with too few digits. */
  learn(keys: readonly string[]): boolean {
    const seen = new Set(this.#alphabet);
    for (const key of keys) for (const character of key) seen.add(character.codePointAt(0) ?? 0);
    if (seen.size === this.#alphabet.length) return false;
    this.#alphabet = [...seen].sort((a, b) => a - b);
    return true;
  }

  /** How far apart two keys lie, as a share of the space below `commonStart(outer…)`. */
  width(from: string, to: string, start: string): number {
    return Math.max(0, this.#position(to, start) - this.#position(from, start));
  }

  /** A text strictly between two keys, about halfway; `undefined` where the space has none. */
  midpoint(low: string, high: string): string | undefined {
    const start = commonStart(low, high);
    const text = start + this.#text((this.#position(low, start) + this.#position(high, start)) / 2);
    return compareUtf8(low, text) < 0 && compareUtf8(text, high) < 0 ? text : undefined;
  }

  #position(key: string, start: string): number {
    const base = this.#base;
    const characters = Array.from(key.slice(start.length)).slice(0, DIGITS);
    return characters.reduce(
      (sum, character, index) => sum + this.#digit(character.codePointAt(0) ?? 0) / base ** (index + 1),
      0,
    );
  }

  /** A digit for the end of a key, one for each known character, and one for all that lie above them. */
  get #base(): number {
    return this.#alphabet.length + 2;
  }

  /** How many known characters are not above this one; one more where it is above them all. */
  #digit(codePoint: number): number {
    const above = this.#alphabet.findIndex(known => known > codePoint);
    if (above !== -1) return above;
    return this.#alphabet.at(-1) === codePoint ? this.#alphabet.length : this.#alphabet.length + 1;
  }

  #text(position: number): string {
    const base = this.#base;
    let rest = position;
    let text = '';
    for (let index = 0; index < DIGITS && rest > 0; index++) {
      rest *= base;
      const digit = Math.floor(rest);
      rest -= digit;
      if (digit === 0) break;
      const codePoint = this.#alphabet[digit - 1] ?? LAST_CODE_POINT;
      text += String.fromCodePoint(codePoint);
    }
    return text;
  }
}

/** The longest common start of two keys, in whole characters. */
export function commonStart(a: string, b: string): string {
  let start = '';
  const others = Array.from(b);
  for (const [index, character] of Array.from(a).entries()) {
    if (others[index] !== character) break;
    start += character;
  }
  return start;
}
