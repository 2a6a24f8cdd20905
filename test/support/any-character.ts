import fc from 'fast-check';

const LAST = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;
const SURROGATES = AFTER_SURROGATES - FIRST_SURROGATE;

/**
 * The unit of a string of any code points but halves of pairs: what `unit: 'binary'` is, with the same strings for the same seed. fast-check makes
 * a table of all 1.1 million characters for that, in every suite anew.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: LAST - SURROGATES })
  .map(characterAt, placeOf);

function characterAt(place: number): string {
  return String.fromCodePoint(place < FIRST_SURROGATE ? place : place + SURROGATES);
}

/** Tells fast-check that it may shrink a string that it did not make, or not, by throwing. */
function placeOf(character: unknown): number {
  if (typeof character !== 'string') throw new TypeError('not a string');
  const point = character.codePointAt(0);
  if (point === undefined || String.fromCodePoint(point) !== character)
    throw new TypeError('not a character');
  if (point < FIRST_SURROGATE) return point;
  if (point < AFTER_SURROGATES) throw new TypeError('half a pair');
  return point - SURROGATES;
}
