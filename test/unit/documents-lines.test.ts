import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { placeText } from '../../lambda/core/places/pattern.ts';
import { openDocument, type Setting } from '../../lambda/core/documents/open-document.ts';
import type { DocumentStep } from '../../lambda/core/model/document-step.ts';
import { expectPlacesToBeReplaceable, leaves, opened, textOf } from '../support/documents.ts';

const DOTENV = { as: 'dotenv' } as const;
const INI = { as: 'ini' } as const;
const EDK = { S: 'AQIDAHj/new+bytes==' };
const changed = (text: string, step: DocumentStep, ...settings: readonly Setting[]): string =>
  textOf(opened({ S: text }, step).replaced(settings));
const root = (text: string, step: DocumentStep): unknown => opened({ S: text }, step).root;
const closedIn = (text: string, step: DocumentStep): unknown =>
  opened({ S: text }, step).closed.map(({ path }) => placeText(path));
const S = (values: Record<string, string>): unknown => ({
  M: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { S: value }])),
});

const { buckets } = JSON.parse(readFileSync('test/vectors/sops-3.13.2.json', 'utf8')) as {
  buckets: Record<string, Record<string, { body: string }>>;
};
const sopsFiles = (extension: string): readonly (readonly [string, Buffer])[] =>
  Object.values(buckets)
    .flatMap(objects => Object.entries(objects))
    .filter(([name]) => name.endsWith(extension))
    .map(([name, { body }]) => [name, Buffer.from(body, 'base64')] as const);

describe.each([
  ['.env', DOTENV],
  ['.ini', INI],
] as const)('a %s file of SOPS', (extension, step) => {
  it.each(sopsFiles(extension))('%s: every value can be replaced, and nothing else changes', (_, B) => {
    const document = opened({ B }, step);
    const enc = leaves(document).find(([path]) => /kms__list_0__map_enc$/.test(placeText(path)));
    expect(enc?.[1]).toEqual({ S: expect.stringMatching(/^AQICAH/) });
    expect(document.closed).toEqual([]);
    expectPlacesToBeReplaceable({ B }, step, EDK);
  });

  it('there are some', () => expect(sopsFiles(extension).length).toBeGreaterThan(1));
});

describe('dotenv of SOPS', () => {
  const of = (lines: string): string => `${lines}sops_version=3.13.2\n`;

  it('has all that stands behind the equals sign for its value', () => {
    expect(root(of('#c\nA="q" # x\n\n B = c=d \nC=a\\nb\n'), DOTENV)).toEqual(
      S({ A: '"q" # x', ' B ': ' c=d ', C: 'a\nb', sops_version: '3.13.2' }),
    );
  });

  it('writes line breaks as SOPS does, and takes no text that would be read as one', () => {
    const text = of('A=x\r\n');
    expect(changed(text, DOTENV, { path: ['A'], after: { S: 'a\nb' } })).toBe(of('A=a\\nb\r\n'));
    expect(() => changed(text, DOTENV, { path: ['A'], after: { S: 'a\\nb' } })).toThrow(TypeError);
  });

  it('is refused where SOPS refuses it', () =>
    expect(openDocument({ S: of('A\n') }, DOTENV)).toEqual({
      kind: 'no-document',
      reason: 'is not dotenv: see line 1',
    }));
});

describe('any other dotenv', () => {
  it('is read as the dotenv libraries read it', () => {
    const text =
      'A=x # one\r\nexport B="y z" # two\n  # c\n\nC = \'z\'\nD=\nE="-----BEGIN\nabc\n-----END"\nF=https://x/?a=b\n';
    expect(root(text, DOTENV)).toEqual(
      S({ A: 'x', B: 'y z', C: 'z', D: '', E: '-----BEGIN\nabc\n-----END', F: 'https://x/?a=b' }),
    );
    expect(closedIn(text, DOTENV)).toEqual([]);
    expectPlacesToBeReplaceable({ S: text }, DOTENV, EDK);
    expectPlacesToBeReplaceable({ S: text }, DOTENV, { S: "it's # two words" });
  });

  it.each(['A=a\\nb', 'A="a\\nb"', 'A=$B', 'A="${B}"', 'A=a#b', "A=a'b'", 'A=`a`', 'A=1\nA=2', "A='a\\'"])(
    'closes %j, which readers do not agree about',
    text => {
      expect(closedIn(text, DOTENV)).toEqual(['A']);
      expect(() => changed(text, DOTENV, { path: ['A'], after: EDK })).toThrow(TypeError);
    },
  );

  it.each(['A', 'A: b', 'A="b" c', 'A="b', '=b', 'A=b\rC=d', 'A=\0', '{"a": 1}'])('is not %j', text =>
    expect(openDocument({ S: text }, DOTENV).kind).toBe('no-document'),
  );

  it.each([
    ['A=old # c\n', 'new', 'A=new # c\n'],
    ['A="old"\n', 'new', 'A="new"\n'],
    ["A='old'\n", 'say "new"', 'A=\'say "new"\'\n'],
    ["A='old'\n", "it's", 'A="it\'s"\n'],
    ['A=\nB=1', 'new', 'A=new\nB=1'],
    ['A=old', ' new', "A=' new'"],
  ])('%j takes %j as %j', (before, value, after) => {
    expect(changed(before, DOTENV, { path: ['A'], after: { S: value } })).toBe(after);
  });

  it.each(['$x', 'a\\', '`', `'"`])('holds no %j', value =>
    expect(() => changed('A=b', DOTENV, { path: ['A'], after: { S: value } })).toThrow(TypeError),
  );
});

