import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { openDocument, type Setting } from '../../lambda/core/documents/open-document.ts';
import { expectPlacesToBeReplaceable, leaves, opened, textOf } from '../support/documents.ts';

const YAML = { as: 'yaml' } as const;
const open = (text: string): ReturnType<typeof opened> => opened({ S: text }, YAML);
const change = (text: string, ...settings: readonly Setting[]): string =>
  textOf(open(text).replaced(settings));
const EDK = { S: 'AQIDAHj/new+bytes==' };
const edk = (text: string): string => change(text, { path: ['edk'], after: EDK });

const { buckets } = JSON.parse(readFileSync('test/vectors/sops-3.13.2.json', 'utf8')) as {
  buckets: Record<string, Record<string, { body: string }>>;
};
const sopsFiles = Object.values(buckets)
  .flatMap(objects => Object.entries(objects))
  .filter(([name]) => name.endsWith('.yaml'))
  .map(([name, { body }]) => [name, Buffer.from(body, 'base64')] as const);

describe('a file of SOPS', () => {
  it.each(sopsFiles)('%s: every value can be replaced, and nothing else changes', (_, B) => {
    const document = opened({ B }, YAML);
    const names = leaves(document).map(([path]) => path.at(-1));
    expect(names).toEqual(expect.arrayContaining(['arn', 'created_at', 'enc', 'mac']));
    expect(document.closed).toEqual([]);
    expectPlacesToBeReplaceable({ B }, YAML, EDK);
  });

  it('there are some', () => expect(sopsFiles.length).toBeGreaterThan(2));
});

describe('a scalar keeps its style', () => {
  const next = '\nnext: 1 # one\n';
  it.each([
    ['plain', `edk:   AQ/old==   # why${next}`, `edk:   AQIDAHj/new+bytes==   # why${next}`],
    ['single quotes', `edk: 'AQ''old'${next}`, `edk: 'AQIDAHj/new+bytes=='${next}`],
    ['double quotes', `edk: "AQ\\x41"${next}`, `edk: "AQIDAHj/new+bytes=="${next}`],
    ['double quotes with escapes', `edk: "AQ\\/"${next}`, `edk: "AQIDAHj\\/new+bytes=="${next}`],
    ['double quotes over lines', `edk: "AQ\\\n  old"${next}`, `edk: "AQIDAHj/new+bytes=="${next}`],
    ['plain over lines', `edk: AQ\n  old${next}`, `edk: AQIDAHj/new+bytes==${next}`],
    [
      'literal, stripped',
      `edk: |-  # why\n    AQ/old\n    more${next}`,
      `edk: |-  # why\n    AQIDAHj/new+bytes==${next}`,
    ],
    ['folded, stripped', `edk: >-\n   AQ/old\n   more${next}`, `edk: >-\n   AQIDAHj/new+bytes==${next}`],
    ['literal with its indent', `edk: |2-\n  AQ/old${next}`, `edk: |2-\n  AQIDAHj/new+bytes==${next}`],
    ['CRLF', `edk: >-\r\n  AQ/old\r\nnext: 1\r\n`, `edk: >-\r\n  AQIDAHj/new+bytes==\r\nnext: 1\r\n`],
    ['flow', `{a: [1], edk: AQ/old, b: 2}\n`, `{a: [1], edk: AQIDAHj/new+bytes==, b: 2}\n`],
    ['JSON', `{"a":[1],"edk":"AQ/old","b":2}`, `{"a":[1],"edk":"AQIDAHj/new+bytes==","b":2}`],
    [
      'behind the start of a document',
      `%YAML 1.1\n---\nedk: AQ\n...\n`,
      `%YAML 1.1\n---\nedk: AQIDAHj/new+bytes==\n...\n`,
    ],
    ['no last line break', 'a: 1\nedk: |-\n  AQ', 'a: 1\nedk: |-\n  AQIDAHj/new+bytes=='],
    ['a byte order mark', '\uFEFFedk: AQ\r\n', '\uFEFFedk: AQIDAHj/new+bytes==\r\n'],
    [
      'a sequence in a sequence',
      'edk: AQ\nb:\n- - x\n  -   y\n',
      'edk: AQIDAHj/new+bytes==\nb:\n- - x\n  -   y\n',
    ],
  ])('%s', (_, before, after) => {
    expect(edk(before)).toBe(after);
    const restored = { path: ['edk'], after: leaf(before), written: open(before).written(['edk'])! };
    expect(change(after, restored)).toBe(before);
  });

  const leaf = (text: string): { S: string } =>
    leaves(open(text)).find(([path]) => path[0] === 'edk')![1] as { S: string };

  it('and its last line break, where the old value had one', () => {
    const text = 'edk: |\n  AQ/old\n\n# why\nnext: 1\n';
    expect(open(text).root).toMatchObject({ M: { edk: { S: 'AQ/old\n' } } });
    expect(change(text, { path: ['edk'], after: { S: 'AQ/new\n' } })).toBe(text.replace('old', 'new'));
    expect(edk(text)).toBe('edk: |-\n  AQIDAHj/new+bytes==\n\n# why\nnext: 1\n');
  });

  it.each([
    'yes',
    'NULL',
    '0777',
    '1_000',
    '12:30',
    '2026-11-25',
    '2026-11-25T23:19:25Z',
    '-1',
    '.5',
    '1e3',
    '0x1F',
    '.inf',
    '~',
    '',
    ' a',
    'a ',
    'a: b',
    'a #b',
    '- a',
    '[a]',
    '{a',
    '*a',
    '&a',
    '!a',
    '@a',
    '%a',
    '?',
    '#',
    '---',
    'a\nb',
    "it's",
    'ü',
    '\u0085',
    '"',
    '\t',
    'a,b',
  ])('unless nobody would then read %j as the text it is', value => {
    for (const text of ['edk: AQ\n', '{edk: AQ}', "edk: 'AQ'", 'edk: >-\n  AQ\nb: 1', 'edk: |\n  AQ\n'])
      expect(open(change(text, { path: ['edk'], after: { S: value } })).root).toMatchObject({
        M: { edk: { S: value } },
      });
    expect(change('edk: AQ\n', { path: ['edk'], after: { S: value } })).toMatch(/^edk: ".*"\n$/);
  });
});

