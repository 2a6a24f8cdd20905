import fc from 'fast-check';
import type { DataKey, Finding } from '../../lambda/core/model/data-key.ts';
import type { ObjectRecord } from '../../lambda/core/model/record.ts';
import { changed } from '../../lambda/core/places/changed.ts';
import { s3EncryptionClientFormat } from '../../lambda/formats/s3-encryption-client/index.ts';
import { textsOf } from '../../lambda/formats/s3-encryption-client/encoded-words.ts';
import { bound, NEW_DESTINATION } from '../support/bound.ts';
import { NEW_KEY, object, OLD_KEY } from '../support/builders.ts';

const type = 's3-encryption-client';
const EDK = Buffer.alloc(184, 1).toString('base64');
const NEW_EDK = Buffer.alloc(190, 2);
const ALIAS = 'alias/uploads';
const ALIAS_ARN = 'arn:aws:kms:us-east-1:111122223333:alias/uploads';
const idOf = (arn: string): string => arn.slice(arn.indexOf('/') + 1);

const format = (config: object = {}) => bound(s3EncryptionClientFormat, { type, ...config });
const read = (record: ObjectRecord, config: object = {}): readonly Finding[] => format(config).read(record);

const v2 = (wrap: string, matdesc?: string): Record<string, string> => ({
  ...{
    'x-amz-key-v2': EDK,
    'x-amz-wrap-alg': wrap,
    'x-amz-iv': 'aXY=',
    'x-amz-cek-alg': 'AES/GCM/NoPadding',
  },
  ...(matdesc !== undefined && { 'x-amz-matdesc': matdesc }),
});
const v3 = (w: string, more: Record<string, string> = {}): Record<string, string> => ({
  ...{ 'x-amz-3': EDK, 'x-amz-w': w, 'x-amz-c': '115', 'x-amz-d': 'ZA==', 'x-amz-i': 'aQ==' },
  ...more,
});
const kms = (id: string): Record<string, string> => v2('kms', JSON.stringify({ kms_cmk_id: id }));
const file = (fields: unknown, changes: Partial<ObjectRecord> = {}, key = 'a.instruction'): ObjectRecord => {
  const text = typeof fields === 'string' ? fields : JSON.stringify(fields);
  return object(key, {}, { body: { B: Buffer.from(text) }, ...changes });
};

function dataKey(record: ObjectRecord, config: object = {}): DataKey {
  const [finding, ...others] = read(record, config);
  if (finding?.kind !== 'data-key' || others.length > 0) throw new Error(JSON.stringify([finding, others]));
  return finding;
}

/** The object after a run to the new key. */
function moved(record: ObjectRecord, config: object = {}): ObjectRecord {
  const { slot } = dataKey(record, config);
  const destination = { keyArn: NEW_KEY };
  const replacement = { slot, ciphertext: NEW_EDK, destination, destinationAlgorithm: 'SYMMETRIC_DEFAULT' };
  return changed(record, format(config).replace(record, [replacement as never]));
}

const contextsOf = (record: ObjectRecord, config: object = {}): readonly unknown[] =>
  dataKey(record, config).contexts.map(({ source, destination }) => [source, destination]);
const kindsOf = (record: ObjectRecord): readonly string[] => read(record).map(({ kind }) => kind);
const reasonsOf = (record: ObjectRecord): string =>
  read(record)
    .map(finding => ('reason' in finding ? finding.reason : ''))
    .join('\n');

