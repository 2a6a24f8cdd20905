import fc from 'fast-check';
import { visible, visibleData, visibleJson } from '../../lambda/core/model/visible.ts';
import { anyCharacter } from '../support/any-character.ts';

/** Texts in which everything that a terminal might obey is frequent. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 4 }),
      fc.constantFrom(
        '\u001b[2J',
        '\u001b]0;title\u0007',
        '\u009b31m',
        '\r',
        '\n',
        '\u2028',
        '\u202e',
        '\u2066',
      ),
      fc.constantFrom(
        '\u200b',
        '\ufeff',
        '\ud800',
        '\u0000',
        '\u007f',
        '\u{e0041}',
        'plain',
        'größe',
        '日本',
        '🔑',
      ),
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''));

const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;

describe('a text of somebody else', () => {
  it('is shown on one line, without anything that a terminal obeys or hides', () => {
    fc.assert(fc.property(hostile, text => expect(visible(text)).not.toMatch(UNSEEN)));
  });

  it.each([
    ['an escape sequence', '\u001b[2Jx', '\\u001b[2Jx'],
    ['the one byte that begins one, too', '\u009b2J', '\\u009b2J'],
    ['a new line', 'a\nb\r', 'a\\u000ab\\u000d'],
    ['a mark that turns the direction', 'x\u202egnp.exe', 'x\\u202egnp.exe'],
    ['half a character', 'a\ud800', 'a\\ud800'],
    ['an invisible tag', '\u{e0041}', '\\u{e0041}'],
  ])('shows %s', (_, text, shown) => expect(visible(text)).toBe(shown));

  it('is left as it is where it has only letters, marks, signs and spaces', () => {
    for (const text of ['Orders', 'größe ÄÖ', '日本語', 'é', '🔑 key', "it's <b> & \\"])
      expect(visible(text)).toBe(text);
  });

  it('means the same in JSON, and is visible there', () => {
    fc.assert(
      fc.property(fc.array(hostile), texts => {
        const json = visibleJson(JSON.stringify(texts, null, 2));
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(texts)));
        expect(json.replaceAll('\n', '')).not.toMatch(UNSEEN);
      }),
    );
  });

  it('is found wherever it lies in the data, in the names of members, too, and is no prototype', () => {
    const data = JSON.parse('{"__proto__": {"a\\u001b": ["\\u001b"]}, "n": 1, "x": null}') as object;
    const shown = visibleData(data);
    expect(Object.keys(shown)).toEqual(['__proto__', 'n', 'x']);
    expect(JSON.stringify(shown)).toBe(String.raw`{"__proto__":{"a\\u001b":["\\u001b"]},"n":1,"x":null}`);
    expect(Object.getPrototypeOf(shown)).toBe(Object.prototype);
  });
});
