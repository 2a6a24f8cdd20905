import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { AttributeValue } from '../../lambda/core/model/record.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { attributeFormat } from '../../lambda/formats/attribute/index.ts';
import { objectMetadataFormat } from '../../lambda/formats/object-metadata/index.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { bound } from '../support/bound.ts';
import { item, jobInput, NEW_KEY, object, OLD_KEY, planned, scope, tableStore } from '../support/builders.ts';
import { fakePorts, type FakePorts } from '../support/fake-ports.ts';

/** A run changes nothing that it does not understand, and nothing that it would make unreadable. */

const run = async (
  format: object,
  attributes: (ports: FakePorts) => Record<string, AttributeValue>,
  changes: Parameters<typeof scope>[0] = {},
) => {
  const ports = fakePorts();
  ports.records.put(item('x', attributes(ports)));
  const stores = [{ type: 'dynamodb' as const, table: 'Orders', format: { type: 'attribute', ...format } }];
  const of = scope({ stores, ...changes });
  const { books } = await migrateUnit(of, ports);
  const verified = await verifyUnit(of, { ...ports, archive: ports.journal });
  const after = [...ports.records.items.values()][0]!.attributes;
  return { ports, books, verified: verified.books, after };
};

describe('a place that holds no data key', () => {
  const format = bound(attributeFormat, { type: 'attribute', dataKey: 'edk' });
  it.each([
    ['NULL', { NULL: true }],
    ['an empty text', { S: '' }],
    ['empty bytes', { B: new Uint8Array() }],
  ] as const)('is one with %s', (_, value) => expect(format.read(item('x', { edk: value }))).toEqual([]));

  it('is an empty metadata entry', () => {
    const metadata = bound(objectMetadataFormat, { type: 'object-metadata', dataKey: 'edk' });
    expect(metadata.read(object('a', { edk: '' }))).toEqual([]);
  });
});

describe('a companion', () => {
  const held: readonly (readonly [string, AttributeValue])[] = [
    ['a map', { M: {} }],
    ['a number', { N: '1' }],
    ['a list', { L: [] }],
    ['a set', { SS: ['a'] }],
    ['a boolean', { BOOL: true }],
    ['NULL', { NULL: true }],
    ['bytes', { B: Buffer.from('x') }],
    ['another text', { S: 'the payload of the record' }],
    ['an empty text', { S: '' }],
  ];
  it.each(held)('is not written over %s: the record stays as it is, and is named', async (_, kid) => {
    const { books, verified, after, ports } = await run({ dataKey: 'edk', keyArn: 'kid' }, ({ keys }) => ({
      edk: { B: keys.encrypt(OLD_KEY, 'secret', {}) },
      kid,
    }));
    expect(books.outcomes).toEqual({ unsupported: 1 });
    expect(verified).toMatchObject({ outcomes: { unsupported: 1 }, remaining: 1 });
    expect([after['kid'], ports.records.writes]).toEqual([kid, []]);
  });

  it.each([
    ['a key ARN', OLD_KEY],
    ['a key id', OLD_KEY.split('/')[1]!],
    ['a multi-Region key id', `mrk-${'0'.repeat(32)}`],
    ['an alias', 'alias/orders'],
    ['an alias ARN', 'arn:aws:kms:us-east-1:111122223333:alias/orders'],
  ])('is written over %s', async (_, kid) => {
    const { books, after } = await run({ dataKey: 'edk', keyArn: 'kid' }, ({ keys }) => ({
      edk: { B: keys.encrypt(OLD_KEY, 'secret', {}) },
      kid: { S: kid },
    }));
    expect([books.outcomes, after['kid']]).toEqual([{ rewrapped: 1 }, { S: NEW_KEY }]);
  });

  it('that another writer removes in the meantime is not put back', async () => {
    const ports = fakePorts();
    const record = item('x', {
      edk: { B: ports.keys.encrypt(OLD_KEY, 'secret', {}) },
      kid: { S: OLD_KEY },
    });
    ports.records.put(record);
    ports.records.beforeWrite = () => {
      ports.records.beforeWrite = () => undefined;
      const { kid: _, ...attributes } = record.attributes;
      ports.records.put({ ...record, attributes });
      return undefined;
    };
    const format = { type: 'attribute', dataKey: 'edk', keyArn: 'kid' };
    await migrateUnit(scope({ stores: [{ type: 'dynamodb', table: 'Orders', format }] }), ports);
    expect([...ports.records.items.values()][0]!.attributes).not.toHaveProperty('kid');
  });

  it('that names another key beside a data key that is current is set: a reader may ask the key that it names', async () => {
    const ports = fakePorts();
    const format = { type: 'attribute', dataKey: 'edk', keyArn: 'kid' };
    const stores = [{ type: 'dynamodb' as const, table: 'Orders', format }];
    const alias = 'arn:aws:kms:us-east-1:111122223333:alias/new';
    const of = scope({ stores, destination: planned(NEW_KEY, { alsoKnownAs: [alias] }) });
    const put = (id: string, kid: string): unknown =>
      ports.records.put(item(id, { edk: { B: ports.keys.encrypt(NEW_KEY, id, {}) }, kid: { S: kid } }));
    put('other', OLD_KEY);
    put('arn', NEW_KEY);
    put('id', NEW_KEY.split('/')[1]!);
    put('alias', 'alias/new');
    const before = await verifyUnit(of, { ...ports, archive: ports.journal });
    expect(before.books).toMatchObject({ outcomes: { 'to-rewrap': 1, 'already-current': 3 }, remaining: 1 });
    expect((await migrateUnit(of, ports)).books.outcomes).toEqual({ rewrapped: 1, 'already-current': 3 });
    expect(ports.records.items.get('{"id":{"S":"other"}}')?.attributes['kid']).toEqual({ S: NEW_KEY });
  });
});

