import { readdirSync, readFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parsePattern, placeText } from '../../lambda/core/places/pattern.ts';
import type { AttributeMap, AttributeValue, StoreRecord } from '../../lambda/core/model/record.ts';
import { lookingFor, type LookOptions } from '../../lambda/core/look-alikes/look-alikes.ts';
import { MOST_OF_A_RECORD, type LookAlike } from '../../lambda/core/look-alikes/search.ts';
import { item, object } from '../support/builders.ts';

const NOTHING_DECLARED = { declared: [], ignore: [] };
const lookAlikes = (record: StoreRecord, options: LookOptions): readonly LookAlike[] =>
  lookingFor(options)(record);
/** A ciphertext as KMS makes it for a data key of 32 bytes. */
const blob = (seed: number): Buffer =>
  Buffer.concat([
    Buffer.from('0102020078', 'hex'),
    Buffer.from(Array.from({ length: 179 }, (_, index) => (index * 73 + seed * 31) % 256)),
  ]);
const EDK = blob(1);
const base64 = EDK.toString('base64');
const numbers = (bytes: Iterable<number>): AttributeValue[] => [...bytes].map(one => ({ N: String(one) }));
const pairs = (bytes: Buffer, before = ''): string[] =>
  [...bytes].map(byte => before + byte.toString(16).padStart(2, '0'));
const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
/** How the Encryption SDK and similar clients embed a ciphertext: as bytes in a message, or as base64 in a binary value. */
const MESSAGE = Buffer.concat([
  Buffer.from([1, 0x80, 3, 0x78]),
  Buffer.alloc(50, 97),
  EDK,
  Buffer.alloc(60, 7),
]);
const STRUCTURE = Buffer.concat([Buffer.alloc(8), Buffer.from('amzn-ddb-env-key'), Buffer.from(base64)]);
const signed = (byte: number): number => (byte > 127 ? byte - 256 : byte);
const seen = (value: AttributeValue): readonly (readonly [string, string])[] =>
  lookAlikes(item('x', { held: value }), NOTHING_DECLARED).map(({ path, form }) => [placeText(path), form]);

