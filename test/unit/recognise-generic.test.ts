import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { recogniseRecord } from '../../lambda/core/recognise/recognise-record.ts';
import { recogniseStore, type StoreRecognition } from '../../lambda/core/recognise/recognise-store.ts';
import type { AttributeMap, AttributeValue, StoreRecord } from '../../lambda/core/model/record.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { item, NEW_KEY, object, OLD_KEY } from '../support/builders.ts';
import { NEW_DESTINATION } from '../support/bound.ts';

/** Bytes that begin as ciphertexts of KMS do. */
const blob = (seed: string): Buffer =>
  Buffer.concat([
    Buffer.from('01020200788e', 'hex'),
    ...[0, 1, 2, 3, 4].map(part => createHash('sha256').update(`${seed} ${part}`).digest()),
  ]);
const B = (seed: string): AttributeValue => ({ B: blob(seed) });
const S = (text: string): AttributeValue => ({ S: text });
const base64 = (seed: string): string => blob(seed).toString('base64');
const numbers = [1, 2, 3, 4, 5];

const ofItems = (items: readonly AttributeMap[]): StoreRecognition =>
  recogniseStore(items.map((attributes, index) => ({ record: item(`item ${index}`, attributes) })));
const ofBodies = (bodies: readonly (string | Uint8Array)[]): StoreRecognition =>
  recogniseStore(bodies.map((body, index) => ({ record: object(`${index}`, {}), body: Buffer.from(body) })));
const proposed = ({ conclusion }: StoreRecognition): unknown =>
  conclusion.kind === 'one-format' ? conclusion.format : conclusion;

describe('a data key in an attribute', () => {
  it.each<[string, AttributeValue, string]>([
    ['bytes', B('a'), 'binary'],
    ['base64', S(base64('a')), 'base64'],
    ['base64 without padding', S(base64('a').replaceAll('=', '')), 'base64-unpadded'],
    ['the other alphabet of base64', S(blob('a').toString('base64url').padEnd(224, '=')), 'base64url'],
    ['that without padding', S(blob('a').toString('base64url')), 'base64url-unpadded'],
    ['hexadecimal', S(blob('a').toString('hex')), 'hex'],
    ['base64 in bytes', { B: Buffer.from(base64('a')) }, 'base64-in-binary'],
  ])('as %s: the proposal reads it', (_name, value, encoding) => {
    const record = item('1', { edk: value, kmsKey: S(OLD_KEY), note: S('x') });
    const format = proposed(recogniseStore([{ record }]));
    expect(format).toEqual({ type: 'attribute', dataKey: 'edk', encoding, keyArn: 'kmsKey' });
    expect(ciphertextsBy('attribute', format, record)).toEqual([blob('a')]);
  });

  it.each<[string, AttributeMap, unknown]>([
    [
      'in a map',
      { envelope: { M: { edk: B('a'), arn: S(OLD_KEY) } } },
      { dataKey: 'envelope.edk', keyArn: 'envelope.arn' },
    ],
    ['under a name with dots', { 'a.b': B('a') }, { dataKey: ['a.b'] }],
  ])('%s', (_name, attributes, places) => {
    const record = item('1', attributes);
    const format = proposed(recogniseStore([{ record }]));
    expect(format).toEqual({ type: 'attribute', encoding: 'binary', ...(places as object) });
    expect(ciphertextsBy('attribute', format, record)).toEqual([blob('a')]);
  });

  it.each<[string, readonly AttributeMap[], string]>([
    [
      'elements of a list',
      [{ keys: { L: [{ M: { edk: B('a') } }, { M: { edk: B('b') } }] } }],
      'keys[*].edk',
    ],
    ['the one element of a list', [{ keys: { L: [{ M: { edk: B('a') } }] } }], 'keys[*].edk'],
    ['a list of them', [{ keys: { L: [B('a'), B('b')] } }], 'keys[*]'],
    ['one place of a list of other things', [{ parts: { L: [S('v1'), B('a'), S('nonce')] } }], 'parts[1]'],
    ['members by Region', [{ by: { M: { 'us-east-1': B('a'), 'eu-west-1': B('b') } } }], 'by.*'],
    [
      'members by tenant',
      [1, 2, 3].map(n => ({ by: { M: { [`t${n}`]: { M: { edk: B(`${n}`), iv: S('x') } } } } })),
      'by.*.edk',
    ],
    [
      'fewer names than data would have',
      [1, 2].map(n => ({ by: { M: { edk: B(`${n}`), iv: S('x') } } })),
      'by.edk',
    ],
  ])('%s', (_name, items, dataKey) => {
    expect(proposed(ofItems(items))).toEqual({ type: 'attribute', dataKey, encoding: 'binary' });
  });

  it('is counted with the records that have it, and those that have none', () => {
    const {
      formats: seen,
      withNone,
      records,
      keys,
    } = ofItems([
      { edk: B('a'), arn: S(OLD_KEY) },
      { edk: B('b'), arn: S(NEW_KEY) },
      { edk: B('c'), arn: S(OLD_KEY) },
      { note: S('none') },
    ]);
    expect({ records, withNone }).toEqual({ records: 4, withNone: 1 });
    expect(seen).toMatchObject([{ slot: 'edk', records: 3, dataKeys: 3 }]);
    expect(keys).toEqual([
      { keyArn: OLD_KEY, records: 2 },
      { keyArn: NEW_KEY, records: 1 },
    ]);
  });

  it('asks for what data does not say', () => {
    const { formats: seen } = ofItems([{ edk: B('a') }]);
    expect(seen[0]?.questions.join()).toMatch(/encryption context.*MAC/s);
  });
});

