import fc from 'fast-check';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { bindFormat } from '../../lambda/core/job/bind-format.ts';
import type { DataKey } from '../../lambda/core/model/data-key.ts';
import { needsOf } from '../../lambda/core/model/format.ts';
import type { AttributeMap, ItemRecord } from '../../lambda/core/model/record.ts';
import { changed } from '../../lambda/core/places/changed.ts';
import { branchKeyStoreFormat } from '../../lambda/formats/branch-key-store/index.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { bound, NEW_DESTINATION } from '../support/bound.ts';
import { branchKeyItem, mutationItem } from '../support/branch-key-items.ts';
import { FOREIGN_KEY, item, jobInput, NEW_KEY, OLD_KEY, tableStore } from '../support/builders.ts';
import { anyCharacter } from '../support/any-character.ts';

const config = { type: 'branch-key-store', logicalKeyStoreName: 'keys-of-tenants' };
const format = bound(branchKeyStoreFormat, config);
const ACTIVE: AttributeMap = {
  'branch-key-id': { S: 'tenant-1' },
  type: { S: 'branch:ACTIVE' },
  version: { S: 'branch:version:1' },
  'create-time': { S: '2026-11-25T23:21:54.303000Z' },
  'hierarchy-version': { N: '1' },
  'kms-arn': { S: OLD_KEY },
  'aws-crypto-ec:cost centre': { S: '47 \u00e6' },
  enc: { B: Buffer.alloc(184, 1) },
};
const branchKey = (change: AttributeMap = {}): ItemRecord => branchKeyItem({ ...ACTIVE, ...change });
const without = (name: string): ItemRecord => {
  const { [name]: _, ...rest } = ACTIVE;
  return { ...branchKey(), attributes: rest };
};
const readOne = (record: ItemRecord): DataKey => {
  const [finding] = format.read(record);
  if (finding?.kind !== 'data-key') throw new Error(JSON.stringify(finding));
  return finding;
};
const reasonOf = (record: ItemRecord) => {
  const [finding] = format.read(record);
  return finding?.kind === 'data-key' || finding === undefined ? {} : finding;
};

describe('the context of a branch key', () => {
  const context = {
    'branch-key-id': 'tenant-1',
    type: 'branch:ACTIVE',
    version: 'branch:version:1',
    'create-time': '2026-11-25T23:21:54.303000Z',
    'hierarchy-version': '1',
    'kms-arn': OLD_KEY,
    'aws-crypto-ec:cost centre': '47 \u00e6',
    tablename: 'keys-of-tenants',
  };

  it('is every attribute but the branch key itself, and the logical name of the key store', () => {
    expect(readOne(branchKey()).readerContexts).toEqual([context]);
  });

  it('names the new key once the branch key has moved, and nothing else in it changes', () => {
    expect(readOne(branchKey()).contexts).toEqual([
      { source: context, destination: { ...context, 'kms-arn': NEW_KEY } },
    ]);
  });

  it('has the name of the table, if the job names no logical one', () => {
    const store = { type: 'dynamodb' as const, table: 'Keys', format: { type: 'branch-key-store' } };
    const [finding] = bindFormat(store, formats, NEW_DESTINATION).read(branchKey());
    expect(finding).toMatchObject({ readerContexts: [{ ...context, tablename: 'Keys' }] });
  });

  it('has the logical name even where an attribute has that name, as in every key store', () => {
    const { readerContexts } = readOne(branchKey({ tablename: { S: 'other' } }));
    expect(readerContexts).toEqual([context]);
  });

  it('has whatever attributes its owner added, under their own names', () => {
    const text = fc.string({ unit: anyCharacter });
    const names = fc
      .string({ unit: anyCharacter, minLength: 1 })
      .filter(name => name !== 'tablename' && !(name in ACTIVE));
    const own = fc.dictionary(
      fc.oneof(
        names,
        fc.constant('__proto__'),
        names.map(name => `aws-crypto-ec:${name}`),
      ),
      text,
    );
    fc.assert(
      fc.property(own, texts => {
        const attributes = Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }]));
        const { readerContexts } = readOne({
          ...branchKey(),
          attributes: Object.fromEntries([...Object.entries(ACTIVE), ...Object.entries(attributes)]),
        });
        expect(new Map(Object.entries(readerContexts[0] ?? {}))).toEqual(
          new Map([...Object.entries(context), ...Object.entries(texts)]),
        );
      }),
    );
  });

  it.each([
    ['aws-crypto-ec:count', { N: '1' }, 'N, and key stores read S only'],
    ['create-time', { N: '1' }, 'N, and key stores read S only'],
    ['kms-arn', { B: Buffer.from('x') }, 'B, and key stores read S only'],
    ['hierarchy-version', { S: '1' }, 'S, and key stores read N only'],
  ])(
    'cannot be built of an attribute %s of another type, so the data key is in doubt',
    (name, value, words) => {
      const reason: unknown = expect.stringContaining(`attribute ${name} is of type ${words}`);
      const [finding] = format.read(branchKey({ [name]: value }));
      expect(finding).toMatchObject({ kind: 'unreadable', reason });
      // Verify asks the destination key about it, as it may have been moved.
      expect(finding).toHaveProperty('ciphertext');
    },
  );

  it('cannot be built without the ARN of the key', () => {
    expect(reasonOf(without('kms-arn'))).toMatchObject({ kind: 'unreadable' });
  });
});

