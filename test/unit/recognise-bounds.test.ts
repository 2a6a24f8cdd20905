import { Buffer } from 'node:buffer';
import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import {
  BODY_BYTES,
  recogniseRecord,
  refusedCiphertext,
} from '../../lambda/core/recognise/recognise-record.ts';
import { recogniseStore } from '../../lambda/core/recognise/recognise-store.ts';
import type { AttributeValue } from '../../lambda/core/model/record.ts';
import { item, object } from '../support/builders.ts';
import { vectorStore } from '../support/vector-records.ts';
import { anyCharacter } from '../support/any-character.ts';

/** Of each kind of input; `RECOGNISE_FUZZ_RUNS=10000` for more. */
const RUNS = Number(process.env['RECOGNISE_FUZZ_RUNS'] ?? 1000);
/** Seeded, so the same in each run. */
const random = (length: number, seed: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length));

/** What real clients wrote, to be damaged. */
const written = [
  ...vectorStore('esdk_py-aws-encryption-sdk-4.0.7', 'esdk-objects').records,
  ...vectorStore('tink_py-1.16.1', 'tink-keysets').records,
  ...vectorStore('gnupg-2.2.40', 'pgp-messages').records,
  ...vectorStore('age_py-1.4.0', 'age-files').records,
  ...vectorStore('sops-3.13.2', 'sops-files').records,
].flatMap(({ body }) => (body === undefined ? [] : [Buffer.from(body)]));
const items = [
  ...vectorStore('dbesdk_java-3.9.0', 'dbe-items').records,
  ...vectorStore('ddbec_py-dynamodb-encryption-sdk-3.3.0', 'ddbec-s').records,
].flatMap(({ record }) => (record.kind === 'item' ? Object.values(record.attributes) : []));
const seeds = [...written, ...items.flatMap(value => ('B' in value ? [Buffer.from(value.B)] : []))];

/** Bytes of a client with some of them changed, and an end cut off or lengthened. */
const damaged = fc
  .record({
    seed: fc.constantFrom(...seeds),
    changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
    cut: fc.oneof(fc.constant(0), fc.nat(400)),
    more: fc.uint8Array({ maxLength: 20 }),
  })
  .map(({ seed, changes, cut, more }) => {
    const bytes = Buffer.concat([seed.subarray(0, Math.max(0, seed.length - cut)), more]);
    for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % Math.min(bytes.length, 400)] = byte;
    return bytes;
  });
const bytes = fc.oneof(
  damaged,
  fc.uint8Array({ maxLength: 300 }).map(one => Buffer.from(one)),
);

describe('nothing throws', () => {
  it('on bytes of clients that somebody has damaged, as a value and as a body', () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom('k', 'k.instruction'), (one, key) => {
        refusedCiphertext(one);
        recogniseRecord(object(key, {}), one);
      }),
      { numRuns: RUNS },
    );
  }, 60_000);

  const names = fc.constantFrom(
    ...[
      'name',
      'version',
      'key',
      'contents',
      'hmac',
      'id',
      'type',
      'enc',
      'kms-arn',
      'hierarchy-version',
      'data_key',
    ],
    ...[
      'branch-key-id',
      'aws_dbe_head',
      'aws_dbe_foot',
      '*amzn-ddb-map-desc*',
      '__proto__',
      'constructor',
      'a.b',
      '',
    ],
  );
  const { value } = fc.letrec<{ value: AttributeValue }>(tie => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.record({ B: bytes }),
      fc.record({
        S: fc.oneof(
          fc.string({ unit: anyCharacter }),
          fc.json(),
          bytes.map(one => one.toString('base64')),
        ),
      }),
      fc.record({ S: bytes.map(one => `v1.${one.toString('base64')}.x`) }),
      fc.record({ N: fc.integer().map(String) }),
      fc.record({ BS: fc.array(bytes, { maxLength: 2 }) }),
      fc.record({ L: fc.array(tie('value'), { maxLength: 4 }) }),
      fc.record({ M: fc.dictionary(names, tie('value'), { maxKeys: 4 }) }),
    ),
  }));

  it('on items that hold anything under the names of libraries', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(names, value, { maxKeys: 6 }), { maxLength: 2 }), all => {
        const seen = recogniseStore(all.map((attributes, n) => ({ record: item(`${n}`, attributes) })));
        expect(seen.records).toBe(all.length);
      }),
      { numRuns: RUNS },
    );
  }, 60_000);

  it('on metadata that holds anything under the names of the S3 Encryption Clients', () => {
    const entries = fc.constantFrom(
      ...[
        'x-amz-key',
        'x-amz-key-v2',
        'x-amz-iv',
        'x-amz-wrap-alg',
        'x-amz-matdesc',
        'x-amz-3',
        'x-amz-w',
        'x-amz-c',
      ],
      ...['x-amz-d', 'x-amz-i', 'x-amz-crypto-instr-file', '__proto__', 'other'],
    );
    const texts = fc.oneof(fc.string(), fc.json(), fc.constantFrom('kms', 'kms+context', '12', 'AESWrap'));
    fc.assert(
      fc.property(fc.dictionary(entries, texts), fc.json(), (metadata, body) => {
        recogniseRecord(object('k', metadata), Buffer.from(body));
      }),
      { numRuns: RUNS },
    );
  }, 60_000);
});

