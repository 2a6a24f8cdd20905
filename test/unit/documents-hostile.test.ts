import fc from 'fast-check';
import { openDocument, type OpenedDocument } from '../../lambda/core/documents/open-document.ts';
import type { DocumentStep } from '../../lambda/core/model/document-step.ts';
import type { AttributeValue } from '../../lambda/core/model/record.ts';
import { FUZZ_RUNS, leaves } from '../support/documents.ts';
import { anyCharacter } from '../support/any-character.ts';

const STEPS: readonly DocumentStep[] = [
  ...(['json', 'yaml', 'dotenv', 'ini', 'base64', 'base64url', 'material-description'] as const).map(as => ({
    as,
  })),
  { as: 'delimited', by: '.' },
];

const SIGNS = Array.from('{}[]()<>:;,.=#\'"`\\|-+?!&*%@$~^/ \t\n\r\0\x02\x18\x1F\x85\u2028\uFEFFaé1').concat([
  ...[
    'null',
    'true',
    '1e5',
    '"a"',
    '"a": ',
    'a: ',
    '- ',
    '? ',
    '<<: ',
    '*a ',
    '&a ',
    '!!str ',
    '---\n',
    '...\n',
  ],
  ...[
    '|\n',
    '>-\n',
    '  ',
    '%YAML 1.1\n',
    '#c\n',
    'A=',
    'sops_a=',
    'export ',
    '[s]\n',
    '"""',
    '\\u00',
    '\uD800',
    '😀',
  ],
]);
const texts = fc.oneof(
  fc.array(fc.constantFrom(...SIGNS), { maxLength: 40 }).map(parts => parts.join('')),
  fc.string({ unit: anyCharacter }),
  fc.json(),
);
/** Lengths that are small, negative or huge, with bytes between them. */
const binaries = fc
  .array(
    fc.oneof(
      fc
        .constantFrom(0, 1, 2, -1, 0x7fffffff, -0x80000000)
        .map(of => Buffer.from(Int32Array.of(of).buffer).swap32()),
      fc.uint8Array({ maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map(parts => Buffer.concat(parts));
const values: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 4, arbitrary: texts.map(S => ({ S })) },
  { weight: 2, arbitrary: texts.map(text => ({ B: Buffer.from(text) })) },
  { weight: 2, arbitrary: binaries.map(B => ({ B })) },
  fc.constantFrom<AttributeValue>(
    { N: '1' },
    { NULL: true },
    { BOOL: true },
    { L: [] },
    { M: {} },
    { SS: ['a'] },
  ),
);

it.each(STEPS)('any value at all opens as %j or is refused, and what opens is whole', step => {
  fc.assert(
    fc.property(values, value => {
      const document = openDocument(value, step);
      if (document.kind === 'no-document') return expect(document.reason).not.toBe('');
      expect(document.replaced([])).toEqual(value);
      const places = leaves(document).map(([path, after]) => ({ path, after }));
      for (const { path } of places) expect(document.written(path)).toBeDefined();
      expect(document.replaced(places)).toEqual(value);
    }),
    { numRuns: FUZZ_RUNS },
  );
});

describe('what could exhaust a worker is refused before it is parsed', () => {
  const open = (as: 'json' | 'yaml' | 'dotenv' | 'ini', S: string): OpenedDocument =>
    openDocument({ S }, { as });
  const million = 1_000_000;
  const many = 250_000;

  it.each([
    ['json', 'brackets', '['.repeat(8 * million)],
    ['json', 'names', '{"a":'.repeat(million)],
    ['yaml', 'brackets', '['.repeat(8 * million)],
    ['yaml', 'names in braces', '{a: '.repeat(million)],
    ['yaml', 'dashes', '- '.repeat(million)],
    ['yaml', 'question marks', '? '.repeat(million)],
    ['yaml', 'indentation', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
  ] as const)('%s: a nest of %s', (as, _, text) =>
    expect(open(as, text)).toEqual({
      kind: 'no-document',
      reason: 'is nested more than 64 levels deep',
    }),
  );

  it.each([
    ['json', 'values', `[${'1,'.repeat(many)}1]`, /200,000/],
    ['yaml', 'values', '- a\n'.repeat(many), /50,000/],
    ['yaml', 'quotes', '"'.repeat(2 * many), /50,000/],
    ['yaml', 'anchors', '&a '.repeat(many), /50,000/],
    ['yaml', 'documents', '---\n'.repeat(many), /50,000/],
    ['yaml', 'commas', `[${','.repeat(many)}`, /50,000/],
    ['yaml', 'empty lines', '\n'.repeat(600_000), /50,000/],
    ['dotenv', 'lines', 'A=1\n'.repeat(many), /200,000/],
    ['ini', 'lines', 'A=1\n'.repeat(many), /200,000/],
    ['json', 'bytes', `"${'x'.repeat(8 * 1024 * 1024)}"`, /8 MiB/],
    ['yaml', 'bytes', 'é'.repeat(5 * million), /8 MiB/],
  ] as const)('%s: %s', (as, _, text, reason) =>
    expect(open(as, text)).toEqual({ kind: 'no-document', reason: expect.stringMatching(reason) }),
  );

  it('64 levels open, in JSON and in YAML', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    for (const as of ['json', 'yaml'] as const) {
      expect(open(as, nested(64)).kind).toBe('document');
      expect(open(as, nested(65)).kind).toBe('no-document');
    }
  });

  it('aliases that multiply are not followed', () => {
    const lines = Array.from(
      { length: 40 },
      (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`,
    );
    const document = open('yaml', ['a0: &a0 x', ...lines].join('\n'));
    expect(document).toMatchObject({ kind: 'document', closed: { length: 41 } });
  });

  it('strings of backslashes, and texts that are almost something, take time in proportion to their length', () => {
    expect(open('json', `"${'\\\\'.repeat(many)}"`).kind).toBe('document');
    expect(open('json', `"${'\\"'.repeat(many)}`).kind).toBe('no-document');
    expect(open('dotenv', `A="${'\\"'.repeat(many)}`).kind).toBe('no-document');
    expect(open('dotenv', 'A="'.repeat(many)).kind).toBe('no-document');
    expect(open('ini', `A = """\n${'x\n'.repeat(100_000)}`).kind).toBe('no-document');
    expect(open('yaml', `[${'a,'.repeat(40_000)}${' '.repeat(many)}\n\n]`).kind).toBe('document');
    expect(open('yaml', `a: |\n${' \n'.repeat(many)}`).kind).toBe('document');
  });
});