describe('a block that became a text in quotes', () => {
  it.each([
    ['clipped', 'k: |\n  a\nz: 1\n'],
    ['kept', 'k: |+\n  a\n\nz: 1\n'],
    ['of blank lines alone', 'k: |+\n    \nz: 1\n'],
    ['at the end', '- - k: |+\n        \n'],
    ['with the line breaks of Windows', 'k: |\r\n  a\r\nz: 1\r\n'],
  ])('%s: gets every byte back', (_, S) => {
    // No block says an empty text, and none begins with a line break.
    expectPlacesToBeReplaceable({ S }, YAML, { S: '' });
    expectPlacesToBeReplaceable({ S }, YAML, { S: '\nx' });
  });
});

describe('any document of another emitter', () => {
  const tree = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: fc.constantFrom(...Array.from('ab/+=:#-\'" \n\\,[]{}é😀'), 'yes') }),
      fc.base64String({ minLength: 100, maxLength: 200 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 3 }),
    ),
  })).value;
  const style = fc.record({
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    lineWidth: fc.constantFrom(0, 20, 80),
    blockQuote: fc.constantFrom<boolean | 'folded' | 'literal'>(true, false, 'folded', 'literal'),
    defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
    version: fc.constantFrom('1.1' as const, '1.2' as const),
  });

  it('keeps every byte beside a value that is replaced, and gets them all back', () => {
    fc.assert(
      fc.property(tree, style, fc.boolean(), fc.string(), (value, options, crlf, after) => {
        const text = stringify(value, { ...options, aliasDuplicateObjects: false });
        const S = crlf ? text.replaceAll('\n', '\r\n') : text;
        fc.pre(openDocument({ S }, YAML).kind === 'document');
        expectPlacesToBeReplaceable({ S }, YAML, { S: after });
        expectPlacesToBeReplaceable({ S }, YAML, EDK);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a stream of several documents', () => {
  it('is a list of them, each of which is changed alone', () => {
    const text = '# c\na: 1\nedk: AQ\n---\nb: 2\nedk: >-\n  AQ\n---\n# nothing\n';
    const document = open(text);
    expect(document.root).toEqual({
      L: [
        { M: { a: { N: '1' }, edk: { S: 'AQ' } } },
        { M: { b: { N: '2' }, edk: { S: 'AQ' } } },
        { NULL: true },
      ],
    });
    expect(change(text, { path: [1, 'edk'], after: EDK })).toBe(text.replace('  AQ', `  ${EDK.S}`));
    expectPlacesToBeReplaceable({ S: text }, YAML, EDK);
  });

  it('takes no value that would be a document of its own', () => {
    const setting = { path: [0], after: EDK, written: `${EDK.S}\n---\nx` };
    expect(() => change('a\n---\nb\n', setting)).toThrow(TypeError);
  });
});

describe('what YAML 1.1 and 1.2 read differently', () => {
  it('is the text that is written; the rest is what both say', () => {
    const text = '[yes, 0777, 1_000, 12:30, 2026-11-25, 1e3, "1", 1, -2.50, true, null, ~, .5, 0o7]';
    const S = (value: string): unknown => ({ S: value });
    expect(open(text).root).toEqual({
      L: [
        ...['yes', '0777', '1_000', '12:30', '2026-11-25', '1e3', '1'].map(S),
        ...[{ N: '1' }, { N: '-2.50' }, { BOOL: true }, { NULL: true }, { NULL: true }],
        ...['.5', '0o7'].map(S),
      ],
    });
  });
});

describe('what another part of the document decides about is closed', () => {
  it.each([
    ['an alias of nothing', 'base: 1\nedk: *x\n', ['edk']],
    ['an alias and its anchor', 'base: &x AQ\nedk: *x\n', ['base'], ['edk']],
    ['a merge', 'b: &b {edk: AQ}\nc:\n  <<: *b\n  d: e\n', ['b'], ['c', '<<']],
    ['a tag', 'edk: !!binary AQ==\nb: !x [1]\n', ['edk'], ['b']],
    ['a name that occurs twice', 'edk: AQ\n"edk": AR\n', ['edk']],
    ['a name with an anchor', '&a edk: AQ\n', ['edk']],
    ['no value', 'edk:\nb: {c, d: }\n', ['edk'], ['b', 'c'], ['b', 'd']],
    ['a name that is a list', 'b:\n  ? [a]\n  : 1\n  edk: AQ\n', ['b']],
    ['a name that is an alias', 'a: &x b\nc: {*x : 1, edk: AQ}\n', ['a'], ['c']],
  ])('%s', (_, text, ...closed) => {
    const document = open(text);
    expect(document.closed.map(({ path }) => path)).toEqual(closed);
    for (const { path } of document.closed)
      expect(() => document.replaced([{ path, after: EDK }])).toThrow(TypeError);
    expectPlacesToBeReplaceable({ S: text }, YAML, EDK);
  });

  it.each([
    ['no document', '# nothing\n'],
    ['a tab for indentation', 'a:\n\tb: 1\n'],
    ['an open bracket', '[a, b\n'],
    ['a control character', 'a: "\u0001"\n'],
    ['a carriage return alone', 'a: 1\rb: 2\n'],
    ['a line separator', 'a: b\u2028c: d\n'],
  ])('with %s there is nothing to be sure of', (_, text) =>
    expect(openDocument({ S: text }, YAML).kind).toBe('no-document'),
  );

  it.each<Setting>([
    { path: ['new'], after: EDK },
    { path: ['edk'], after: undefined },
    { path: ['edk'], after: { L: [] } },
    { path: ['edk'], after: { N: '0x1' } },
    { path: ['edk'], after: EDK, written: 'AQIDAHj/new+bytes==\nmore: 1' },
  ])('no document takes %j', setting => expect(() => change('edk: AQ\n', setting)).toThrow(TypeError));
});