describe('a context that is made of the key ARN beside the data key', () => {
  const CONFIG = {
    dataKey: 'enc',
    keyArn: 'kms-arn',
    encryptionContext: { 'kms-arn': { attribute: 'kms-arn' }, tablename: 'keys' },
  };
  const context = (arn: string): Record<string, string> => ({ 'kms-arn': arn, tablename: 'keys' });

  it('is built of the record as it will be, so that its reader opens the new data key', async () => {
    const { books, verified, after, ports } = await run(CONFIG, ({ keys }) => ({
      enc: { B: keys.encrypt(OLD_KEY, 'secret', context(OLD_KEY)) },
      'kms-arn': { S: OLD_KEY },
    }));
    expect([books.outcomes, verified.outcomes]).toEqual([{ rewrapped: 1 }, { 'already-current': 1 }]);
    const arn = (after['kms-arn'] as { S: string }).S;
    expect(ports.keys.decrypt((after['enc'] as { B: Uint8Array }).B, context(arn))?.plaintext).toBe('secret');
  });

  it('is refused if it contains another place that a run changes', () => {
    const problemsOf = (format: object): readonly string[] => {
      const parsed = parseJob(jobInput({ stores: [tableStore({ format })] }), formats);
      return parsed.kind === 'refused' ? parsed.problems.map(({ path, words }) => `${path} ${words}`) : [];
    };
    const of = (attribute: string): object => ({
      type: 'attribute',
      dataKey: 'edk',
      version: 'v',
      encryptionContext: { x: { attribute } },
    });
    for (const place of ['edk', 'v'])
      expect(problemsOf(of(place))).toEqual([
        expect.stringContaining('stores[0].format.encryptionContext is a place that the run changes'),
      ]);
    expect(problemsOf(of('tenant'))).toEqual([]);
  });

  it('is not used for writing if the record would then be read differently', async () => {
    // This format puts a data key where its own reader does not look.
    const ports = fakePorts();
    ports.records.put(item('x', { edk: { B: ports.keys.encrypt(OLD_KEY, 'secret', {}) } }));
    const of = scope({
      stores: [{ type: 'dynamodb', table: 'Orders', format: { type: 'attribute', dataKey: 'edk' } }],
    });
    const elsewhere = {
      ...of.format,
      replace: (...[record, replacements]: Parameters<typeof of.format.replace>) =>
        of.format.replace(record, replacements).map(place => ({ ...place, path: ['other'] })),
    };
    const { books } = await migrateUnit({ ...of, format: elsewhere }, ports);
    expect(books).toMatchObject({ outcomes: { unsupported: 1 }, remaining: 1 });
    expect([ports.records.writes, ports.journal.intents]).toEqual([[], []]);
  });
});

