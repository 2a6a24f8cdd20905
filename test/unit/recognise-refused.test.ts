import { Buffer } from 'node:buffer';
import { createCipheriv } from 'node:crypto';
import {
  recogniseRecord,
  refusedCiphertext,
  type Sighting,
} from '../../lambda/core/recognise/recognise-record.ts';
import type { AttributeMap } from '../../lambda/core/model/record.ts';
import { item, object, OLD_KEY } from '../support/builders.ts';
import { vectorStore } from '../support/vector-records.ts';

/** Seeded, so the same in each run. */
const random = (length: number, seed: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length));
const whatIs = (bytes: string | Uint8Array): string | undefined =>
  refusedCiphertext(Buffer.from(bytes))?.what;
const only = (sightings: readonly Sighting[]): Sighting | undefined => {
  expect(sightings).toHaveLength(1);
  return sightings[0];
};

/** The layout of a ciphertext of Google Cloud KMS as it was found in nine of them: two fields, each begins with 0. */
const google = (second: number): Buffer =>
  Buffer.concat([
    Buffer.from([0x0a, 0x24, 0]),
    random(35, 1),
    Buffer.from([0x12, second, 0]),
    random(second - 1, 2),
  ]);

describe('what other key services have made', () => {
  const vault = `vault:v12:${random(60, 3).toString('base64')}`;
  const azureKey = 'https://a-vault.vault.azure.net/keys/a-key/0123456789abcdef0123456789abcdef';

  it.each<[string, string | Uint8Array, string]>([
    ['HashiCorp Vault', vault, 'vault-ciphertext'],
    ['HashiCorp Vault, with the end of a line', `${vault}\n`, 'vault-ciphertext'],
    ['Google Cloud KMS', google(73), 'google-kms-ciphertext'],
    ['Google Cloud KMS, in base64', google(73).toString('base64'), 'google-kms-ciphertext'],
    ['Google Cloud KMS, in hexadecimal', google(73).toString('hex'), 'google-kms-ciphertext'],
    ['a name of a key in Azure Key Vault', azureKey, 'azure-key-vault'],
    [
      'what encrypts blobs of Azure Storage',
      JSON.stringify({ WrappedContentKey: { KeyId: azureKey, EncryptedKey: 'AAAA', Algorithm: 'RSA-OAEP' } }),
      'azure-key-vault',
    ],
  ])('%s', (_name, bytes, what) => {
    expect(whatIs(bytes)).toBe(what);
    const sighting = only(recogniseRecord(item('1', { held: { B: Buffer.from(bytes) }, note: { S: 'x' } })));
    expect(sighting).toMatchObject({ what, slot: 'held', verdict: { kind: 'refused' } });
  });

  it.each<[string, string | Uint8Array]>([
    ['a word before it', `x${vault}`],
    ['no version', vault.replace('v12', 'v')],
    ['a longer field than there are bytes', google(73).subarray(0, 100)],
    ['bytes behind the fields', Buffer.concat([google(73), Buffer.alloc(1)])],
    ['a key of another host', azureKey.replace('azure.net', 'example.com')],
    ['a page of that host', 'https://a-vault.vault.azure.net/secrets/a'],
  ])('not with %s', (_name, bytes) => expect(whatIs(bytes)).toBeUndefined());
});

