import { createCipheriv } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type {
  AttributeMap,
  AttributeValue,
  ItemRecord,
  StoreRecord,
} from '../../lambda/core/model/record.ts';
import { lookingFor, type LookOptions } from '../../lambda/core/look-alikes/look-alikes.ts';
import type { LookAlike } from '../../lambda/core/look-alikes/search.ts';
import { item, object } from '../support/builders.ts';
import { anyCharacter } from '../support/any-character.ts';

const lookAlikes = (record: StoreRecord, options: LookOptions): readonly LookAlike[] =>
  lookingFor(options)(record);
const seen = (value: AttributeValue, lengths: readonly number[] = []): readonly string[] =>
  lookAlikes(item('x', { held: value }), { declared: [], ignore: [], lengths }).map(({ form }) => form);
const numbers = (of: Iterable<number>): AttributeValue[] => [...of].map(one => ({ N: String(one) }));
/** Seeded, so the same in each run: truly random bytes would look like a ciphertext once in 2^40 places. */
const random = (length: number, seed: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length));
const uuid = (seed: number): string =>
  random(16, seed)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const token = (seed: number): string =>
  [
    { alg: 'RS256', typ: 'JWT' },
    { sub: uuid(seed), iat: 1_700_000_000 + seed, scope: 'read write' },
  ]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat(random(256, seed).toString('base64url'))
    .join('.');

describe('nothing is found', () => {
  it.each<readonly [string, AttributeValue]>([
    ['4 MB of random bytes', { B: random(4_000_000, 1) }],
    ['4 MB of them in base64', { S: random(4_000_000, 2).toString('base64') }],
    ['4 MB of them in hexadecimal', { S: random(4_000_000, 3).toString('hex') }],
    ['4 MB of them as numbers', { S: [...random(4_000_000, 4)].join(',') }],
    ['an image in a data URL', { S: `data:image/png;base64,${random(90_000, 5).toString('base64')}` }],
    ['1,000 UUIDs', { SS: Array.from({ length: 1000 }, (_, seed) => uuid(seed)) }],
    ['1,000 JSON web tokens', { SS: Array.from({ length: 1000 }, (_, seed) => token(seed)) }],
    [
      'numbers that begin so',
      { S: JSON.stringify({ counts: [1, 2, 2, 0, 120], more: [11, 2, 2, 0, 120, 7] }) },
    ],
    ['a list that begins so', { L: numbers([1, 2, 2, 0, 120, 5, 9]) }],
    ['a map that begins so', { M: Object.fromEntries(numbers([1, 2, 2, 0, 120]).entries()) }],
    ['a long list with other numbers behind', { L: numbers([1, 2, 2, 0, 120, ...Array(99).fill(1000)]) }],
    ['points of a series', { S: JSON.stringify([1, 2, 2, 0, 120, 7].map((y, x) => [x, y])) }],
    ['telephone numbers', { S: 'tel. 01 02 02 00 78 or 0102020078, 01-02-02-00-78' }],
    ['a path of Windows', { S: String.raw`C:\01\02\02\00\readme` }],
  ])('in %s', (_name, value) => expect(seen(value)).toEqual([]));

  const { value } = fc.letrec<{ value: AttributeValue }>(tie => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.record({
        S: fc.oneof(fc.string({ unit: anyCharacter }), fc.base64String(), fc.json(), fc.webUrl()),
      }),
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

  it('that is not there, and nothing throws, whatever an item holds', () => {
    fc.assert(
      fc.property(value, held => expect(seen(held, [256, 384, 512])).toEqual([])),
      { numRuns: 10_000 },
    );
  }, 60_000);

  it('that is not there, whatever the metadata of an object is', () => {
    const texts = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.base64String(), fc.json()));
    const look = lookingFor({ declared: [['edk']], ignore: ['metadata.*.x', 'tag'] });
    fc.assert(
      fc.property(fc.string(), texts, texts, (key, metadata, tags) =>
        expect(look(object(key, metadata, { tags }))).toEqual([]),
      ),
      { numRuns: 2000 },
    );
  });
});

const nested = (levels: number, wrap: (inner: AttributeValue) => AttributeValue): AttributeValue => {
  let value: AttributeValue = { NULL: true };
  for (let level = 0; level < levels; level++) value = wrap(value);
  return value;
};