describe('several contexts in one store', () => {
  const CONFIG = { dataKey: 'edk', encryptionContext: [{ app: 'shop' }, {}] };

  it('are tried in order, usually with one call, and each data key keeps its own', async () => {
    const ports = fakePorts();
    const shop = (index: number): unknown =>
      ports.records.put(
        item(`shop-${index}`, { edk: { B: ports.keys.encrypt(OLD_KEY, 'secret', { app: 'shop' }) } }),
      );
    for (let index = 0; index < 10; index++) shop(index);
    ports.records.put(item('none', { edk: { B: ports.keys.encrypt(OLD_KEY, 'secret', {}) } }));
    const of = scope({
      stores: [{ type: 'dynamodb', table: 'Orders', format: { type: 'attribute', ...CONFIG } }],
      askAll: true,
    });
    const { books } = await migrateUnit(of, ports);
    expect(books.outcomes).toEqual({ rewrapped: 11 });
    expect(ports.keys.calls.length).toBe(12);
    const verified = await verifyUnit(of, { ...ports, archive: ports.journal });
    expect(verified.books).toMatchObject({ outcomes: { 'already-current': 11 }, remaining: 0 });
    expect(ports.keys.calls.length).toBe(12 + 12);
  });

  it('are named if a data key is under the destination key with one that the job does not have', async () => {
    const { books, verified } = await run(CONFIG, ({ keys }) => ({
      edk: { B: keys.encrypt(NEW_KEY, 'secret', { app: 'other' }) },
    }));
    expect(books.failures[0]).toMatchObject({
      outcome: 'unreadable',
      reason: `KMS cannot open it with ${NEW_KEY}: corrupt, or under another encryption context or another key`,
    });
    expect(verified.remaining).toBe(1);
  });

  it('need one to encrypt under if an asymmetric source key does not tell them apart', () => {
    const rsa = { key: OLD_KEY, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const };
    const parsed = parseJob(
      jobInput({
        source: { keys: [rsa, NEW_KEY] },
        stores: [tableStore({ format: { type: 'attribute', ...CONFIG } })],
      }),
      formats,
    );
    expect(parsed).toMatchObject({
      kind: 'refused',
      problems: [{ path: 'stores[0].format.destinationEncryptionContext' }],
    });
  });
});

describe('a data key whose application has changed one of key and context', () => {
  const CONFIG = {
    dataKey: 'edk',
    encryptionContext: { app: 'shop' },
    destinationEncryptionContext: { app: 'shop', v: '2' },
  };
  it.each([
    ['the old key and the new context', OLD_KEY, { app: 'shop', v: '2' }],
    ['the new key and the old context', NEW_KEY, { app: 'shop' }],
  ])('is moved from %s', async (_, keyArn, context) => {
    const { books, verified } = await run(CONFIG, ({ keys }) => ({
      edk: { B: keys.encrypt(keyArn, 'secret', context) },
    }));
    expect([books.outcomes, verified.outcomes]).toEqual([{ rewrapped: 1 }, { 'already-current': 1 }]);
  });
});

describe('a version that writers raise', () => {
  const CONFIG = { dataKey: 'edk', version: 'version' };
  const record = (version: AttributeValue) => (ports: FakePorts) => ({
    edk: { B: ports.keys.encrypt(OLD_KEY, 'secret', {}) },
    version,
  });

  it('is raised with the data key, so that a writer that saves a whole item finds its copy out of date', async () => {
    const { after, ports } = await run(CONFIG, record({ N: '9007199254740993' }));
    expect(after['version']).toEqual({ N: '9007199254740994' });
    const [write] = ports.records.writes;
    expect(write).toContainEqual(
      expect.objectContaining({ path: ['version'], before: { N: '9007199254740993' } }),
    );
  });

  it('is not added to a record that has none', async () => {
    const { books, after } = await run(CONFIG, ({ keys }) => ({
      edk: { B: keys.encrypt(OLD_KEY, 's', {}) },
    }));
    expect([books.outcomes, after['version']]).toEqual([{ rewrapped: 1 }, undefined]);
  });

  it.each([{ S: '3' }, { N: '1.5' }, { NULL: true }] as const)(
    'that is %j leaves the record as it is',
    async v => {
      const { books, after } = await run(CONFIG, record(v));
      expect([books.outcomes, after['version']]).toEqual([{ unsupported: 1 }, v]);
    },
  );
});

describe('a place of its own for new data keys', () => {
  const CONFIG = { dataKey: 'edk', writeTo: { dataKey: 'copy', keyArn: 'copy-key' } };
  it('that holds what no key of the job opens is left alone', async () => {
    const payload = { B: Buffer.from('a payload') };
    const { books, after } = await run(CONFIG, ({ keys }) => ({
      edk: { B: keys.encrypt(OLD_KEY, 'secret', {}) },
      copy: payload,
    }));
    expect([books.outcomes, after['copy']]).toEqual([{ unsupported: 1 }, payload]);
  });

  it('that holds another type is left alone', async () => {
    const { books, after } = await run(CONFIG, ({ keys }) => ({
      edk: { B: keys.encrypt(OLD_KEY, 'secret', {}) },
      copy: { N: '7' },
    }));
    expect([books.outcomes, after['copy']]).toEqual([{ unsupported: 1 }, { N: '7' }]);
  });
});

describe('a source key that cannot be used', () => {
  it('leaves data keys that may be under it in doubt', async () => {
    const { books } = await run(
      { dataKey: 'edk' },
      ({ keys }) => ({ edk: { B: keys.encrypt(OLD_KEY, 'secret', {}) } }),
      { mode: 'census', sources: [planned(OLD_KEY, { unusable: 'is disabled' })] },
    );
    expect(books).toMatchObject({ outcomes: { unreadable: 1 }, remaining: 1 });
    expect(books.failures[0]?.reason).toBe(
      `under none of the keys that can be asked; ${OLD_KEY} is disabled, and was not asked`,
    );
  });
});
