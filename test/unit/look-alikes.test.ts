import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parsePattern, placeText } from '../../lambda/core/model/place-pattern.ts';
import type { AttributeMap, AttributeValue, ItemRecord } from '../../lambda/core/model/record.ts';
import { lookAlikes, MOST_OF_A_RECORD } from '../../lambda/core/scan/look-alikes/look-alikes.ts';
import { lookThrough } from '../../lambda/core/scan/look-through.ts';
import { item, object, scope } from '../support/builders.ts';

const NOTHING_DECLARED = { declared: [], ignore: [] };
/** As KMS makes them for a data key of 32 bytes. */
const blob = (seed: number): Buffer =>
  Buffer.concat([
    Buffer.from('0102020078', 'hex'),
    Buffer.from(Array.from({ length: 179 }, (_, index) => (index * 73 + seed * 31) % 256)),
  ]);
const EDK = blob(1);
const base64 = EDK.toString('base64');
const numbers = (bytes: Iterable<number>): AttributeValue[] => [...bytes].map(one => ({ N: String(one) }));
const signed = (byte: number): number => (byte > 127 ? byte - 256 : byte);
const seen = (value: AttributeValue): readonly (readonly [string, string])[] =>
  lookAlikes(item('x', { held: value }), NOTHING_DECLARED).map(({ path, form }) => [placeText(path), form]);

/** How software writes the bytes of a data key: a name, the value, the form that is recognised, and where within the value. */
const FORMS: readonly (readonly [string, AttributeValue, string, string?])[] = [
  ['bytes', { B: EDK }, 'binary'],
  ['base64', { S: base64 }, 'base64'],
  ['unpadded base64', { S: base64.replace(/=+$/, '') }, 'base64-unpadded'],
  ['URL-safe base64', { S: blob(3).toString('base64url') }, 'base64url-unpadded'],
  ['wrapped base64', { S: base64.replace(/(.{64})/g, '$1\n') }, 'base64-wrapped'],
  ['base64 with an end of line', { S: `${base64}\n` }, 'base64-wrapped'],
  ['hexadecimal', { S: EDK.toString('hex') }, 'hex'],
  ['upper-case hexadecimal', { S: EDK.toString('hex').toUpperCase() }, 'hex'],
  ['base64 in binary', { B: Buffer.from(base64) }, 'base64-in-binary'],
  ['a data URL', { S: `data:application/octet-stream;base64,${base64}` }, 'in-text'],
  ['a delimited text', { S: `v1.${base64}.nonce.text` }, 'in-text'],
  ['JSON', { S: JSON.stringify({ key: base64 }) }, 'in-text'],
  [
    'base64 of JSON',
    { S: Buffer.from(JSON.stringify({ key: base64 })).toString('base64') },
    'in-encoded-text',
  ],
  ['JSON with a Buffer', { S: JSON.stringify({ key: EDK }) }, 'in-text'],
  ['pretty JSON with a Buffer', { S: JSON.stringify({ key: EDK }, null, 2) }, 'in-text'],
  ['JSON with a Uint8Array', { S: JSON.stringify({ key: new Uint8Array(EDK) }) }, 'in-text'],
  ['JSON within JSON', { S: JSON.stringify({ k: JSON.stringify(new Uint8Array(EDK)) }) }, 'in-text'],
  ['a text of characters for bytes', { S: EDK.toString('latin1') }, 'in-text'],
  ['such a text in JSON', { S: JSON.stringify(EDK.toString('latin1')) }, 'in-text'],
  ["Python's notation of bytes", { S: String.raw`b'\x01\x02\x02\x00x\x91'` }, 'in-text'],
  ['a message that holds it', { B: Buffer.concat([Buffer.from([1, 0x80, 3, 0x78]), EDK]) }, 'in-binary'],
  [
    'a binary structure with its base64',
    { B: Buffer.concat([Buffer.alloc(8), Buffer.from(base64)]) },
    'in-binary',
  ],
  ['a list of numbers', { L: numbers(EDK) }, 'number-list'],
  ['a list of signed numbers', { L: numbers(Array.from(EDK, signed)) }, 'number-list'],
  [
    'a Buffer as a map',
    { M: { type: { S: 'Buffer' }, data: { L: numbers(EDK) } } },
    'number-list',
    'held.data',
  ],
  ['a map of numbers', { M: Object.fromEntries(numbers(EDK).entries()) }, 'number-map'],
  ['a set of numbers', { NS: [...new Set(EDK)].map(String) }, 'number-set'],
  ['a set of texts', { SS: ['a', base64] }, 'base64'],
  ['a set of bytes', { BS: [EDK] }, 'binary'],
  ['typed JSON in a map', { M: { B: { S: base64 } } }, 'base64', 'held.B'],
  ['the name of a member', { M: { [base64]: { N: '1' } } }, 'in-name', `held.${base64}`],
];

