import { parseJob } from '../../lambda/core/job/parse-job.ts';
import type { ItemRecord } from '../../lambda/core/model/record.ts';
import { dynamodbEncryptionClientFormat } from '../../lambda/formats/dynamodb-encryption-client/index.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { bound, NEW_DESTINATION } from '../support/bound.ts';
import { jobInput, NEW_KEY } from '../support/builders.ts';
import { changedItem, itemOf, vectorItems } from '../support/vector-items.ts';

const VECTOR = 'ddbec_py-dynamodb-encryption-sdk-3.3.0';
const DESCRIPTION = '*amzn-ddb-map-desc*';
const algorithms = { '*amzn-ddb-env-alg*': 'AES/256', '*amzn-ddb-sig-alg*': 'HmacSHA256/256' };

function format(config: object = {}, storeName = 'Orders') {
  const full = { type: 'dynamodb-encryption-client', ...config };
  return bound(dynamodbEncryptionClientFormat, full, NEW_DESTINATION, storeName);
}

function contextsOf(record: ItemRecord, config: object = {}): unknown {
  const [finding] = format(config).read(record);
  return finding?.kind === 'data-key' ? finding.contexts.map(({ source }) => source) : finding;
}

/** A material description with these names and values, in this order. */
function described(pairs: readonly (readonly [string, string])[]): { readonly B: Uint8Array } {
  const texts = pairs.flat().flatMap(text => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(Buffer.byteLength(text));
    return [length, Buffer.from(text)];
  });
  return { B: Buffer.concat([Buffer.alloc(4), ...texts]) };
}

const edk = Buffer.alloc(184, 1).toString('base64');
const JAVA: readonly (readonly [string, string])[] = [
  ['amzn-ddb-wrap-alg', 'kms'],
  ['custom', 'ü'],
  ['amzn-ddb-env-key', edk],
  ['amzn-ddb-sig-alg', 'HmacSHA256/256'],
  ['amzn-ddb-env-alg', 'AES/256'],
];

function encrypted(pairs = JAVA, attributes: ItemRecord['attributes'] = {}): ItemRecord {
  return itemOf({ id: { S: 'a' }, [DESCRIPTION]: described(pairs), ...attributes }, ['id']);
}