describe('an encryption context beside a data key', () => {
  const context = { M: { tenant: S('t'), 'a.b': S('x') } };

  it('is proposed as it is read, and asked about', () => {
    const record = item('1', { edk: B('a'), encryptionContext: context });
    const seen = recogniseStore([{ record }]);
    expect(proposed(seen)).toEqual({
      ...{ type: 'attribute', dataKey: 'edk', encoding: 'binary' },
      encryptionContext: {
        tenant: { attribute: 'encryptionContext.tenant' },
        'a.b': { attribute: ['encryptionContext', 'a.b'] },
      },
    });
    expect(ciphertextsBy('attribute', proposed(seen), record)).toEqual([blob('a')]);
    expect(seen.formats[0]?.questions[0]).toBe(
      'whether the encryption context is what encryptionContext holds',
    );
  });

  it.each<[string, readonly AttributeMap[]]>([
    [
      'names differ from record to record',
      [
        { edk: B('a'), encryptionContext: context },
        { edk: B('b'), encryptionContext: { M: { other: S('t') } } },
      ],
    ],
    ['it has more than texts', [{ edk: B('a'), encryptionContext: { M: { tenant: { N: '1' } } } }]],
    ['there are two', [{ edk: B('a'), encryptionContext: context, encCtx: context }]],
    [
      'it is in any element of a list',
      [{ keys: { L: [{ M: { edk: B('a'), encryptionContext: context } }] } }],
    ],
  ])('is left open if %s', (_name, items) => {
    expect(proposed(ofItems(items))).not.toHaveProperty('encryptionContext');
  });
});

describe('nothing is guessed', () => {
  it('a name at the top that is a ciphertext is neither proposed nor shown', () => {
    const seen = ofItems([{ [base64('a')]: B('b') }]);
    expect(seen.conclusion).toEqual({ kind: 'nothing' });
    expect(seen.lookAlikes.length).toBeGreaterThan(0);
    expect(JSON.stringify(seen)).not.toContain('AQIC');
  });

  it.each<[string, readonly AttributeMap[], readonly string[]]>([
    ['two encodings at one place', [{ edk: B('a') }, { edk: S(base64('b')) }], ['binary', 'base64']],
    [
      'two alphabets of base64 at one place',
      [
        ...numbers.map(n => ({ edk: S(base64(`${n}`)) })),
        ...numbers.map(n => ({ edk: S(blob(`${n}`).toString('base64url')) })),
      ],
      ['base64', 'base64url'],
    ],
    [
      'an attribute that a library writes, and others, too',
      [
        { name: S('a'), version: S('1'), key: S(base64('a')), contents: S('c'), hmac: S('h') },
        { key: S(base64('b')) },
      ],
      ['credstash', 'attribute'],
    ],
  ])('%s: ambiguous', (_name, items, between) => {
    const { conclusion } = ofItems(items);
    expect(conclusion).toEqual({ kind: 'ambiguous', conflicts: [{ slot: expect.any(String), between }] });
  });

  it('a text in which the alphabets do not differ goes with the others', () => {
    const either = `AQICAHg${'A'.repeat(201)}`;
    const url = blob('a').toString('base64url');
    expect(url).toMatch(/[-_]/);
    expect(proposed(ofItems([{ edk: S(either) }, { edk: S(url) }]))).toMatchObject({
      encoding: 'base64url-unpadded',
    });
    expect(proposed(ofItems([{ edk: S(either) }]))).toMatchObject({ encoding: 'base64' });
  });

  it.each<[string, AttributeMap]>([
    ['two names of keys beside a data key', { edk: B('a'), oldArn: S(OLD_KEY), newArn: S(NEW_KEY) }],
    ['one beside two data keys', { edk: B('a'), backup: B('b'), arn: S(OLD_KEY) }],
  ])('%s: no companion, but a question', (_name, attributes) => {
    const { formats: seen } = ofItems([attributes]);
    for (const { format, questions } of seen) {
      expect(format).not.toHaveProperty('keyArn');
      expect(questions.join()).toMatch(/which value beside it names its key.*(?:oldArn, newArn|arn)/);
    }
    expect(seen.length).toBeGreaterThan(0);
  });

  it('two data keys of one item are two formats', () => {
    const { conclusion } = ofItems([{ edk: B('a'), backup: S(base64('b')) }]);
    expect(conclusion).toEqual({
      kind: 'several-formats',
      formats: [
        { type: 'attribute', dataKey: 'edk', encoding: 'binary' },
        { type: 'attribute', dataKey: 'backup', encoding: 'base64' },
      ],
    });
  });

  it('names that are ciphertexts are not shown', () => {
    const told = JSON.stringify(ofItems([{ by: { M: { [base64('a')]: { M: { edk: B('b') } } } } }]));
    expect(told).not.toContain('AQIC');
    expect(told).toContain('by.*.edk');
  });

  it('three names beside an IV are three places, as any member could be the IV', () => {
    const items = [1, 2, 3].map(n => ({ m: { M: { [`edk${n}`]: B(`${n}`), iv: S('x') } } }));
    expect(ofItems(items).formats.map(({ slot }) => slot)).toEqual(['m.edk1', 'm.edk2', 'm.edk3']);
  });

  it('an index is data if there are many', () => {
    const { conclusion } = ofItems(Array.from({ length: 30 }, (_, n) => ({ [`edk${n}`]: B(`${n}`) })));
    expect(conclusion.kind).toBe('ambiguous');
  });
});