describe('what looks like a data key', () => {
  it.each(FORMS.map(([name, value, form, place = 'held']) => ({ name, value, form, place })))(
    'is found as $name',
    ({ value, form, place }) => {
      expect(seen(value)).toEqual([[place, form]]);
    },
  );

  it('is found in longer base64, wherever it begins in it', () => {
    for (let before = 0; before < 6; before++) {
      const longer = Buffer.concat([Buffer.alloc(before, 0xe7), EDK, Buffer.from('rest')]);
      expect(seen({ S: longer.toString('base64') })).toHaveLength(1);
      expect(seen({ S: `x:${longer.toString('base64url')}` })).toHaveLength(1);
    }
  });

  it.each(['0102020078', '0101020078', '0101010078'])('is found with the beginning %s', header => {
    const older = Buffer.concat([Buffer.from(header, 'hex'), EDK.subarray(5)]);
    for (const value of [{ B: older }, { S: older.toString('base64') }, { S: older.toString('hex') }])
      expect(seen(value)).toHaveLength(1);
  });

  it('is counted as often as it is there, up to a bound', () => {
    const many = Array.from({ length: 5 }, (_, index) => blob(index).toString('base64'));
    expect(seen({ S: JSON.stringify(many) })).toHaveLength(5);
    expect(seen({ L: Array.from({ length: 500 }, () => ({ B: EDK })) })).toHaveLength(MOST_OF_A_RECORD);
  });

  it('is found in metadata, tags, headers and the key of an object', () => {
    const places = lookAlikes(
      object(
        `docs/${base64.slice(0, 40)}`,
        { other: base64, fine: 'x' },
        {
          tags: { key: base64 },
          headers: { contentDisposition: `attachment; filename="${base64}"` },
        },
      ),
      NOTHING_DECLARED,
    ).map(({ path }) => placeText(path));
    expect(places).toEqual(['key', 'metadata.other', 'tag.key', 'header.contentDisposition']);
  });

  it('is a value of the length of an RSA ciphertext, where source keys are RSA keys', () => {
    const bytes = Buffer.alloc(256, 0xab);
    const found = (value: AttributeValue): number =>
      lookAlikes(item('x', { held: value }), { ...NOTHING_DECLARED, lengths: [256] }).length;
    expect([{ B: bytes }, { S: bytes.toString('base64') }, { S: bytes.toString('hex') }].map(found)).toEqual([
      1, 1, 1,
    ]);
    expect(found({ B: Buffer.alloc(255) })).toBe(0);
    expect(seen({ B: bytes })).toEqual([]);
  });
});

describe('what real clients write', () => {
  const folder = new URL('../vectors/', import.meta.url);
  const files = readdirSync(folder).filter(name => name.endsWith('.json'));
  interface Vectors {
    readonly tables: Readonly<
      Record<string, { readonly key: readonly string[]; readonly items: readonly AttributeMap[] }>
    >;
    readonly buckets: Readonly<
      Record<string, Readonly<Record<string, { readonly metadata: Record<string, string> }>>>
    >;
  }
  const read = (file: string): Vectors => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Vectors;
  const bytesOf = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(bytesOf);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        name === 'B' && typeof member === 'string' ? Buffer.from(member, 'base64') : bytesOf(member),
      ]),
    );
  };

  it.each(files)('is seen in every item of %s', file => {
    for (const { items } of Object.values(read(file).tables))
      for (const one of items) {
        const record = { ...item('x', {}), attributes: bytesOf(one) as AttributeMap };
        const wrapped = JSON.stringify(one).match(/AQICAH|AQECAH|UUlDQU|QVFJQ0FI|AYAB|AgV4/) !== null;
        if (wrapped) expect([file, lookAlikes(record, NOTHING_DECLARED).length]).not.toEqual([file, 0]);
      }
  });

  it('is seen in the metadata of the S3 Encryption Client', () => {
    const names = Object.values(read('s3ec_java_v3-3.5.0.json').buckets)
      .flatMap(bucket => Object.entries(bucket))
      .filter(([, { metadata }]) => Object.hasOwn(metadata, 'x-amz-key-v2'))
      .flatMap(([key, { metadata }]) => lookAlikes(object(key, metadata), NOTHING_DECLARED))
      .map(({ path }) => placeText(path));
    expect(new Set(names)).toEqual(new Set(['metadata.x-amz-key-v2']));
  });
});

