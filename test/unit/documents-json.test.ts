import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { openDocument, type Setting } from '../../lambda/core/documents/open-document.ts';
import type { AttributeValue } from '../../lambda/core/model/record.ts';
import { expectPlacesToBeReplaceable, opened, textOf } from '../support/documents.ts';
import { anyCharacter } from '../support/any-character.ts';

const JSON_STEP = { as: 'json' } as const;
const open = (text: string): ReturnType<typeof opened> => opened({ S: text }, JSON_STEP);
const change = (text: string, ...settings: readonly Setting[]): string =>
  textOf(open(text).replaced(settings));
const EDK = { S: 'AQIDAHj/new+bytes==' };

/** JSON texts as encoders write them: JSON.stringify, and then the habits of others. */
const jsonTexts = fc
  .record({
    value: fc.jsonValue({ maxDepth: 2 }),
    indent: fc.constantFrom(0, 1, 4, '\t'),
    slashes: fc.boolean(),
    ascii: fc.boolean(),
    crlf: fc.boolean(),
    around: fc.constantFrom('', '\n', '\r\n', ' '),
    mark: fc.boolean(),
  })
  .map(({ value, indent, slashes, ascii, crlf, around, mark }) => {
    let text = JSON.stringify(value, null, indent);
    if (slashes) text = text.replaceAll('/', '\\/');
    if (ascii)
      text = text.replace(/[\x7f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    if (crlf) text = text.replaceAll('\n', '\r\n');
    return `${mark ? '\uFEFF' : ''}${text}${around}`;
  });

/** What JSON.parse reads, in the words of DynamoDB. */
function shown(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: JSON.stringify(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(shown) };
  return { M: Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, shown(one)])) };
}

const { buckets } = JSON.parse(readFileSync('test/vectors/sops-3.13.2.json', 'utf8')) as {
  buckets: Record<string, Record<string, { body: string }>>;
};
const sopsFiles = Object.values(buckets)
  .flatMap(objects => Object.entries(objects))
  .filter(([name]) => /\.(?:json|bin)$/.test(name))
  .map(([name, { body }]) => [name, Buffer.from(body, 'base64')] as const);

it.each(sopsFiles)('%s of SOPS: every value can be replaced, and nothing else changes', (_, B) =>
  expectPlacesToBeReplaceable({ B }, JSON_STEP, EDK),
);