describe('a branch key that moves', () => {
  const replaced = (record: ItemRecord) =>
    changed(
      record,
      format.replace(record, [
        {
          ...{ slot: 'enc', ciphertext: Buffer.alloc(190, 2), destination: { keyArn: NEW_KEY } },
          destinationAlgorithm: 'SYMMETRIC_DEFAULT',
        },
      ]),
    );

  it('changes enc and kms-arn, and no other attribute ever', () => {
    expect(replaced(branchKey()).attributes).toEqual({
      ...ACTIVE,
      enc: { B: Buffer.alloc(190, 2) },
      'kms-arn': { S: NEW_KEY },
    });
  });

  it('is written only if both are as they were read', () => {
    const places = format.replace(branchKey(), [
      {
        ...{ slot: 'enc', ciphertext: Buffer.alloc(190, 2), destination: { keyArn: NEW_KEY } },
        destinationAlgorithm: 'SYMMETRIC_DEFAULT',
      },
    ]);
    expect(places.map(({ path, before }) => [path, before])).toEqual([
      [['enc'], ACTIVE['enc']],
      [['kms-arn'], { S: OLD_KEY }],
    ]);
  });

  it.each([
    ['the key of beacons', { type: { S: 'beacon:ACTIVE' } }],
    ['an earlier version', { type: { S: 'branch:version:x' } }],
    ['a key that the record says to be under another key', { 'kms-arn': { S: FOREIGN_KEY } }],
    [
      'a key under the same multi-Region key elsewhere',
      { 'kms-arn': { S: OLD_KEY.replace('us-east-1', 'eu-west-1') } },
    ],
  ])('may be %s: KMS says what it is under', (_, change: AttributeMap) => {
    const { recordedKeyArn, contexts } = readOne(branchKey(change));
    expect({ S: recordedKeyArn }).toEqual(change['kms-arn'] ?? { S: OLD_KEY });
    expect(contexts[0]).toMatchObject({
      source: { 'kms-arn': recordedKeyArn },
      destination: { 'kms-arn': NEW_KEY },
    });
  });
});

describe('what is left alone, by name', () => {
  it('are items of a mutation in flight', () => {
    for (const type of ['branch:MUTATION_COMMITMENT', 'branch:MUTATION_INDEX'])
      expect(format.read(branchKeyItem(mutationItem('tenant-1', type)))).toEqual([
        expect.objectContaining({ kind: 'blocked', reason: expect.stringContaining('in flight') as unknown }),
      ]);
  });

  it('are branch keys of hierarchy version 2, whose plaintext is bound to their KMS key', () => {
    expect(reasonOf(branchKey({ 'hierarchy-version': { N: '2' } }))).toMatchObject({
      kind: 'unsupported',
      reason: expect.stringContaining('move it by a mutation') as unknown,
    });
  });

  it('are items of types and hierarchy versions that no key store reads', () => {
    for (const change of [
      { type: { S: 'branch:version:' } },
      { type: { S: 'branch:ARCHIVED' } },
      { 'branch-key-id': { S: '' } },
      { 'hierarchy-version': { N: '10' } },
    ])
      expect(reasonOf(branchKey(change))).toMatchObject({ kind: 'unsupported' });
  });

  it('is enc in a table with another primary key', () => {
    expect(reasonOf(item('a', ACTIVE))).toMatchObject({
      kind: 'unsupported',
      reason: expect.stringContaining('primary key is id') as unknown,
    });
  });

  it('is not what has no enc at all', () => {
    expect(format.read(without('enc'))).toEqual([]);
  });
});

describe('what the format says before a run', () => {
  it('are the items that guard a branch key: those of a mutation of the same one', () => {
    const { guards } = needsOf(format);
    expect(guards?.(branchKey().key).map(({ key }) => key)).toEqual([
      { 'branch-key-id': { S: 'tenant-1' }, type: { S: 'branch:MUTATION_COMMITMENT' } },
      { 'branch-key-id': { S: 'tenant-1' }, type: { S: 'branch:MUTATION_INDEX' } },
    ]);
    expect(guards?.(item('a', {}).key)).toEqual([]);
  });

  it('is a word about key stores that are configured with an ARN, once for all branch keys', () => {
    expect(format.remarks?.([branchKey(), branchKey({ type: { S: 'beacon:ACTIVE' } })])).toEqual([
      expect.stringContaining('configure Discovery'),
    ]);
    expect(format.remarks?.([item('a', {})])).toEqual([]);
  });

  it('is how many branch keys have a mutation in flight', () => {
    const types = ['branch:MUTATION_COMMITMENT', 'branch:MUTATION_INDEX'];
    const items = types.map(type => branchKeyItem(mutationItem('tenant-1', type)));
    expect(format.remarks?.([...items, branchKeyItem(mutationItem('tenant-2'))])).toContainEqual(
      expect.stringContaining('2 of the branch keys on the first page have mutations in flight'),
    );
  });

  it.each([
    ['no asymmetric key', { destination: { key: NEW_KEY, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' } }, {}],
    ['no empty name', {}, { logicalKeyStoreName: '' }],
    ['no field that it does not know', {}, { tableName: 'x' }],
  ])('is that it takes %s', (_, change, formatChange) => {
    const stores = [tableStore({ format: { type: 'branch-key-store', ...formatChange } })];
    expect(parseJob(jobInput({ stores, ...change }), formats).kind).toBe('refused');
    expect(parseJob(jobInput({ stores: [tableStore({ format: config })] }), formats).kind).toBe('job');
  });
});