it('random bytes of any length, and of the lengths of RSA ciphertexts, are never refused', () => {
  const stream = random(2_000_000, 1);
  for (let at = 0; at < stream.length - 512; at += 499)
    for (const length of [256, 100 + (at % 412)])
      expect(refusedCiphertext(stream.subarray(at, at + length))).toBeUndefined();
});

describe('time is bounded', () => {
  const seconds = (work: () => unknown): number => {
    const before = process.cpuUsage();
    work();
    return process.cpuUsage(before).user / 1e6;
  };
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const lines = (line: string): string =>
    line.repeat(Math.ceil(BODY_BYTES / line.length)).slice(0, BODY_BYTES);
  const map = (depth: number): AttributeValue => (depth === 0 ? { S: '[' } : { M: { m: map(depth - 1) } });

  it.each<[string, () => unknown]>([
    [
      'a JSON body that nests half a million times',
      () => recogniseRecord(object('k', {}), Buffer.from(nested(500_000))),
    ],
    [
      'a JSON body of 500,000 numbers',
      () => recogniseRecord(object('k', {}), Buffer.from(`[${lines('1,').slice(0, -1)}]`)),
    ],
    ['a body of spaces', () => recogniseRecord(object('k', {}), Buffer.from(lines(' ')))],
    [
      'a body of lines that begin as in files of SOPS',
      () => recogniseRecord(object('k', {}), Buffer.from(lines('sops:\n[sops]\nsops_mac=\n'))),
    ],
    [
      'a body of lines that begin as entries do',
      () => recogniseRecord(object('k', {}), Buffer.from(`sops:\n${lines('    - arn: arn:')}`)),
    ],
    [
      'a body of base64',
      () => recogniseRecord(object('k', {}), Buffer.from(random(700_000, 2).toString('base64'))),
    ],
    [
      'a body of random bytes of which most are not looked at',
      () => recogniseRecord(object('k', {}), random(50_000_000, 3)),
    ],
    [
      'a body of beginnings of ciphertexts',
      () => recogniseRecord(object('k', {}), Buffer.from(lines(`.AQICAHh${'A'.repeat(130)}`))),
    ],
    [
      'an attribute of those',
      () => recogniseRecord(item('1', { s: { S: lines(`.AQICAHh${'A'.repeat(130)}`) } })),
    ],
    ['an item that nests 1,000 times', () => recogniseRecord(item('1', { m: map(1000) }))],
    [
      'a list of 100,000 texts',
      () =>
        recogniseRecord(item('1', { l: { L: Array.from({ length: 100_000 }, () => ({ S: 'AQICAHh' })) } })),
    ],
    [
      'a header with 65,535 data keys to come',
      () =>
        refusedCiphertext(
          Buffer.concat([
            Buffer.from('018000 78'.replace(' ', ''), 'hex'),
            Buffer.alloc(18),
            Buffer.from('ffff', 'hex'),
            Buffer.alloc(400_000),
          ]),
        ),
    ],
  ])('%s', (_name, work) => expect(seconds(work)).toBeLessThan(2));

  it('500 items of 20 places each, all different', () => {
    const records = Array.from({ length: 500 }, (_, n) => ({
      record: item(`${n}`, {
        m: {
          M: Object.fromEntries(
            Array.from({ length: 20 }, (_unused, m) => [
              `n${n * 20 + m}`,
              { M: { edk: { S: `AQICAHh${'A'.repeat(193)}` } } },
            ]),
          ),
        },
      }),
    }));
    let seen: ReturnType<typeof recogniseStore> | undefined;
    expect(seconds(() => (seen = recogniseStore(records)))).toBeLessThan(2);
    expect(seen?.formats).toMatchObject([{ slot: 'm.*.edk', records: 500, dataKeys: 10_000 }]);
  });
});