describe('messages of the Encryption SDK', () => {
  const [first] = vectorStore('esdk_py-aws-encryption-sdk-4.0.7', 'esdk-objects').records;
  const message = Buffer.from(first?.body ?? []);

  it.each<[string, string | Uint8Array]>([
    ['as bytes', message],
    ['as base64', message.toString('base64')],
    ['as base64url', message.toString('base64url')],
    ['as base64 in lines', (message.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n')],
    ['as hexadecimal', message.toString('hex')],
    ['with a long body behind', Buffer.concat([message, random(1_000_000, 4)])],
    ['with a long body behind, as base64', Buffer.concat([message, random(1_000_000, 4)]).toString('base64')],
  ])('%s', (_name, bytes) => expect(whatIs(bytes)).toBe('esdk-message'));

  it.each<[string, AttributeMap, string]>([
    ['in a map', { m: { M: { secret: { B: message } } } }, 'm.secret'],
    ['in a list', { l: { L: [{ S: 'x' }, { S: message.toString('base64') }] } }, 'l[1]'],
    ['in a set', { set: { BS: [message] } }, 'set'],
    ['in a JSON text', { j: { S: JSON.stringify({ a: [message.toString('base64')] }) } }, 'j#/a/0'],
  ])('%s of an item', (_name, attributes, slot) => {
    expect(recogniseRecord(item('1', attributes))).toMatchObject([{ what: 'esdk-message', slot }]);
  });

  it('in the metadata of an object, with the ARN of its key', () => {
    const sighting = only(recogniseRecord(object('k', { secret: message.toString('base64') })));
    expect(sighting).toMatchObject({ what: 'esdk-message', slot: 'metadata.secret' });
    expect(sighting?.verdict).toMatchObject({ keyArns: [expect.stringMatching(/^arn:aws:kms:/)] });
  });

  /** Content type, four reserved bytes, lengths of IV and frame, IV and tag are the last of a header of version 1. */
  const end = message.indexOf(Buffer.from('ffffffff00000001', 'hex')) - 38;

  it.each<[string, (bytes: Buffer) => void]>([
    ['an unknown type of content', bytes => bytes.writeUInt8(3, end)],
    ['content without frames that has a length of frames', bytes => bytes.writeUInt8(1, end)],
    ['frames without a length', bytes => bytes.writeUInt32BE(0, end + 6)],
    ['reserved bytes that are used', bytes => bytes.writeUInt32BE(1, end + 1)],
    ['an IV of another length', bytes => bytes.writeUInt8(16, end + 5)],
    ['an unknown version', bytes => bytes.writeUInt8(3, 0)],
    ['an unknown type', bytes => bytes.writeUInt8(0x81, 1)],
    ['an unknown suite', bytes => bytes.writeUInt16BE(0x0999, 2)],
    ['a context that is shorter than its pairs', bytes => bytes.writeUInt16BE(3, 20)],
    ['no data key', bytes => bytes.writeUInt16BE(0, 22 + bytes.readUInt16BE(20))],
    ['more data keys than there are', bytes => bytes.writeUInt16BE(9, 22 + bytes.readUInt16BE(20))],
  ])('not with %s', (_name, spoil) => {
    const spoilt = Buffer.from(message);
    spoil(spoilt);
    expect(whatIs(spoilt)).toBeUndefined();
  });
});

describe('envelopes of the S3 Encryption Client', () => {
  it.each(
    vectorStore('s3ec-raw_java_sdk1-1.12.788', 's3ec-raw')
      .records.map(({ record, body }) => ({ locator: record.locator, record, body }))
      .filter(({ locator }) => !locator.endsWith('InstructionFile')),
  )('$locator is refused by its wrap', ({ locator, record, body }) => {
    const sighting = only(recogniseRecord(record, body));
    expect(sighting).toMatchObject({ what: 's3-encryption-client-raw', verdict: { kind: 'refused' } });
    const by =
      locator.startsWith('v1') && locator.includes('EncryptionOnly') ? 'a key of the application' : WRAPS;
    expect(JSON.stringify(sighting)).toMatch(by);
  });
  const WRAPS = /wrapped by (?:AESWrap|RSA|AES\/GCM)/;

  const version3 = {
    'x-amz-3': 'AQ==',
    'x-amz-c': '115',
    'x-amz-d': 'AQ==',
    'x-amz-i': 'AQ==',
    'x-amz-w': '12',
  };

  it.each<[string, Record<string, string>, string]>([
    ['version 3 under KMS', version3, 'format'],
    ['version 3 under a raw key', { ...version3, 'x-amz-w': '22' }, 'refused'],
    ['version 3 under who knows what', { ...version3, 'x-amz-w': '99' }, 'refused'],
    [
      'two versions in one',
      { ...version3, 'x-amz-key-v2': 'AQ==', 'x-amz-iv': 'AQ==', 'x-amz-wrap-alg': 'kms' },
      'refused',
    ],
  ])('%s: %s', (_name, metadata, kind) => {
    expect(only(recogniseRecord(object('k', metadata)))?.verdict.kind).toBe(kind);
  });

  it('an object without all of an envelope is none', () => {
    expect(recogniseRecord(object('k', { 'x-amz-3': 'AQ==', 'x-amz-w': '12' }))).toEqual([]);
    expect(recogniseRecord(object('k', { 'x-amz-key-v2': 'AQ==' }))).toEqual([]);
  });
});

describe('items of a key store', () => {
  const branchKey = {
    'branch-key-id': { S: 'b' },
    type: { S: 'branch:ACTIVE' },
    enc: { B: random(150, 5) },
    'kms-arn': { S: OLD_KEY },
    'hierarchy-version': { N: '1' },
  };

  it.each<[string, AttributeMap, string]>([
    ['hierarchy version 1', branchKey, 'branch-key-store'],
    ['hierarchy version 2', { ...branchKey, 'hierarchy-version': { N: '2' } }, 'branch-key-hierarchy'],
    [
      'a mutation in flight',
      { ...branchKey, type: { S: 'branch:MUTATION_COMMITMENT' } },
      'branch-key-mutation',
    ],
  ])('%s', (_name, attributes, what) => {
    const sighting = only(recogniseRecord(item('1', attributes)));
    expect(sighting).toMatchObject({ what, slot: 'enc', verdict: { keyArns: [OLD_KEY] } });
  });
});

describe('keysets of Tink in JSON', () => {
  const [keyset] = vectorStore('tink_py-1.16.1', 'tink-keysets').records.filter(
    ({ record }) => record.locator === 'encrypted.json',
  );
  const json = JSON.parse(Buffer.from(keyset?.body ?? []).toString()) as Record<string, unknown>;

  it.each<[string, Record<string, unknown>, string | undefined]>([
    ['as Tink writes them', json, 'tink-keyset'],
    ['without what is known of the keys', { encryptedKeyset: json['encryptedKeyset'] }, 'tink-keyset'],
    ['in a document of an application', { encryptedKeyset: json['encryptedKeyset'], iv: 'x' }, undefined],
    ['with keys of something else', { ...json, keysetInfo: { keyInfo: [{ typeUrl: 'x' }] } }, undefined],
  ])('%s', (_name, document, what) => expect(whatIs(JSON.stringify(document))).toBe(what));
});

it('a keyset of Tink without information begins as Tink and KMS begin ciphertexts', () => {
  const [keyset] = vectorStore('tink_py-1.16.1', 'tink-keysets').records;
  const binary = Buffer.from(keyset?.body ?? []);
  expect(whatIs(binary)).toBe('tink-keyset');
  binary.writeUInt8(2, 3);
  expect(whatIs(binary)).toBeUndefined();
});

describe('items that only look like those of a library', () => {
  const text = { S: 'x' };
  it.each<[string, AttributeMap]>([
    ['credstash without an HMAC', { name: text, version: text, key: text, contents: text }],
    ['credstash with a number', { name: text, version: { N: '1' }, key: text, contents: text, hmac: text }],
    ['a header of the Database Encryption SDK without a footer', { aws_dbe_head: { B: random(300, 6) } }],
    ['a header that is none', { aws_dbe_head: { B: random(300, 6) }, aws_dbe_foot: { B: random(48, 7) } }],
    ['a material description that is none', { '*amzn-ddb-map-desc*': { B: random(300, 8) } }],
  ])('%s', (_name, attributes) => expect(recogniseRecord(item('1', attributes))).toEqual([]));
});

describe('bodies that only look like files of SOPS', () => {
  const arn = `arn: ${OLD_KEY}`;
  it.each<[string, string]>([
    ['a member of that name without a MAC', `sops:\n    kms:\n        - ${arn}\n    lastmodified: "x"\n`],
    ['a MAC elsewhere', `sops:\n    kms:\n        - ${arn}\nother:\n    mac: x\n    lastmodified: "x"\n`],
    ['the lines deeper in another member', `a:\n    sops:\n        mac: x\n        lastmodified: "x"\n`],
    ['JSON with a member that is a text', '{"sops":"mac"}'],
    ['one line of dotenv', 'sops_mac=x\n'],
  ])('%s', (_name, body) => expect(recogniseRecord(object('k', {}), Buffer.from(body))).toEqual([]));
});