describe('a JSON text', () => {
  it('reads as JSON.parse reads it', () => {
    fc.assert(
      fc.property(jsonTexts, text => {
        expect(open(text).root).toEqual(shown(JSON.parse(text.replace(/^\uFEFF/, ''))));
      }),
    );
  });

  it('is refused if JSON.parse refuses it, and opened if not', () => {
    const nearly = fc
      .tuple(jsonTexts, fc.nat(), fc.constantFrom('', ',', '"', '}', '{', '0', '\\', '\n', '//', '-', ':'))
      .map(([text, at, put]) => {
        const place = at % (text.length + 1);
        return text.replace(/^\uFEFF/, '').slice(0, place) + put + text.slice(place + 1);
      });
    fc.assert(
      fc.property(nearly, text => {
        let valid = true;
        try {
          JSON.parse(text.replace(/^\uFEFF/, ''));
        } catch {
          valid = false;
        }
        expect(openDocument({ S: text }, JSON_STEP).kind).toBe(valid ? 'document' : 'no-document');
      }),
      { numRuns: 500 },
    );
  });

  it('keeps every byte beside a value that is replaced, and gets them all back', () => {
    fc.assert(
      fc.property(jsonTexts, fc.string({ unit: anyCharacter }), (text, after) => {
        expectPlacesToBeReplaceable({ B: Buffer.from(text) }, JSON_STEP, { S: after });
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ['a comment', '{"a":1} // one'],
    ['a comment within', '{/**/"a":1}'],
    ['a trailing comma', '{"a":1,}'],
    ['single quotes', "{'a':1}"],
    ['a leading zero', '[01]'],
    ['a number that stops short', '[1.]'],
    ['NaN', '[NaN]'],
    ['two values', '{} {}'],
    ['nothing', ''],
    ['white space that JSON does not know', '{\u00a0"a":1}'],
    ['a bare control character', '"\u0001"'],
  ])('with %s is no JSON', (_, text) => {
    expect(openDocument({ S: text }, JSON_STEP)).toEqual({
      kind: 'no-document',
      reason: expect.stringMatching(/^is not JSON/),
    });
  });

  it('shows numbers in their source text', () => {
    expect(open('[1.10, -0, 1E400, 12345678901234567890]').root).toEqual({
      L: [{ N: '1.10' }, { N: '-0' }, { N: '1E400' }, { N: '12345678901234567890' }],
    });
  });

  it('is never repeated in the reason why it was refused', () => {
    const secret = JSON.stringify({ dataKey: 'c2VjcmV0' }).slice(0, -1);
    expect(JSON.stringify(openDocument({ S: secret }, JSON_STEP))).not.toContain('c2V');
  });
});

describe('names', () => {
  it('may be those that JavaScript treats in its own way', () => {
    const text = '{"__proto__": {"edk": "a"}, "constructor": {"prototype": "b"}, "toString": "c"}';
    const { root } = open(text);
    expect('M' in root && Object.keys(root.M)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(open(text).written(['toString', 'length'])).toBeUndefined();
    expect(open('{}').written(['toString'])).toBeUndefined();
    expect(change(text, { path: ['__proto__', 'edk'], after: EDK })).toBe(
      text.replace('"a"', '"AQIDAHj/new+bytes=="'),
    );
    expect(({} as Record<string, unknown>)['edk']).toBeUndefined();
  });

  it('that occur twice are closed, and so is what lies below them', () => {
    const document = open('{"a": 1, "keys": {"edk": "x", "\\u0065dk": "y", "n": "z"}}');
    expect(document.closed).toEqual([{ path: ['keys', 'edk'], reason: 'its name occurs more than once' }]);
    expect(() => document.replaced([{ path: ['keys', 'edk'], after: EDK }])).toThrow(TypeError);
    expect(() => document.replaced([{ path: ['keys', 'edk'], after: undefined }])).toThrow(TypeError);
    expect(textOf(document.replaced([{ path: ['keys', 'n'], after: EDK }]))).toContain(EDK.S);
  });
});

describe('a string is spelt as its encoder spells', () => {
  it.each([
    ['PHP', '{"edk":"AQ\\/old","n":1}', '{"edk":"AQIDAHj\\/new+bytes==","n":1}'],
    ['System.Text.Json', '{"edk":"AQ/old\\u002B","n":1}', '{"edk":"AQIDAHj/new\\u002Bbytes==","n":1}'],
    ['Gson', '{"edk":"AQ/old\\u003d"}', '{"edk":"AQIDAHj/new+bytes\\u003d\\u003d"}'],
    [
      'PHP, seen elsewhere',
      '{"url":"http:\\/\\/x","edk":"AQ"}',
      '{"url":"http:\\/\\/x","edk":"AQIDAHj\\/new+bytes=="}',
    ],
    ['JSON.stringify', '{"edk":"AQ/old"}', '{"edk":"AQIDAHj/new+bytes=="}'],
  ])('%s', (_, before, after) => {
    expect(change(before, { path: ['edk'], after: EDK })).toBe(after);
  });

  it('beyond ASCII', () => {
    expect(change('["\\u00e9", ""]', { path: [1], after: { S: 'ü😀' } })).toBe(
      '["\\u00e9", "\\u00fc\\ud83d\\ude00"]',
    );
    expect(change('["é", ""]', { path: [1], after: { S: 'ü😀' } })).toBe('["é", "ü😀"]');
  });
});

describe('members', () => {
  const added = { path: ['new'], after: EDK };
  it.each([
    ['{}', '{"new": "AQIDAHj/new+bytes=="}'],
    ['{"a":1,"b":2}', '{"a":1,"b":2,"new":"AQIDAHj/new+bytes=="}'],
    ['{"a": 1}', '{"a": 1, "new": "AQIDAHj/new+bytes=="}'],
    ['{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "new": "AQIDAHj/new+bytes=="\n}\n'],
    ['{\r\n\t"a" : {},\r\n\t"b" : 2}', '{\r\n\t"a" : {},\r\n\t"b" : 2,\r\n\t"new" : "AQIDAHj/new+bytes=="}'],
  ])('are added to %j in its manner, and taken away again', (before, after) => {
    expect(change(before, added)).toBe(after);
    expect(change(after, { path: ['new'], after: undefined })).toBe(before);
  });

  it('that are added to any object can be taken away again, byte for byte', () => {
    fc.assert(
      fc.property(jsonTexts, fc.string(), (text, name) => {
        const { root } = open(text);
        fc.pre('M' in root && !Object.hasOwn(root.M, name));
        const longer = change(text, { path: [name], after: EDK });
        expect(JSON.parse(longer.replace(/^\uFEFF/, ''))).toEqual({
          ...(JSON.parse(text.replace(/^\uFEFF/, '')) as object),
          ...Object.fromEntries([[name, EDK.S]]),
        });
        expect(change(longer, { path: [name], after: undefined })).toBe(text);
      }),
    );
  });

  it('are removed and added in one go, wherever they lie', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const text = JSON.stringify(Object.fromEntries(names.map(name => [name, name])), null, 2);
    fc.assert(
      fc.property(fc.subarray(names), fc.boolean(), (removed, add) => {
        const settings: Setting[] = removed.map(name => ({ path: [name], after: undefined }));
        const after = JSON.parse(change(text, ...settings, ...(add ? [added] : [])));
        const kept = names.filter(name => !removed.includes(name));
        expect(Object.keys(after as object)).toEqual([...kept, ...(add ? ['new'] : [])]);
      }),
    );
  });

  it('can be put back with their source text', () => {
    const text = '{\n "a": 1,\n "edk": "AQ\\/\\u0041"\n}';
    const written = open(text).written(['edk'])!;
    const without = change(text, { path: ['edk'], after: undefined });
    expect(without).toBe('{\n "a": 1\n}');
    expect(change(without, { path: ['edk'], after: { S: 'AQ/A' }, written })).toBe(text);
  });
});

describe('a TypeError comes of', () => {
  const text = '{"a": {"b": ["x"]}, "n": 1}';
  it.each<readonly [string, readonly Setting[]]>([
    ['a place that is not there', [{ path: ['a', 'x', 'y'], after: EDK }]],
    ['an element beyond the end', [{ path: ['a', 'b', 1], after: EDK }]],
    ['an index where a name belongs', [{ path: [0], after: EDK }]],
    ['the removal of an element', [{ path: ['a', 'b', 0], after: undefined }]],
    ['the removal of the whole', [{ path: [], after: undefined }]],
    ['the removal of what is not there', [{ path: ['x'], after: undefined }]],
    ['bytes', [{ path: ['n'], after: { B: Buffer.from('x') } }]],
    ['a number that JSON cannot write', [{ path: ['n'], after: { N: '.5' } }]],
    [
      'two settings of one place',
      [
        { path: ['n'], after: EDK },
        { path: ['n'], after: EDK },
      ],
    ],
    [
      'a place and what lies in it',
      [
        { path: ['a', 'b', 0], after: EDK },
        { path: ['a'], after: EDK },
      ],
    ],
    ['source text that says something else', [{ path: ['n'], after: EDK, written: '"other"' }]],
    ['source text that says more', [{ path: ['n'], after: { N: '1' }, written: '1, "m": 2' }]],
  ])('%s', (_, settings) => {
    expect(() => change(text, ...settings)).toThrow(TypeError);
  });
});