/** Processor time, not wall-clock time: other work on the machine must not fail a test. */
function processorMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('input that is made to be hard to search', () => {
  it.each<readonly [string, () => AttributeValue]>([
    ['10,000 lists in one another', () => nested(10_000, inner => ({ L: [inner] }))],
    [
      '10,000 maps in one another',
      () => nested(10_000, inner => ({ M: Object.fromEntries([['__proto__', inner]]) })),
    ],
    ['JSON of that depth', () => ({ S: `${'['.repeat(200_000)}1${']'.repeat(200_000)}` })],
    ['12 MB of digits', () => ({ S: 'A'.repeat(12_000_000) })],
    ['12 MB of bytes as numbers', () => ({ S: `[${'1, '.repeat(4_000_000)}1]` })],
    ['gzip of 100 MB', () => ({ B: gzipSync(Buffer.alloc(100_000_000)) })],
    ['gzip in gzip in gzip', () => ({ B: gzipSync(gzipSync(gzipSync(random(100_000, 6)))) })],
    ['gzip that ends early', () => ({ B: gzipSync(random(10_000, 7)).subarray(0, 5000) })],
    [
      'bytes that begin as gzip and zlib do',
      () => ({
        BS: ['1f8b08', '789c', '7801'].map(begin =>
          Buffer.concat([Buffer.from(begin, 'hex'), random(500, 8)]),
        ),
      }),
    ],
    ['halves of characters', () => ({ S: '\ud800AQICA\udfff'.repeat(1000) })],
  ])('neither throws nor is found: %s', (_name, make) => expect(seen(make(), [256])).toEqual([]));

  it('is base64 in base64 in base64, of which some levels are undone', () => {
    let text = `AQICAHh${random(180, 9).toString('base64')}`;
    for (let level = 0; level < 5; level++) text = Buffer.from(text).toString('base64');
    expect(seen({ S: text })).toEqual(['in-encoded-text']);
    for (let level = 0; level < 10; level++) text = Buffer.from(text).toString('base64');
    expect(seen({ S: text })).toEqual([]);
  });

  const repeated =
    (text: string) =>
    (length: number): AttributeValue => ({ S: text.repeat(length / text.length) });
  it.each<readonly [string, (length: number) => AttributeValue]>([
    ['beginnings that do not go on', repeated('AQICA')],
    ['beginnings in numbers', repeated('1,2,2,0,120,')],
    ['beginnings in numbers far apart', repeated(`1${' '.repeat(60)}2${' '.repeat(60)}`)],
    ['beginnings in members', repeated('"0":1,"1":2,"2":2,"3":0,"4":120,')],
    ['beginnings in hexadecimal', repeated('0102020078')],
    ['beginnings in pairs', repeated('01:02:02:00:78:')],
    ['ones', repeated('1, ')],
    ['brackets', repeated('[1,')],
    ['open brackets', repeated('[')],
    ['backslashes', repeated('\\')],
    ['escapes', repeated(String.raw`\u0001`)],
    ['zeros', repeated('0')],
    ['ends of lines', repeated('\n')],
    ['lines of digits', repeated(`${'A'.repeat(63)}\n`)],
    ['runs that are a little too short', repeated(`${'A'.repeat(127)} `)],
    [
      'digits, then blanks, then something else',
      length => ({ S: `${'A'.repeat(length / 2)}${' \n'.repeat(length / 4)}!` }),
    ],
    [
      'a header of bytes, again and again',
      length => ({
        L: numbers(Array.from({ length }, (_, index) => [1, 2, 2, 0, 120, 300][index % 6] ?? 0)),
      }),
    ],
    ['bytes', length => ({ B: Buffer.alloc(length, 1) })],
    [
      'compressed bytes',
      length => ({
        BS: Array.from({ length: length / 200 }, (_, seed) => gzipSync(random(160, seed % 251))),
      }),
    ],
  ])('is looked through once: eight times the %s take about eight times as long', (_name, of) => {
    const fastest = (record: ItemRecord): number => {
      const look = lookingFor({ declared: [['edk']], ignore: ['a.*'], lengths: [256] });
      return Math.min(...Array.from({ length: 5 }, () => processorMs(() => look(record))));
    };
    const [small = 0, large = 0] = [20_000, 160_000].map(length => fastest(item('x', { held: of(length) })));
    // Quadratic work would take 64 times as long. Below a tenth of a millisecond, the clock is too coarse.
    expect(large).toBeLessThan(30 * Math.max(small, 0.1));
  });

  it('is a record with many values: eight times the values take about eight times as long', () => {
    const attributes = (count: number): AttributeMap =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `attribute${index}`,
          { M: { id: { S: uuid(index % 200) }, list: { L: [{ S: 'a' }, { N: '1' }] } } },
        ]),
      );
    const fastest = (count: number): number => {
      const record = item('x', attributes(count));
      return Math.min(
        ...Array.from({ length: 5 }, () =>
          processorMs(() => lookAlikes(record, { declared: [], ignore: ['*.list.*', '*.id.x'] })),
        ),
      );
    };
    expect(fastest(4000)).toBeLessThan(30 * Math.max(fastest(500), 0.1));
  });
});