describe('data keys under kms+context, and of version 3', () => {
  it('keep the context that is stored, as the client wrote it', () => {
    const context = { tenant: 'a"b', 'aws:x-amz-cek-alg': 'AES/GCM/NoPadding' };
    for (const text of [
      JSON.stringify(context),
      '{"tenant": "a\\u0022b", "aws:x-amz-cek-alg": "AES\\/GCM\\/NoPadding"}',
    ])
      expect(contextsOf(object('a', v2('kms+context', text)))).toEqual([[context, context]]);
    expect(contextsOf(object('a', v3('12', { 'x-amz-t': '{"a":"b"}' })))).toEqual([[{ a: 'b' }, { a: 'b' }]]);
  });

  it('change in one field, also if the context happens to name a key', () => {
    const before = object('a', v2('kms+context', JSON.stringify({ kms_cmk_id: OLD_KEY })));
    expect(moved(before).metadata).toEqual({
      ...before.metadata,
      'x-amz-key-v2': NEW_EDK.toString('base64'),
    });
    const third = object('a', v3('12', { 'x-amz-t': '{"a": "b"}', 'x-amz-m': '' }));
    expect(moved(third).metadata).toEqual({ ...third.metadata, 'x-amz-3': NEW_EDK.toString('base64') });
  });

  it('have an empty context where the client stored none', () => {
    expect(contextsOf(object('a', v3('12')))).toEqual([[{}, {}]]);
    expect(contextsOf(object('a', v2('kms+context', '')))).toEqual([[{}, {}]]);
  });

  it('cannot be read if what is stored is no context', () => {
    for (const text of [
      '{',
      '[]',
      '"a"',
      '{"a":1}',
      '{"a":{"b":"c"}}',
      '{"a":"b","a":"c"}',
      '{"a":"\\ud800"}',
    ])
      expect(kindsOf(object('a', v2('kms+context', text)))).toEqual(['unreadable']);
    expect(reasonsOf(object('a', v2('kms+context', '{"secret":1}')))).not.toContain('secret');
  });

  it('may have a context with names that JavaScript knows', () => {
    const [[source]] = contextsOf(object('a', v2('kms+context', '{"__proto__":"a","constructor":"b"}'))) as [
      [object],
    ];
    expect(Object.entries(source)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });
});

describe('data keys under kms', () => {
  it.each([
    ['an ARN', OLD_KEY, NEW_KEY],
    ['an id', idOf(OLD_KEY), idOf(NEW_KEY)],
    ['an alias, which stays', ALIAS, ALIAS],
    ['the ARN of an alias, which stays', ALIAS_ARN, ALIAS_ARN],
    ['something else, which stays', 'my key', 'my key'],
  ])('name the new key as the old one was named: by %s', (_, before, after) => {
    const record = object('a', kms(before));
    expect(contextsOf(record)).toEqual([[{ kms_cmk_id: before }, { kms_cmk_id: after }]]);
    expect(moved(record).metadata['x-amz-matdesc']).toBe(JSON.stringify({ kms_cmk_id: after }));
    expect(dataKey(moved(record)).readerContexts).toEqual([{ kms_cmk_id: after }]);
  });

  it.each([
    ['arn', NEW_KEY],
    ['id', idOf(NEW_KEY)],
    [ALIAS, ALIAS],
    [ALIAS_ARN, ALIAS_ARN],
  ])('name the new key as the job says: %s', (kmsKeyId, after) => {
    for (const before of [OLD_KEY, idOf(OLD_KEY), 'alias/old'])
      expect(moved(object('a', kms(before)), { kmsKeyId }).metadata['x-amz-matdesc']).toBe(
        JSON.stringify({ kms_cmk_id: after }),
      );
  });

  it('keep all else of the description byte for byte', () => {
    const text = (key: string): string => `{ "z":"\\u00e4\\/",\t"kms_cmk_id" : "${key}" , "a": "b"}`;
    const after = moved(object('a', v2('kms', text(OLD_KEY))));
    expect(after.metadata['x-amz-matdesc']).toBe(text(NEW_KEY));
  });

  it('stay as they are where a key is refreshed', () => {
    const config = { type };
    const refreshed = bound(s3EncryptionClientFormat, config, { ...NEW_DESTINATION, keyArn: OLD_KEY });
    for (const id of [OLD_KEY, idOf(OLD_KEY), ALIAS]) {
      const [finding] = refreshed.read(object('a', kms(id)));
      expect(finding).toMatchObject({
        contexts: [{ source: { kms_cmk_id: id }, destination: { kms_cmk_id: id } }],
      });
    }
  });

  it('show the key that they name, but no alias: that it stays says nothing of the key', () => {
    const recorded = (id: string): unknown => dataKey(object('a', kms(id))).recordedKeyArn;
    expect([OLD_KEY, idOf(OLD_KEY), ALIAS, ALIAS_ARN, ''].map(recorded)).toEqual([
      OLD_KEY,
      idOf(OLD_KEY),
      ...Array<undefined>(3).fill(undefined),
    ]);
  });

  it('need no description', () => {
    expect(contextsOf(object('a', v2('kms')))).toEqual([[{}, {}]]);
    expect(contextsOf(object('a', v2('kms', '{"a":"b"}')))).toEqual([[{ a: 'b' }, { a: 'b' }]]);
  });

  it('are tried with the context that the job names besides, and without it', () => {
    const [old, now] = [{ kms_cmk_id: OLD_KEY }, { kms_cmk_id: NEW_KEY }];
    expect(contextsOf(object('a', kms(OLD_KEY)), { extraContext: { a: 'b' } })).toEqual([
      [
        { a: 'b', ...old },
        { a: 'b', ...now },
      ],
      [old, now],
    ]);
    expect(contextsOf(object('a', v2('kms+context', '{}')), { extraContext: { a: 'b' } })).toEqual([
      [{}, {}],
    ]);
  });
});

describe('instruction files', () => {
  it('hold the data key of another object, marked or named so', () => {
    expect(contextsOf(file(v2('kms+context', '{"a":"b"}')))).toEqual([[{ a: 'b' }, { a: 'b' }]]);
    const marked = { metadata: { 'x-amz-crypto-instr-file': '' } };
    expect(kindsOf(file({ 'x-amz-3': EDK, 'x-amz-w': '12' }, marked, 'a.mine'))).toEqual(['data-key']);
    const suffixed = file(kms(OLD_KEY), {}, 'a.mine');
    expect(read(suffixed)).toEqual([]);
    expect(read(suffixed, { instructionSuffixes: ['.mine'] })).toHaveLength(1);
  });

  it('are known by the key of their object, whatever a version of it is called', () => {
    const version = { ...file(kms(OLD_KEY)), locator: 'a.instruction (version 1)', key: 'a.instruction' };
    expect(kindsOf(version)).toEqual(['data-key']);
  });

  it('are changed byte for byte: the data key, and within the description the key id', () => {
    const php = (edk: string, key: string): string =>
      `{"x-amz-key-v2":"${edk.replaceAll('/', '\\/')}","x-amz-tag-len":128,"x-amz-wrap-alg":"kms",` +
      `"x-amz-matdesc":"{\\"kms_cmk_id\\":\\"${key.replaceAll('/', '\\\\\\/')}\\",\\"a\\":\\"\\\\u00e4\\"}"}\n`;
    const slashed = Buffer.alloc(184, 0xff).toString('base64');
    const { body } = moved(file(php(slashed, OLD_KEY)));
    expect(Buffer.from((body as { B: Uint8Array }).B).toString()).toBe(
      php(NEW_EDK.toString('base64'), NEW_KEY),
    );
  });

  it('are the only objects whose bodies are read', () => {
    const { needs, needsBodyOf } = format();
    expect(needs).toEqual(['body']);
    const needed = (key: string, metadata: Record<string, string> = {}): boolean | undefined =>
      needsBodyOf?.(object(key, metadata));
    expect(needed('a')).toBe(false);
    expect(needed('.instruction')).toBe(false);
    expect(needed('a.instruction')).toBe(true);
    expect(needed('a', { 'x-amz-crypto-instr-file': 'x' })).toBe(true);
    // An encrypted object that has such a name by chance.
    expect(needed('a.instruction', kms(OLD_KEY))).toBe(false);
  });

  it('leave nothing in doubt at the object that they belong to', () => {
    const { 'x-amz-3': _, 'x-amz-w': __, ...rest } = v3('12');
    expect(read(object('a', rest))).toEqual([]);
    expect(read(object('a', { 'x-amz-unencrypted-content-length': '5' }))).toEqual([]);
  });

  it('are in doubt if they cannot be read, and are none if they hold other JSON', () => {
    for (const text of [
      '',
      'not JSON',
      '[]',
      '{"x-amz-key-v2":"a","x-amz-key-v2":"b"}',
      '{"x-amz-wrap-alg":"kms"}',
    ])
      expect(kindsOf(file(text))).toEqual(['unreadable']);
    expect(kindsOf(object('a.instruction', {}))).toEqual(['unreadable']);
    expect(read(file({ recipe: 'flour' }))).toEqual([]);
    expect(kindsOf(file({ recipe: 'flour' }, { metadata: { 'x-amz-crypto-instr-file': '' } }))).toEqual([
      'unreadable',
    ]);
    const unread = { reason: 'is archived', blocked: true } as const;
    expect(kindsOf(file('', { body: { unread } }))).toEqual(['blocked']);
  });
});

describe('what stays', () => {
  it.each([
    ['version 1', { 'x-amz-key': EDK, 'x-amz-iv': 'aXY=', 'x-amz-matdesc': '{}' }],
    ['AES key wrap', v2('AESWrap', '{}')],
    ['AES-GCM', v2('AES/GCM', '{}')],
    ['RSA-OAEP', v2('RSA-OAEP-SHA1', '{}')],
    ['RSA-OAEP', v2('RSA/ECB/OAEPWithSHA-256AndMGF1Padding', '{}')],
    ['AES-GCM', v3('02', { 'x-amz-m': '{}' })],
    ['RSA-OAEP', v3('22', { 'x-amz-m': '{}' })],
  ])('is a data key under a key of the application, by name: %s', (name, metadata) => {
    for (const record of [object('a', metadata), file(metadata)]) {
      expect(kindsOf(record)).toEqual(['unsupported']);
      expect(reasonsOf(record)).toContain(
        `(S3 Encryption Client, ${name === 'version 1' ? 'as in' : 'with'} ${name})`,
      );
    }
    expect(kindsOf(file({ EncryptedEnvelopeKey: EDK, IV: 'aXY=' }))).toEqual(['unsupported']);
  });

  it('is in doubt: data keys of two versions, a wrapping algorithm that is not known or not named, fields without data key', () => {
    expect(kindsOf(object('a', { ...v3('12'), ...kms(OLD_KEY) }))).toEqual(['unreadable', 'unreadable']);
    expect(kindsOf(object('a', { ...kms(OLD_KEY), 'x-amz-key': EDK }))).toEqual(['unreadable', 'unreadable']);
    for (const record of [v2('kms2'), v2(''), v2('12'), v3('kms'), v3('11'), v3('')])
      expect(kindsOf(object('a', record))).toEqual(['unreadable']);
    expect(kindsOf(object('a', { ...kms(OLD_KEY), 'x-amz-key-v2': '' }))).toEqual(['unreadable']);
    expect(kindsOf(object('a', { ...kms(OLD_KEY), 'x-amz-key-v2': 'not base64!' }))).toEqual(['unreadable']);
  });

  it('has no data key: objects without any of the fields', () => {
    expect(read(object('a', { author: 'me', 'x-amz-meta-note': 'x' }))).toEqual([]);
  });
});

describe('a description that is not US-ASCII', () => {
  const words = (text: string, parts = 1): string => {
    const bytes = Buffer.from(text);
    const size = Math.ceil(bytes.length / parts);
    return Array.from({ length: parts }, (_, part) => {
      const some = bytes.subarray(part * size, (part + 1) * size);
      return part % 2 === 0
        ? `=?UTF-8?B?${some.toString('base64')}?=`
        : `=?utf-8?q?${[...some].map(byte => `=${byte.toString(16).padStart(2, '0')}`).join('')}?=`;
    }).join(' ');
  };

  it('is read from the words in which S3 shows it, and from those that hold its bytes as characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.integer({ min: 1, max: 3 }),
        (text, parts) => {
          fc.pre(!text.startsWith('=?'));
          const bytesAsCharacters = Buffer.from(text).toString('latin1');
          expect(textsOf(words(text, parts))).toContain(text);
          expect(textsOf(words(bytesAsCharacters, parts))[0]).toBe(text);
        },
      ),
    );
  });

  it('gives a context for each reading, of which KMS knows the right one', () => {
    const context = { größe: '✓' };
    const json = JSON.stringify(context);
    const twice = Buffer.from(json).toString('latin1');
    const once = object('a', v2('kms+context', words(json)));
    expect(contextsOf(once)).toEqual([[context, context]]);
    const both = contextsOf(object('a', v2('kms+context', words(twice))));
    expect(both).toHaveLength(2);
    expect(both[0]).toEqual([context, context]);
    expect(moved(once).metadata['x-amz-matdesc']).toBe(words(json));
  });

  it('stays with its object if its key id would have to change', () => {
    const text = (id: string): string => words(JSON.stringify({ größe: 'x', kms_cmk_id: id }));
    expect(kindsOf(object('a', v2('kms', text(OLD_KEY))))).toEqual(['unsupported']);
    expect(kindsOf(object('a', v2('kms', text(ALIAS))))).toEqual(['data-key']);
    expect(kindsOf(object('a', v2('kms', text(NEW_KEY))))).toEqual(['data-key']);
  });

  it('is in doubt in other encodings', () => {
    for (const text of ['=?ISO-8859-1?Q?a?=', '=?UTF-8?B?w4Q=?= rest', '=?UTF-8?Q?=FF?=', '=?UTF-8?X?a?='])
      expect(kindsOf(object('a', v2('kms+context', text)))).toEqual(['unreadable']);
  });
});