describe('a place', () => {
  const record = item('x', {
    edk: { B: EDK },
    keys: { L: [{ M: { edk: { B: EDK }, other: { B: EDK } } }, { M: { edk: { B: EDK } } }] },
    byRegion: { M: { 'us.east': { B: EDK }, west: { B: EDK } } },
  });
  const places = (
    declared: readonly (readonly (string | number)[])[],
    ...ignore: readonly string[]
  ): readonly string[] => lookAlikes(record, { declared, ignore }).map(({ path }) => placeText(path));
  const ALL = ['edk', 'keys[0].edk', 'keys[0].other', 'keys[1].edk', 'byRegion["us.east"]', 'byRegion.west'];

  it('that is declared is not looked at, and its neighbours are', () => {
    expect(places([])).toEqual(ALL);
    expect(places([['keys', 0, 'edk']])).toEqual(ALL.filter(place => place !== 'keys[0].edk'));
  });

  it.each([
    ['edk', ['edk']],
    ['keys[*].edk', ['keys[0].edk', 'keys[1].edk']],
    ['keys', ['keys[0].edk', 'keys[0].other', 'keys[1].edk']],
    ['byRegion.*', ['byRegion["us.east"]', 'byRegion.west']],
    ['byRegion["us.east"]', ['byRegion["us.east"]']],
    ['keys[0]', ['keys[0].edk', 'keys[0].other']],
  ])('that is ignored as %s is not looked at', (pattern, gone) => {
    expect(places([], pattern)).toEqual(ALL.filter(place => !gone.includes(place)));
  });

  it('is written in reports as a job may name it', () => {
    const step = fc.oneof(fc.string({ minLength: 1 }), fc.nat({ max: 9 }));
    fc.assert(
      fc.property(fc.tuple(fc.string({ minLength: 1 }), fc.array(step)), ([first, rest]) => {
        expect(parsePattern(placeText([first, ...rest]))).toEqual([first, ...rest]);
      }),
    );
  });

  it.each(['', '.a', 'a.', 'a..b', 'a[', 'a[x]', 'a["x]', '["\\x"]', 'a]'])('is not %j', pattern =>
    expect(parsePattern(pattern)).toBeUndefined(),
  );
});

describe('whatever a record holds', () => {
  const { value } = fc.letrec<{ value: AttributeValue }>(tie => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.record({ S: fc.oneof(fc.string(), fc.base64String(), fc.json()) }),
      fc.record({ N: fc.double().map(String) }),
      fc.record({ B: fc.uint8Array({ maxLength: 500 }) }),
      fc.record({ BOOL: fc.boolean() }),
      fc.constant({ NULL: true as const }),
      fc.record({ SS: fc.array(fc.string()) }),
      fc.record({ NS: fc.array(fc.integer().map(String), { maxLength: 20 }) }),
      fc.record({ BS: fc.array(fc.uint8Array()) }),
      fc.record({ L: fc.array(tie('value')) }),
      fc.record({ M: fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('value')) }),
    ),
  }));

  it('nothing is found in it that is not there, and nothing throws', () => {
    fc.assert(
      fc.property(value, held => expect(seen(held)).toEqual([])),
      { numRuns: 10_000 },
    );
  }, 30_000);

  it('is looked through once: eight times the text takes about eight times as long, hostile or not', () => {
    const hostile = [
      (length: number): AttributeValue => ({ S: 'AQICA'.repeat(length / 5) }),
      (length: number): AttributeValue => ({ S: '1, '.repeat(length / 3) }),
      (length: number): AttributeValue => ({ S: `${'A'.repeat(length / 2)}${' \n'.repeat(length / 4)}!` }),
      (length: number): AttributeValue => ({ S: '\\'.repeat(length) }),
      (length: number): AttributeValue => ({ S: '0'.repeat(length) }),
      (length: number): AttributeValue => ({ B: Buffer.alloc(length, 1) }),
    ];
    const fastest = (record: ItemRecord): number => {
      const times = Array.from({ length: 5 }, () => {
        const started = performance.now();
        lookAlikes(record, NOTHING_DECLARED);
        return performance.now() - started;
      });
      return Math.min(...times);
    };
    for (const of of hostile) {
      const [small, large] = [20_000, 160_000].map(length => fastest(item('x', { held: of(length) })));
      // Quadratic work would take 64 times as long; below a tenth of a millisecond the clock decides.
      expect(large).toBeLessThan(30 * Math.max(small ?? 0, 0.1));
    }
  });
});

describe('look-alikes in a report', () => {
  it('are named by their place, and names that are ciphertexts by *, so that no ciphertext is shown', () => {
    const record = item('x', {
      held: { M: { [base64]: { M: { edk: { B: blob(2) } } } } },
      [blob(4).toString('hex')]: { N: '1' },
    });
    const { first } = lookThrough([record], scope());
    expect(first.map(({ path }) => path).sort()).toEqual(['*', 'held.*', 'held.*.edk']);
    for (const { path } of first) expect(parsePattern(path)).toBeDefined();
    expect(JSON.stringify(first)).not.toContain(base64.slice(8, 40));
  });
});