describe('INI', () => {
  it('is read as go-ini reads it', () => {
    const text = [
      'top = 1',
      '; comment',
      '[a.b]  # comment',
      'plain=x;y',
      '\tspaced  :  two words  # comment',
      'double = "a b"',
      "single = 'a b'",
      'back = `a # b`',
      'triple = """a "b" """ ignored',
      'half = "a',
      'empty =',
      'none = ; comment',
      '"quo=ted" = q',
      '`back:name` = r',
      '[DEFAULT2]',
      '__proto__ = p',
    ].join('\r\n');
    expect(root(text, INI)).toEqual({
      M: {
        DEFAULT: S({ top: '1' }),
        'a.b': S({
          plain: 'x',
          spaced: 'two words',
          double: 'a b',
          single: 'a b',
          back: 'a # b',
          triple: 'a "b" ',
          half: '"a',
          empty: '',
          none: '',
          'quo=ted': 'q',
          'back:name': 'r',
        }),
        DEFAULT2: { M: Object.fromEntries([['__proto__', { S: 'p' }]]) },
      },
    });
    expect(closedIn(text, INI)).toEqual([]);
    expectPlacesToBeReplaceable({ S: text }, INI, EDK);
    expectPlacesToBeReplaceable({ S: text }, INI, { S: ' a # ; b ' });
  });

  it.each([
    ['[s]\nA = b \\\n  c\nD = e\n', ['s.A']],
    ['[s]\nA = """b\nc"""\nD = e\n', ['s.A']],
    ['[s]\nA = `b\nc` ; d\nD = e\n', ['s.A']],
    ['[s]\n- = b\n', ['s.-']],
    ['[s]\nA = b\nA = c\n', ['s.A']],
    ['[s]\nA = b\n[s]\nC = d\n[t]\nA = b\n', ['s']],
    ['A = b\n[DEFAULT]\nC = d\n', ['DEFAULT']],
  ])('%j has closed places', (text, closed) => {
    expect(closedIn(text, INI)).toEqual(closed);
    expectPlacesToBeReplaceable({ S: text }, INI, EDK);
  });

  it.each(['A', '= b', '[s', '[s]] ; x', '"A = b', 'A = """b\n', 'A = `b', 'A=b\rC=d', 'A = \0'])(
    'is not %j',
    text => expect(openDocument({ S: text }, INI).kind).toBe('no-document'),
  );

  it.each([
    ['A   = old ; c\n', 'new', 'A   = new ; c\n'],
    ['A=old', 'new', 'A=new'],
    ['A = "old"\n', 'new', 'A = "new"\n'],
    ["A = 'old'\n", 'new', "A = 'new'\n"],
    ['A = `old`\n', 'new', 'A = `new`\n'],
    ['A = old\n', 'a;b', 'A = `a;b`\n'],
    ['A = old\n', ' a', 'A = " a"\n'],
    ['A = old\n', 'a`;b', 'A = """a`;b"""\n'],
    ['A = \n', 'new', 'A = new\n'],
    ['A =\n', 'new', 'A =new\n'],
  ])('%j takes %j as %j', (before, value, after) => {
    const text = `[s]\n${before}`;
    expect(changed(text, INI, { path: ['s', 'A'], after: { S: value } })).toBe(`[s]\n${after}`);
  });

  it.each<Setting>([
    { path: ['s', 'A'], after: { S: 'a\nb' } },
    { path: ['s', 'A'], after: { N: '1' } },
    { path: ['s', 'A'], after: undefined },
    { path: ['s', 'B'], after: EDK },
    { path: ['s'], after: { M: {} } },
    { path: ['s', 'A'], after: EDK, written: `${EDK.S}\nB = c` },
  ])('takes no %j', setting => expect(() => changed('[s]\nA = b\n', INI, setting)).toThrow(TypeError));
});

it.each([
  [
    'dotenv',
    DOTENV,
    ['A=', 'B = ', 'sops_x=', 'export C=', '#', "'", '"', '\\n', '\n', '\r\n', ' ', 'x', '='],
  ],
  [
    'INI',
    INI,
    ['[s]\n', '[', ']', 'A = ', 'B:', ';', '#', '"', '"""', '`', "'", '\\', '\n', '\r\n', ' ', 'x'],
  ],
] as const)('every place of any %s can be replaced, if it opens', (_, step, parts) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 25 }), pieces => {
      const text = pieces.join('');
      fc.pre(openDocument({ S: text }, step).kind === 'document');
      expectPlacesToBeReplaceable({ S: text }, step, EDK);
    }),
    { numRuns: 500 },
  );
});
