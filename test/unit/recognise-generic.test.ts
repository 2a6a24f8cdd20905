import { Buffer } from 'node:buffer';
import { recogniseRecord } from '../../lambda/core/recognise/recognise-record.ts';
import { recogniseStore } from '../../lambda/core/recognise/recognise-store.ts';
import type { AttributeMap, AttributeValue, StoreRecord } from '../../lambda/core/model/record.ts';
import { item, NEW_KEY, object, OLD_KEY } from '../support/builders.ts';
import { B, base64, blob, ciphertextsBy, ofItems, proposed, S } from '../support/recognised.ts';

const numbers = [1, 2, 3, 4, 5];

describe('a value as long as what an RSA key encrypts', () => {
  const bytes = (length: number): Buffer => Buffer.alloc(length, 7);
  const lengthsOf = (attributes: AttributeMap) => {
    const { rsaLengths, conclusion } = recogniseStore([{ record: item('1', attributes) }]);
    // It may be a signature as well: no format is proposed for it.
    expect(conclusion).toEqual({ kind: 'nothing' });
    return rsaLengths.map(({ slot, keySpec, keys }) => [slot, keySpec, keys[0]?.keyArn]);
  };

  it.each<[string, AttributeValue, string]>([
    ['bytes', { B: bytes(256) }, 'RSA_2048'],
    ['base64', S(bytes(384).toString('base64')), 'RSA_3072'],
    ['base64 without padding', S(bytes(256).toString('base64').replaceAll('=', '')), 'RSA_2048'],
    ['hexadecimal', S(bytes(512).toString('hex')), 'RSA_4096'],
  ])('as %s is named with its key spec and the key beside it', (_name, value, spec) => {
    expect(lengthsOf({ wrapped: value, by: S(OLD_KEY) })).toEqual([['wrapped', spec, OLD_KEY]]);
  });

  it.each<[string, AttributeMap]>([
    ['beside no key', { wrapped: { B: bytes(256) }, by: S('somebody') }],
    ['beside a key in another map', { wrapped: { B: bytes(256) }, about: { M: { by: S(OLD_KEY) } } }],
    ['of another length', { wrapped: { B: bytes(257) }, by: S(OLD_KEY) }],
  ])('is nothing %s', (_name, attributes) => {
    expect(lengthsOf(attributes)).toEqual([]);
  });
});

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

  it.each([base64('a'), `v1.${base64('a')}.x`, JSON.stringify({ edk: base64('a') })])(
    'a primary key is not proposed, as no item can get another one: case %#',
    id => {
      const key = { id: S(id) };
      const record: StoreRecord = { kind: 'item', locator: id, key, attributes: { ...key, note: S('x') } };
      const { conclusion, lookAlikes } = recogniseStore([{ record }]);
      expect(conclusion).toEqual({ kind: 'nothing' });
      expect(lookAlikes).toMatchObject([{ slot: 'id', records: 1 }]);
    },
  );

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

  it('a JSON text in metadata', () => {
    const record = object('k', { envelope: JSON.stringify({ edk: base64('a'), arn: OLD_KEY }) });
    expect(proposed(recogniseStore([{ record }]))).toEqual({
      ...{ type: 'json-document', in: { metadata: 'envelope' }, dataKey: '/edk', encoding: 'base64' },
      keyArn: '/arn',
    });
  });

  it('a look-alike where no format reads it is neither lost nor a format', () => {
    const { lookAlikes, conclusion, withNone } = recogniseStore([
      { record: object('k', { part: `a=${base64('a')}` }, { tags: { edk: base64('b') } }) },
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