describe('documents', () => {
  const json = (seed: string): string =>
    JSON.stringify({ v: 1, keys: [{ edk: base64(seed), arn: OLD_KEY }], iv: 'x' });
  const inside = {
    ...{ type: 'json-document', in: 'body', encoding: 'base64' },
    ...{ dataKey: '/keys/*/edk', keyArn: '/keys/*/arn' },
  };
  const parts = (by: string, part: number): object => ({
    ...{ type: 'json-document', in: 'body', encoding: 'base64' },
    ...{ opens: [{ delimited: by }], dataKey: `/${part}` },
  });

  it.each<[string, AttributeMap, unknown]>([
    ['a JSON text', { envelope: S(json('a')) }, { ...inside, in: { attribute: 'envelope' } }],
    [
      'base64 of a JSON text',
      { envelope: S(Buffer.from(json('a')).toString('base64')) },
      { ...inside, in: { attribute: 'envelope' }, opens: ['base64', 'json'] },
    ],
    [
      'a text in parts',
      { secret: S(`v1.${base64('a')}.bm9uY2U=.Y2lwaGVydGV4dA==`) },
      { ...parts('.', 1), in: { attribute: 'secret' } },
    ],
    [
      'a text in parts, the data key first',
      { secret: S(`${base64('a')}::bm9uY2U=`) },
      { ...parts('::', 0), in: { attribute: 'secret' } },
    ],
  ])('%s in an attribute: the proposal reads it', (_name, attributes, format) => {
    expect(proposed(ofItems([attributes]))).toEqual(format);
    expect(ciphertextsBy('json-document', format, item('1', attributes))).toEqual([blob('a')]);
  });

  it.each<[string, string | Uint8Array, unknown]>([
    ['a JSON text', json('a'), inside],
    [
      'a JSON array',
      JSON.stringify([base64('a')]),
      { type: 'json-document', in: 'body', dataKey: '/*', encoding: 'base64' },
    ],
    [
      'a text in parts in a JSON text',
      JSON.stringify({ t: `v1.${base64('a')}.x` }),
      {
        ...{ type: 'json-document', in: 'body', encoding: 'base64' },
        dataKey: ['/t', { delimited: '.' }, '/1'],
      },
    ],
    [
      'a name with a slash',
      JSON.stringify({ 'a/b': base64('a') }),
      { type: 'json-document', in: 'body', dataKey: '/a~1b', encoding: 'base64' },
    ],
    ['the data key itself', blob('a'), { type: 'object-body', encoding: 'binary' }],
    ['its base64 with the end of a line', `${base64('a')}\n`, { type: 'object-body', encoding: 'base64' }],
    ['its hexadecimal', blob('a').toString('hex'), { type: 'object-body', encoding: 'hex' }],
  ])('%s as a body: the proposal reads it', (_name, body, format) => {
    expect(proposed(ofBodies([body]))).toEqual(format);
    const record = object('k', {}, { body: { B: Buffer.from(body) } });
    expect(ciphertextsBy((format as { type: string }).type, format, record)).toEqual([blob('a')]);
  });

  it('an encryption context beside the data key: its values are read from there', () => {
    const text = JSON.stringify({ e: { edk: base64('a'), encryption_context: { 'a/b': 'x' } } });
    const seen = ofBodies([text]);
    expect(proposed(seen)).toMatchObject({
      dataKey: '/e/edk',
      encryptionContext: { 'a/b': { pointer: '/e/encryption_context/a~1b' } },
    });
    const record = object('k', {}, { body: { B: Buffer.from(text) } });
    expect(ciphertextsBy('json-document', proposed(seen), record)).toEqual([blob('a')]);
    expect(seen.formats[0]?.questions[0]).toMatch('what encryption_context holds');
  });

  it('a body in parts', () => {
    expect(proposed(ofBodies([`v1.${base64('a')}.bm9uY2U=\n`]))).toEqual(parts('.', 1));
  });

  it.each<[string, string | Uint8Array]>([
    ['a file of lines', `a: 1\nkey: "${base64('a')}"\nb: 2\n`],
    ['bytes with one inside', Buffer.concat([Buffer.from([9, 9]), blob('a')])],
  ])('%s is a look-alike', (_name, body) => {
    const { conclusion, lookAlikes, withNone } = ofBodies([body]);
    expect({ conclusion, withNone }).toEqual({ conclusion: { kind: 'nothing' }, withNone: 0 });
    expect(lookAlikes).toMatchObject([{ slot: 'body', form: 'in-binary', records: 1 }]);
  });

  it('parts of a very long text are look-alikes', () => {
    const { lookAlikes, formats: seen } = ofItems([{ secret: S(`v1.${base64('a')}.${' '.repeat(70_000)}`) }]);
    expect([seen.length, lookAlikes.length]).toEqual([0, 1]);
  });

  it('a body that is none of these holds nothing', () => {
    expect(ofBodies(['a text', '{"a":1}', Buffer.alloc(500, 7), '']).conclusion).toEqual({ kind: 'nothing' });
  });
});