/** How software writes the bytes of a data key: a name, the value, the recognised form, and its place in the value. */
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
  ['hexadecimal with colons', { S: pairs(EDK).join(':') }, 'in-text'],
  ['hexadecimal as in source text', { S: pairs(EDK, '0x').join(', ') }, 'in-text'],
  ['a URL escapes it', { S: pairs(EDK, '%').join('') }, 'in-text'],
  ['a URL escapes some of it', { S: '%01%02%02%00x%91' }, 'in-text'],
  ['quoted-printable', { S: '=01=02=02=00x=91' }, 'in-text'],
  ['SQL escapes it', { S: String.raw`\001\002\002\000x\221` }, 'in-text'],
  ['base32', { S: 'AEBAEADYSGMKM3UV' }, 'in-text'],
  ['base32 of another beginning', { S: 'AEAQGADYSGMKM3UV' }, 'in-text'],
  ['numbers between blanks', { S: [...EDK].join(' ') }, 'in-text'],
  ['Java prints an array', { S: `[${Array.from(EDK, signed).join(', ')}]` }, 'in-text'],
  ['JSON with texts of numbers', { S: JSON.stringify([...EDK].map(String)) }, 'in-text'],
  ['JSON with typed numbers', { S: JSON.stringify({ L: numbers(EDK) }, null, 4) }, 'in-text'],
  [
    'JSON with typed members',
    { S: JSON.stringify({ M: Object.fromEntries(numbers(EDK).entries()) }) },
    'in-text',
  ],
  ['JSON of a longer Uint8Array', { S: JSON.stringify(new Uint8Array(MESSAGE)) }, 'in-text'],
  ['CBOR with numbers', { B: Buffer.from([0x98, 184, 1, 2, 2, 0, 0x18, 0x78, 0x18, 0x91]) }, 'in-binary'],
  ['a structure in base64', { S: STRUCTURE.toString('base64') }, 'in-encoded-text'],
  [
    'a structure in base64 in JSON',
    { S: JSON.stringify({ d: STRUCTURE.toString('base64') }) },
    'in-encoded-text',
  ],
  ['a JSON web token', { S: `${encoded({ alg: 'none' })}.${encoded({ key: base64 })}.` }, 'in-encoded-text'],
  ['hexadecimal of base64', { S: `x:${Buffer.from(base64).toString('hex')}` }, 'in-encoded-text'],
  ['base64 of hexadecimal', { S: encoded(EDK.toString('hex')) }, 'in-encoded-text'],
  ['base64 of base64 of JSON', { S: encoded(encoded({ key: base64 })) }, 'in-encoded-text'],
  ['base64 of JSON with numbers', { S: encoded([...EDK]) }, 'in-encoded-text'],
  ['gzip', { B: gzipSync(JSON.stringify({ key: base64 })) }, 'in-compressed'],
  ['zlib', { B: deflateSync(JSON.stringify({ key: base64 })) }, 'in-compressed'],
  ['gzip in base64', { S: gzipSync(JSON.stringify({ key: base64 })).toString('base64') }, 'in-encoded-text'],
  ['a list of numbers', { L: numbers(EDK) }, 'number-list'],
  ['a list of texts of numbers', { L: [...EDK].map(one => ({ S: String(one) })) }, 'number-list'],
  ['a list of typed numbers', { L: [...EDK].map(one => ({ M: { N: { S: String(one) } } })) }, 'number-list'],
  ['a longer list of numbers', { L: numbers(MESSAGE) }, 'number-list'],
  ['a longer map of numbers', { M: Object.fromEntries(numbers(MESSAGE).entries()) }, 'number-map'],
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

  it('is found in longer base64, wherever it begins', () => {
    for (let before = 0; before < 6; before++) {
      const longer = Buffer.concat([Buffer.alloc(before, 0xe7), EDK, Buffer.from('rest')]);
      expect(seen({ S: longer.toString('base64') })).toHaveLength(1);
      expect(seen({ S: `x:${longer.toString('base64url')}` })).toHaveLength(1);
    }
  });

  it('is found in wrapped base64, wherever its lines end', () => {
    for (let width = 56; width <= 100; width++)
      for (const end of ['\n', '\r\n', '\n  ']) {
        const wrapped = MESSAGE.toString('base64').replace(new RegExp(`(.{${width}})`, 'g'), `$1${end}`);
        expect(seen({ S: wrapped })).toHaveLength(1);
        expect(seen({ S: JSON.stringify({ body: `-----\n${wrapped}` }) })).toHaveLength(1);
      }
  });

  it.each([6, 20, 60])('is found as bytes or base64 where only %s bytes of it are left', length => {
    const cut = EDK.subarray(0, length);
    for (const value of [
      { B: cut },
      { S: cut.toString('base64') },
      { S: `v1.${cut.toString('base64url')}.x` },
    ])
      expect(seen(value)).toHaveLength(1);
  });

  it('is counted as often as it occurs, up to a bound', () => {
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

  describe('of an RSA key', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => (index * 73 + 31) % 256));
    const text = bytes.toString('base64');
    const found = (value: AttributeValue): readonly string[] =>
      lookAlikes(item('x', { held: value }), { ...NOTHING_DECLARED, lengths: [256, 512] }).map(
        ({ form }) => form,
      );

    it.each<readonly [string, AttributeValue, string]>([
      ['bytes', { B: bytes }, 'binary'],
      ['base64', { S: text }, 'base64'],
      ['URL-safe base64', { S: bytes.toString('base64url') }, 'base64url-unpadded'],
      ['wrapped base64', { S: text.replace(/(.{76})/g, '$1\n') }, 'base64-wrapped'],
      ['hexadecimal', { S: bytes.toString('hex') }, 'hex'],
      ['base64 in binary', { B: Buffer.from(text) }, 'base64-in-binary'],
      ['JSON', { S: JSON.stringify({ key: text }) }, 'in-text'],
      ['JSON that escapes slashes', { S: JSON.stringify({ key: text }).replaceAll('/', '\\/') }, 'in-text'],
      ['a delimited text', { S: `v1.${bytes.toString('base64url')}.x` }, 'in-text'],
      ['JSON with a Buffer', { S: JSON.stringify({ key: bytes }) }, 'in-text'],
      ['JSON with a Uint8Array', { S: JSON.stringify({ key: new Uint8Array(bytes) }) }, 'in-text'],
      ['JSON with typed numbers', { S: JSON.stringify({ L: numbers(bytes) }) }, 'in-text'],
      ['a list of numbers', { L: numbers(Array.from(bytes, signed)) }, 'number-list'],
      ['a map of numbers', { M: Object.fromEntries(numbers(bytes).entries()) }, 'number-map'],
    ])('is seen by its length as %s', (_name, value, form) => expect(found(value)).toEqual([form]));

    it('is not found in bytes that are one longer or shorter, nor for jobs without such keys', () => {
      for (const other of [bytes.subarray(1), Buffer.concat([bytes, bytes.subarray(0, 1)])])
        for (const value of [{ B: other }, { S: other.toString('base64') }, { L: numbers(other) }])
          expect(found(value)).toEqual([]);
      expect(seen({ B: bytes })).toEqual([]);
    });
  });
});

describe('the name of a source key', () => {
  const id = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
  const arn = `arn:aws:kms:us-east-1:111122223333:key/${id}`;
  const alias = 'arn:aws:kms:us-east-1:111122223333:alias/old';
  const found = (value: AttributeValue): readonly string[] =>
    lookAlikes(item('x', { held: value }), { ...NOTHING_DECLARED, keyNames: [arn, alias] }).map(
      ({ path, form }) => `${placeText(path)} ${form}`,
    );

  it.each<readonly [string, AttributeValue, string]>([
    ['its ARN', { S: arn }, 'held key-name'],
    ['its id', { S: id }, 'held key-name'],
    ['its ARN in JSON', { S: JSON.stringify({ key: arn }) }, 'held key-name'],
    ['its ARN in bytes', { B: Buffer.from(JSON.stringify({ key: arn })) }, 'held key-name'],
    ['an alias', { S: 'alias/old' }, 'held key-name'],
    ['an alias in a set', { SS: ['alias/other', alias] }, 'held key-name'],
    ['its ARN as the name of a member', { M: { [arn]: { N: '1' } } }, `held.${arn} key-name`],
  ])('is found as %s', (_name, value, expected) => expect(found(value)).toEqual([expected]));

  it('is not the name of another key, nor a longer alias', () => {
    for (const text of ['alias/older', `alias/old/2`, arn.replace('0f1e', '1f1e')])
      expect(found({ S: text })).toEqual([]);
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