describe('the format dynamodb-encryption-client', () => {
  it('makes the context of the algorithms, the table and the key attributes', () => {
    const [number] = vectorItems(VECTOR, 'ddbec-sn');
    expect(contextsOf(number!)).toEqual([
      { ...algorithms, '*aws-kms-table*': 'Orders', owner: 'ann', seq: '0' },
    ]);
    const [binary] = vectorItems(VECTOR, 'ddbec-b');
    expect(contextsOf(binary!)).toEqual([{ ...algorithms, '*aws-kms-table*': 'Orders', bin: 'AP9rZXkA' }]);
  });

  it('takes the table name of the job, or several in their order', () => {
    const names = (tableName: unknown) =>
      (contextsOf(encrypted(), { tableName }) as Record<string, string>[]).map(one => one['*aws-kms-table*']);
    expect(names('Logical')).toEqual(['Logical']);
    expect(names(['One', 'Two'])).toEqual(['One', 'Two']);
  });

  it('adds what a provider adds, or takes what it puts there instead', () => {
    const item = encrypted(JAVA, { tenant: { S: 't' } });
    const extraContext = { purpose: 'x', tenant: { attribute: 'tenant' } };
    const added = { ...algorithms, '*aws-kms-table*': 'Orders', id: 'a', purpose: 'x', tenant: 't' };
    expect(contextsOf(item, { extraContext })).toEqual([added]);
    expect(contextsOf(item, { encryptionContext: [{ key: { keyAttribute: 'id' } }, {}] })).toEqual([
      { ...algorithms, key: 'a' },
      algorithms,
    ]);
  });

  it('keeps every other byte of the material description, in the order of its client', () => {
    const [change] = format().replace(encrypted(), [
      {
        ...{ slot: format().read(encrypted())[0]!.slot, ciphertext: Buffer.alloc(200, 2) },
        ...{ destination: { keyArn: NEW_KEY }, destinationAlgorithm: 'SYMMETRIC_DEFAULT' as const },
      },
    ]);
    expect(change).toMatchObject({
      path: [DESCRIPTION, { as: 'material-description' }, 'amzn-ddb-env-key'],
      after: { S: Buffer.alloc(200, 2).toString('base64') },
    });
  });

  it('reads attributes of other names', () => {
    const item = itemOf({ id: { S: 'a' }, description: described(JAVA) }, ['id']);
    expect(format().read(item)).toEqual([]);
    expect(format({ materialDescription: 'description' }).read(item)).toMatchObject([{ kind: 'data-key' }]);
    const signed = itemOf({ id: { S: 'a' }, mac: { B: Buffer.alloc(32) } }, ['id']);
    expect(format({ signature: 'mac' }).read(signed)).toMatchObject([{ kind: 'unreadable' }]);
  });

  it.each([
    ['a data key under a key of the application', 'unsupported', [['amzn-ddb-wrap-alg', 'AESWrap']]],
    ['an item under a static key', 'unsupported', [['amzn-ddb-wrap-alg'], ['amzn-ddb-env-key']]],
    ['no wrapping algorithm', 'unreadable', [['amzn-ddb-wrap-alg']]],
    ['no data key', 'unreadable', [['amzn-ddb-env-key']]],
    ['an empty data key', 'unreadable', [['amzn-ddb-env-key', '']]],
    ['no encryption algorithm', 'unreadable', [['amzn-ddb-env-alg']]],
    [
      'a material without a version',
      'unreadable',
      [
        ['amzn-ddb-wrap-alg', 'AESWrap'],
        ['amzn-ddb-meta-id', 'x'],
      ],
    ],
  ])('is in doubt about %s', (_, kind, changes) => {
    const pairs = new Map(JAVA);
    for (const [name, value] of changes)
      if (value === undefined) pairs.delete(name!);
      else pairs.set(name!, value);
    expect(format({ metaStore: 'Meta' }).read(encrypted([...pairs]))).toMatchObject([{ kind }]);
  });

  it('is in doubt about a name that occurs twice', () => {
    const item = encrypted([...JAVA, ['amzn-ddb-wrap-alg', 'kms']]);
    expect(format().read(item)).toMatchObject([{ kind: 'unreadable' }]);
  });

  it('knows the items under keys of the MetaStore that the job names, and is in doubt about them without', () => {
    const recent = vectorItems(VECTOR, 'ddbec-recent');
    const named = format({ metaStore: 'Meta' });
    for (const item of recent) {
      expect(named.read(item)).toEqual([]);
      expect(named.wrappedBy?.wraps(item)).toBe(true);
      expect(format().read(item)).toMatchObject([{ kind: 'unsupported' }]);
    }
    const others = [
      ...vectorItems(VECTOR, 'ddbec-meta'),
      changedItem(recent[0]!, { [DESCRIPTION]: undefined }),
    ];
    for (const item of others) expect(named.wrappedBy?.wraps(item)).toBe(false);
    expect(named.wrappedBy?.table).toBe('Meta');
    expect(format().wrappedBy).toBeUndefined();
  });

  it.each([
    ['a context of the material description', { extraContext: { a: { attribute: [DESCRIPTION] } } }],
    ['no table name', { tableName: [] }],
    ['too many table names', { tableName: Array(11).fill('a') }],
    ['a field that it does not have', { table: 'a' }],
  ])('refuses a job with %s', (_, config) => {
    const own = { type: 'dynamodb-encryption-client', ...config };
    const stores = [{ type: 'dynamodb', table: 'Orders', format: own }];
    expect(parseJob(jobInput({ stores }), formats).kind).toBe('refused');
  });
});
