import fc from 'fast-check';
import { anyCharacter } from '../support/any-character.ts';

describe('any character', () => {
  it.each(['\0', 'a', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'])('may be %j', character => {
    expect(anyCharacter.canShrinkWithoutContext(character)).toBe(true);
    const next = [...anyCharacter.shrink(character, undefined)].map(({ value }) => value);
    expect(next.every(one => one.codePointAt(0)! < character.codePointAt(0)!)).toBe(true);
  });

  it.each(['', 'ab', '\ud800', '\udfff', 7])('is not %j', other => {
    expect(anyCharacter.canShrinkWithoutContext(other)).toBe(false);
  });

  it('is never half a pair', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter }),
        text => Buffer.from(text, 'utf8').toString('utf8') === text,
      ),
    );
  });

  it('is shrunk to the least that fails', () => {
    const { counterexample } = fc.check(
      fc.property(anyCharacter, one => one.codePointAt(0)! < 0xe000),
      { seed: 1 },
    );
    expect(counterexample).toEqual(['\ue000']);
  });
});
