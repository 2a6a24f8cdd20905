import { Buffer } from 'node:buffer';
import { recogniseRecord, refusedCiphertext } from '../../lambda/core/recognise/recognise-record.ts';
import { recogniseStore } from '../../lambda/core/recognise/recognise-store.ts';
import type { AttributeValue } from '../../lambda/core/model/record.ts';
import { item } from '../support/builders.ts';
import { vectorStore } from '../support/vector-records.ts';

const DDBEC = 'ddbec_py-dynamodb-encryption-sdk-3.3.0';

describe('one format', () => {
  it.each<[file: string, store: string, type: string, counts: object]>([
    ['credstash_py-1.17.1', 'credential-store', 'credstash', { records: 10, dataKeys: 10 }],
    ['credstash_node-3.0.1', 'credstash-node', 'credstash', { records: 2, dataKeys: 2 }],
    ['confidant-7.0.0', 'confidant', 'confidant', { records: 9, dataKeys: 9 }],
    ['branchkeys_node-5.0.2', 'branch-keys-node', 'branch-key-store', { records: 8, dataKeys: 8 }],
    [DDBEC, 'ddbec-s', 'dynamodb-encryption-client', { records: 3, dataKeys: 3 }],
    [DDBEC, 'ddbec-sn', 'dynamodb-encryption-client', { records: 4, dataKeys: 4 }],
    [DDBEC, 'ddbec-b', 'dynamodb-encryption-client', { records: 3, dataKeys: 3 }],
    [DDBEC, 'ddbec-meta', 'dynamodb-encryption-client', { records: 2, dataKeys: 2 }],
    [
      's3ec_java_sdk1-aws-java-sdk-s3-1.12.788',
      's3ec-java-sdk1',
      's3-encryption-client',
      { records: 11, dataKeys: 11 },
    ],
    ['s3ec_java_v3-3.5.0', 's3ec-java-v3', 's3-encryption-client', { records: 6, dataKeys: 6 }],
    ['sops-3.13.2', 'sops-files', 'sops', { records: 27, dataKeys: 45 }],
  ])('%s, %s: %s', (file, store, type, counts) => {
    const { conclusion, formats, lookAlikes } = recogniseStore(vectorStore(file, store).records);
    expect(conclusion).toEqual({ kind: 'one-format', format: { type } });
    expect(formats).toMatchObject([{ what: type, ...counts }]);
    expect(lookAlikes).toEqual([]);
  });
});

