import { compareUtf8 } from '../scan/utf8-order.ts';

/** Digits of a position: base 1,000 to the fifth still fits a double; more would add nothing. */
const DIGITS = 5;

/**
 * Object keys as numbers, so that a range of them can be halved. The digits are the characters that listings have
 * shown so far: hexadecimal ids, dates and names each spread evenly over their own alphabet.
 */
export class KeySpace {
  #alphabet: readonly number[] = [];

  learn(keys: readonly string[]): void {
    const seen = new Set(this.#alphabet);
    for (const key of keys) for (const character of key) seen.add(character.codePointAt(0) ?? 0);
    if (seen.size > this.#alphabet.length) this.#alphabet = [...seen].sort((a, b) => a - b);
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
    const base = this.#alphabet.length + 1;
    const characters = [...key.slice(start.length)].slice(0, DIGITS);
    return characters.reduce(
      (sum, character, index) => sum + this.#digit(character.codePointAt(0) ?? 0) / base ** (index + 1),
      0,
    );
  }

  /** 0 is the end of a key; otherwise how many known characters are not above this one. */
  #digit(codePoint: number): number {
    const above = this.#alphabet.findIndex(known => known > codePoint);
    return above === -1 ? this.#alphabet.length : above;
  }

  #text(position: number): string {
    const base = this.#alphabet.length + 1;
    let rest = position;
    let text = '';
    for (let index = 0; index < DIGITS && rest > 0; index++) {
      rest *= base;
      const digit = Math.floor(rest);
      rest -= digit;
      const codePoint = this.#alphabet[digit - 1];
      if (codePoint === undefined) break;
      text += String.fromCodePoint(codePoint);
    }
    return text;
  }
}

/** The longest common start of two keys, in whole characters. */
export function commonStart(a: string, b: string): string {
  let start = '';
  const others = [...b];
  for (const [index, character] of [...a].entries()) {
    if (others[index] !== character) break;
    start += character;
  }
  return start;
}