describe('a job', () => {
  const problems = (config: object): string => {
    const { error } = s3EncryptionClientFormat.configSchema.safeParse({ type, ...config });
    return error?.issues.map(({ message }) => message).join('\n') ?? '';
  };

  it('names the form of the key id, suffixes, and contexts, and nothing else', () => {
    expect(problems({})).toBe('');
    expect(problems({ kmsKeyId: ALIAS_ARN, instructionSuffixes: ['.a'], extraContext: { a: '' } })).toBe('');
    for (const kmsKeyId of [OLD_KEY, 'alias', 'alias/', 'ARN', 1])
      expect(problems({ kmsKeyId })).toMatch('is no form of a key id');
    expect(problems({ extraContext: { kms_cmk_id: 'a' } })).toMatch('remove it');
    expect(problems({ instructionSuffix: '.a' })).toMatch("did you mean 'instructionSuffixes'?");
  });

  it('learns from Plan how data keys name their key, and that an alias stays', () => {
    const { remarks = () => [] } = format();
    const records = [object('a', kms(OLD_KEY)), file(kms(ALIAS)), object('b', v2('kms+context', '{}'))];
    expect(remarks(records)).toEqual([
      expect.stringMatching(/^1 of the first 3 objects .* the same form of the new key/),
      expect.stringMatching(/^1 of the first 3 objects .* by an alias, which a run leaves/),
    ]);
    expect(format({ kmsKeyId: 'id' }).remarks?.(records)).toEqual([
      expect.stringMatching(/^2 of the first 3 objects .* the id of the new key/),
    ]);
    expect(remarks([object('b', v2('kms+context', '{}'))])).toEqual([]);
  });
});