describe('objects', () => {
  it('a data key in metadata: the proposal reads it', () => {
    const record = object('k', { edk: base64('a'), 'key-arn': OLD_KEY, other: 'x' });
    const format = proposed(recogniseStore([{ record, body: Buffer.from('anything') }]));
    expect(format).toEqual({
      type: 'object-metadata',
      dataKey: 'edk',
      encoding: 'base64',
      keyArn: 'key-arn',
    });
    expect(ciphertextsBy('object-metadata', format, record)).toEqual([blob('a')]);
  });

  it('the name of an entry is one word, with dots or without', () => {
    const record = object('k', { 'edk.v1': base64('a'), 'arn.v1': OLD_KEY });
    const format = proposed(recogniseStore([{ record }]));
    expect(format).toMatchObject({ dataKey: 'edk.v1', keyArn: 'arn.v1' });
    expect(ciphertextsBy('object-metadata', format, record)).toEqual([blob('a')]);
  });

  it('a look-alike where no format reads it is neither lost nor a format', () => {
    const { lookAlikes, conclusion, withNone } = recogniseStore([
      { record: object('k', { part: `v1.${base64('a')}.x` }, { tags: { edk: base64('b') } }) },
    ]);
    expect({ conclusion, withNone }).toEqual({ conclusion: { kind: 'nothing' }, withNone: 0 });
    expect(lookAlikes.map(({ slot }) => slot)).toEqual(['metadata.part', 'tag.edk']);
  });

  it('what a store does not show is not said to hold nothing', () => {
    const hidden = object('k', {}, { hidden: 'archived' });
    expect(recogniseStore([{ record: hidden }])).toMatchObject({ records: 1, hidden: 1, withNone: 0 });
  });
});

it('one record has one sighting for each place, however many data keys are there', () => {
  const record = item('1', { keys: { L: [B('a'), B('b'), B('c')] }, note: S('x') });
  expect(recogniseRecord(record)).toEqual([
    {
      what: 'attribute',
      slot: 'keys[*]',
      verdict: {
        kind: 'format',
        format: { type: 'attribute', dataKey: 'keys[*]', encoding: 'binary' },
        keyArns: [],
      },
    },
  ]);
});

/** The ciphertexts that a format reads in a record as the proposal configures it. */
function ciphertextsBy(type: string, config: unknown, record: StoreRecord): readonly unknown[] {
  const configured = formats.get(type)?.configure(formats.get(type)?.configSchema.parse(config));
  const bound = configured?.bind(NEW_DESTINATION);
  return (bound?.read(record) ?? []).map(finding =>
    'ciphertext' in finding ? Buffer.from(finding.ciphertext ?? []) : finding,
  );
}