describe('what can never be re-wrapped is named, and nothing is proposed for it', () => {
  it.each<[file: string, store: string, what: string, records: number]>([
    ['esdk_py-aws-encryption-sdk-4.0.7', 'esdk-items', 'esdk-message', 8],
    ['esdk_py-aws-encryption-sdk-4.0.7', 'esdk-objects', 'esdk-message', 8],
    ['branchkeys_node-5.0.2', 'branch-messages-node', 'esdk-message', 4],
    ['dbesdk_java-3.9.0', 'dbe-items', 'database-esdk-item', 5],
    [DDBEC, 'ddbec-recent', 'dynamodb-encryption-client-metastore', 6],
    [`ddbec-raw_py-dynamodb-encryption-sdk-3.3.0`, 'ddbec-raw', 'dynamodb-encryption-client-raw', 2],
    ['sops-without-kms-3.13.2', 'sops-without-kms', 'sops-without-kms', 6],
    ['tink_py-1.16.1', 'tink-keysets', 'tink-keyset', 5],
    ['gnupg-2.2.40', 'pgp-messages', 'pgp-message', 6],
    ['age_py-1.4.0', 'age-files', 'age-file', 2],
  ])('%s, %s: %s', (file, store, what, records) => {
    const { conclusion, refused, withNone } = recogniseStore(vectorStore(file, store).records);
    expect(conclusion).toEqual({ kind: 'nothing' });
    expect(refused[0]).toMatchObject({ what, records });
    expect(withNone).toBe(0);
  });

  it('the raw wraps of message format 3 of the S3 Encryption Client', () => {
    const { refused, formats } = recogniseStore(vectorStore('s3ec_java_v4-4.0.1', 's3ec-v3').records);
    expect(formats).toMatchObject([{ format: { type: 's3-encryption-client' }, records: 2 }]);
    expect(
      refused.map(({ what, records, reason }) => [what, records, /by ([\w/-]+)/.exec(reason)?.[1]]),
    ).toEqual([
      ['s3-encryption-client-raw', 2, 'AES/GCM'],
      ['s3-encryption-client-raw', 2, 'RSA-OAEP-SHA1'],
    ]);
  });

  it('the raw wrap of one object, among objects under KMS', () => {
    const { refused } = recogniseStore(vectorStore('s3ec_java_v3-3.5.0', 's3ec-java-v3').records);
    expect(refused).toMatchObject([
      { what: 's3-encryption-client-raw', records: 1, example: { locator: 'raw/aes-1.txt' } },
    ]);
    expect(refused[0]?.reason).toContain('AES/GCM');
  });

  it.each([
    ['branchkeys_node-5.0.2', 'branch-messages-node', 'esdk-message'],
    ['dbesdk_java-3.9.0', 'dbe-items', 'database-esdk-item'],
  ])('%s: where a branch key wraps, the table of branch keys is to be re-wrapped', (file, store, what) => {
    const { refused } = recogniseStore(vectorStore(file, store).records);
    const ofBranchKeys = refused.filter(({ reason }) => reason.includes('branch-key-store'));
    expect(ofBranchKeys).toMatchObject([{ what, keys: [] }]);
  });

  it.each([
    ['esdk_py-aws-encryption-sdk-4.0.7', 'esdk-items', 8],
    ['esdk_py-aws-encryption-sdk-4.0.7', 'esdk-objects', 8],
    ['dbesdk_java-3.9.0', 'dbe-items', 4],
  ])('%s, %s: headers tell the ARN of the key', (file, store, records) => {
    const { keys } = recogniseStore(vectorStore(file, store).records);
    expect(keys).toEqual([
      { keyArn: expect.stringMatching(/^arn:aws:kms:us-east-1:111122223333:key\//), records },
    ]);
  });

  it('keysets and ciphertexts of Tink under AWS KMS', () => {
    const { refused, lookAlikes } = recogniseStore(vectorStore('tink_py-1.16.1', 'tink-aws-kms').records);
    expect(refused.map(({ what, records }) => [what, records])).toEqual([
      ['tink-keyset', 2],
      ['tink-envelope', 1],
    ]);
    expect(lookAlikes).toEqual([]);
  });

  it('a keyset that nothing encrypts is named as such', () => {
    const { refused } = recogniseStore(vectorStore('tink_py-1.16.1', 'tink-keysets').records);
    expect(refused[1]).toMatchObject({ what: 'tink-cleartext-keyset', records: 2 });
  });
});

it('the keys that records name come with their counts', () => {
  const { keys } = recogniseStore(vectorStore('sops-3.13.2', 'sops-files').records);
  expect(keys.map(({ keyArn, records }) => [keyArn.split(':').at(-1)?.slice(0, 9), records])).toEqual([
    ['key/dadca', 26],
    ['key/47ddb', 10],
    ['alias/sop', 1],
  ]);
});

describe('no value of a record that can be re-wrapped is refused', () => {
  const stores = [
    vectorStore('credstash_py-1.17.1', 'credential-store'),
    vectorStore('confidant-7.0.0', 'confidant'),
    vectorStore('branchkeys_node-5.0.2', 'branch-keys-node'),
    vectorStore(DDBEC, 'ddbec-s'),
    vectorStore(DDBEC, 'ddbec-meta'),
  ];

  it.each(stores)('$file, $store', ({ records }) => {
    for (const { record } of records) {
      expect(record.kind).toBe('item');
      for (const bytes of Object.values((record as { attributes: object }).attributes).flatMap(bytesOf))
        expect(refusedCiphertext(bytes)).toBeUndefined();
    }
  });
});

describe('a part of it is not taken for it', () => {
  const whole = [
    ...vectorStore('esdk_py-aws-encryption-sdk-4.0.7', 'esdk-objects').records.map(({ body }) => body),
    ...heads('dbesdk_java-3.9.0', 'dbe-items', 'aws_dbe_head'),
  ].flatMap(bytes => bytes ?? []);

  /** The least that is refused: the header, without what follows. */
  const headerBytes = (bytes: Uint8Array): number => {
    let length = bytes.length;
    while (length > 0 && refusedCiphertext(bytes.subarray(0, length - 1)) !== undefined) length--;
    return length;
  };

  it('nor any beginning that is shorter than the header', () => {
    expect(whole).toHaveLength(14);
    for (const bytes of whole) {
      const header = headerBytes(bytes);
      for (let length = 0; length < header; length++)
        expect(refusedCiphertext(bytes.subarray(0, length))).toBeUndefined();
    }
  });

  it('the header of a message ends where its last and only frame begins', () => {
    const lastFrame = Buffer.from('ffffffff00000001', 'hex');
    for (const { body } of vectorStore('esdk_py-aws-encryption-sdk-4.0.7', 'esdk-objects').records)
      expect(headerBytes(body ?? Buffer.alloc(0))).toBe(Buffer.from(body ?? []).indexOf(lastFrame));
  });

  it.each<[string, readonly (Uint8Array | undefined)[]]>([
    ['a header of the Database Encryption SDK', heads('dbesdk_java-3.9.0', 'dbe-items', 'aws_dbe_head')],
    ['a description of the DynamoDB Encryption Client', heads(DDBEC, 'ddbec-s', '*amzn-ddb-map-desc*')],
  ])('nor %s with a byte more', (_name, all) => {
    const what = (bytes: Uint8Array): string =>
      recogniseRecord(
        item('1', {
          aws_dbe_head: { B: bytes },
          aws_dbe_foot: { B: bytes },
          '*amzn-ddb-map-desc*': { B: bytes },
        }),
      )[0]?.what ?? 'nothing';
    for (const bytes of all) {
      expect(what(bytes ?? Buffer.alloc(0))).toMatch(/^(?:database-esdk-item|dynamodb-encryption-client)$/);
      expect(what(Buffer.concat([bytes ?? Buffer.alloc(0), Buffer.alloc(1)]))).not.toMatch(/^d/);
    }
  });

  it('nor the data key inside it', () => {
    const message = Buffer.from(whole[0] ?? []);
    const dataKey = message.subarray(message.indexOf(Buffer.from('0102020078', 'hex')));
    expect(refusedCiphertext(dataKey)).toBeUndefined();
  });
});

it('an object says where it was recognised', () => {
  const { records } = vectorStore('s3ec_java_v3-3.5.0', 's3ec-java-v3');
  const slots = records.flatMap(({ record, body }) => recogniseRecord(record, body).map(({ slot }) => slot));
  expect(new Set(slots)).toEqual(new Set(['metadata.x-amz-key-v2', 'body#/x-amz-key-v2']));
});

function heads(file: string, store: string, name: string): readonly (Uint8Array | undefined)[] {
  return vectorStore(file, store).records.map(({ record }) => {
    const value = record.kind === 'item' ? record.attributes[name] : undefined;
    return value !== undefined && 'B' in value ? value.B : undefined;
  });
}

function bytesOf(value: AttributeValue): readonly Uint8Array[] {
  if ('B' in value) return [value.B];
  return 'S' in value ? [Buffer.from(value.S), Buffer.from(value.S, 'base64')] : [];
}
