import fc from 'fast-check';
import type { EventKey, KmsEvent } from '../../lambda/core/key-users/kms-event.ts';
import { readRecord } from '../../lambda/core/key-users/read-record.ts';
import { parseRecord, RecordSplitter } from '../../lambda/core/key-users/split-records.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { keyResource, record, ROLE, SESSION, TRAIL_ACCOUNT } from '../support/trail-records.ts';

function use(value: unknown): KmsEvent {
  const read = readRecord(value);
  if (read.kind !== 'use') throw new Error(`read as ${read.kind}`);
  return read.event;
}
const named = (value: unknown): unknown =>
  use(value).keys.map(({ action, reference, keyMaterialId }: EventKey) => [action, reference, keyMaterialId]);

describe('an event record of KMS', () => {
  it.each([
    ...['Encrypt', 'Decrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair'],
    ...['GenerateDataKeyPairWithoutPlaintext', 'Sign', 'Verify', 'GenerateMac', 'VerifyMac'],
    ...['DeriveSharedSecret', 'GetPublicKey', 'AnOperationOfNextYear'],
  ])('%s is a use of the key that resources names', operation => {
    const additionalEventData = { keyMaterialId: 'ab12' };
    expect(named(record(operation, { additionalEventData }))).toEqual([[operation, OLD_KEY, 'ab12']]);
  });

  it.each([
    ...['DescribeKey', 'ListAliases', 'CreateGrant', 'RetireGrant', 'EnableKeyRotation', 'GetKeyPolicy'],
    ...['ScheduleKeyDeletion', 'TagResource', 'GenerateRandom', 'SynchronizeMultiRegionKey'],
  ])('%s uses no key', operation => {
    expect(readRecord(record(operation)).kind).toBe('of-kms');
  });

  it('of Decrypt names its key even where the request does not, and its context', () => {
    const event = use(record('Decrypt'));
    expect(event).toMatchObject({
      ...{ at: Date.UTC(2026, 10, 20, 10), region: 'us-east-1', account: TRAIL_ACCOUNT },
      keys: [{ action: 'Decrypt', reference: OLD_KEY, context: { tenant: 'acme' } }],
    });
    expect(event).not.toHaveProperty('errorCode');
  });

  it('of ReEncrypt is a use of both keys, each with its context and material', () => {
    const both = record('ReEncrypt', {
      requestParameters: {
        ...{ sourceEncryptionContext: { a: '1' }, destinationEncryptionContext: { b: '2' } },
        destinationKeyId: '22222222-2222-2222-2222-222222222222',
      },
      additionalEventData: { sourceKeyMaterialId: 'ab', destinationKeyMaterialId: 'cd' },
      resources: [keyResource(OLD_KEY), keyResource(NEW_KEY)],
    });
    expect(use(both).keys).toEqual([
      { action: 'ReEncryptFrom', reference: OLD_KEY, context: { a: '1' }, keyMaterialId: 'ab' },
      { action: 'ReEncryptTo', reference: NEW_KEY, context: { b: '2' }, keyMaterialId: 'cd' },
    ]);
    expect(named(record('ReEncrypt'))).toEqual([
      ['ReEncryptFrom', OLD_KEY, undefined],
      ['ReEncryptTo', OLD_KEY, undefined],
    ]);
  });

  it('of a failed ReEncrypt takes from the request what resources does not tell', () => {
    const requestParameters = { sourceKeyId: OLD_KEY, destinationKeyId: NEW_KEY };
    const failed = { requestParameters, errorCode: 'DisabledException' };
    const keys = [
      ['ReEncryptFrom', OLD_KEY, undefined],
      ['ReEncryptTo', NEW_KEY, undefined],
    ];
    expect(named(record('ReEncrypt', { ...failed, resources: null }))).toEqual(keys);
    expect(named(record('ReEncrypt', { ...failed, resources: [keyResource(NEW_KEY)] }))).toEqual(keys);
    expect(named(record('ReEncrypt', { ...failed, resources: [keyResource(OLD_KEY)] }))).toEqual(keys);
  });

  it('of a failure may name the key by what the caller wrote, or in the words of the error alone', () => {
    const failed = { resources: undefined, errorCode: 'AccessDenied' };
    const alias = record('Encrypt', { ...failed, requestParameters: { keyId: 'alias/orders' } });
    expect(named(alias)).toEqual([['Encrypt', 'alias/orders', undefined]]);
    const words = record('Decrypt', {
      ...{ ...failed, requestParameters: null, errorCode: 'DisabledException' },
      errorMessage: `${OLD_KEY} is disabled.`,
    });
    expect(named(words)).toEqual([['Decrypt', OLD_KEY, undefined]]);
    expect(named(record('Decrypt', { ...failed, requestParameters: null }))).toEqual([]);
  });

  it('may have its context hidden, or replaced by words', () => {
    const requestParameters = { encryptionContext: 'HIDDEN_DUE_TO_SECURITY_REASONS' };
    expect(use(record('Decrypt', { requestParameters })).keys[0]!.context).toEqual({});
  });

  const arn = `arn:aws:iam::${TRAIL_ACCOUNT}:user/Alice`;
  it.each<[string, object, object]>([
    ['a session of a role', SESSION, { principal: ROLE, session: 'orders-1' }],
    [
      'a session without an issuer',
      { type: 'AssumedRole', arn: `arn:aws:sts::${TRAIL_ACCOUNT}:assumed-role/orders/one` },
      { principal: `arn:aws:iam::${TRAIL_ACCOUNT}:role/orders`, session: 'one' },
    ],
    ['a user', { type: 'IAMUser', arn, userName: 'Alice' }, { principal: arn }],
    [
      'root',
      { type: 'Root', arn: `arn:aws:iam::${TRAIL_ACCOUNT}:root` },
      { principal: `arn:aws:iam::${TRAIL_ACCOUNT}:root` },
    ],
    [
      'a federated user',
      { type: 'FederatedUser', arn: `arn:aws:sts::${TRAIL_ACCOUNT}:federated-user/Bob` },
      { principal: `arn:aws:sts::${TRAIL_ACCOUNT}:federated-user/Bob`, session: 'Bob' },
    ],
    [
      'another account, which tells no name',
      { type: 'AWSAccount', principalId: 'AROAEXAMPLE:one', accountId: '444455556666' },
      { principal: 'account 444455556666 (AROAEXAMPLE)' },
    ],
    [
      'a service by itself',
      { type: 'AWSService', invokedBy: 'dynamodb.amazonaws.com' },
      { principal: 'dynamodb.amazonaws.com' },
    ],
    [
      'a service on behalf of a role',
      { ...SESSION, invokedBy: 's3.amazonaws.com' },
      { principal: ROLE, session: 'orders-1', via: 's3.amazonaws.com' },
    ],
    ['nobody that is told', { type: 'Unknown' }, { principal: 'an unknown account' }],
  ])('names %s', (_, userIdentity, caller) => {
    const hints = { address: '192.0.2.7', userAgent: 'aws-sdk-java/2.31' };
    expect(use(record('Decrypt', { userIdentity })).caller).toEqual({ ...caller, ...hints });
  });

  it.each<[string, unknown, string]>([
    ['of another service', record('GetObject', { eventSource: 's3.amazonaws.com' }), 'other'],
    ['of Insights', record('Decrypt', { eventCategory: 'Insight' }), 'other'],
    ['without a source', { eventName: 'Decrypt' }, 'unreadable'],
    ['without an id', record('Decrypt', { eventID: undefined }), 'unreadable'],
    ['of no time', record('Decrypt', { eventTime: '2026-13-40T10:00:00Z' }), 'unreadable'],
    ['of a local time', record('Decrypt', { eventTime: '2026-11-20 10:00' }), 'unreadable'],
    ['whose resources are no list', record('Decrypt', { resources: OLD_KEY }), 'unreadable'],
    ['without an identity', record('Decrypt', { userIdentity: null }), 'unreadable'],
    ['that is a text', 'kms.amazonaws.com', 'unreadable'],
  ])('%s is read as what it is', (_, value, kind) => expect(readRecord(value).kind).toBe(kind));

  it('is never a reason to throw, whatever it is', () => {
    const mutated = fc.tuple(fc.constantFrom(...Object.keys(record('Decrypt'))), fc.jsonValue());
    const property = fc.property(
      fc.constantFrom('Decrypt', 'ReEncrypt', 'Encrypt'),
      mutated,
      (name, [field, value]) => {
        expect(['use', 'of-kms', 'other', 'unreadable']).toContain(
          readRecord(record(name, { [field]: value })).kind,
        );
      },
    );
    fc.assert(property);
    fc.assert(fc.property(fc.anything(), value => readRecord(value).kind !== 'use'));
  });
});

describe('the records of a log file', () => {
  /** In parts that end anywhere. */
  function split(
    text: string,
    sizes: readonly number[] = [text.length],
  ): { texts: string[]; whole: boolean } {
    const splitter = new RecordSplitter();
    const texts: string[] = [];
    let from = 0;
    for (let part = 0; from < text.length; part++) {
      const to = from + Math.max(1, sizes[part % sizes.length] ?? 1);
      texts.push(...splitter.push(text.slice(from, to)));
      from = to;
    }
    return { texts, whole: splitter.whole };
  }

  it('are those that JSON would have, however the file arrives', () => {
    const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 });
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(records, sizes, fc.constantFrom(0, 2), (Records, parts, indent) => {
        const { texts, whole } = split(JSON.stringify({ Records }, null, indent), parts);
        expect(whole).toBe(true);
        expect(texts.map(text => JSON.parse(text) as unknown)).toEqual(JSON.parse(JSON.stringify(Records)));
      }),
    );
  });

  it('are cut off wherever the file is, and it is known that it was', () => {
    const text = JSON.stringify({ Records: [record('Decrypt'), record('Encrypt')] });
    const whole = split(text).texts;
    for (let end = 0; end < text.length; end += 7) {
      const cut = split(text.slice(0, end));
      expect(cut.whole).toBe(false);
      expect(whole.slice(0, cut.texts.length)).toEqual(cut.texts);
    }
  });

  it.each([
    ...[
      '',
      'no JSON',
      '[]',
      '{}',
      '{"Records":{}}',
      '{"Rows":[]}',
      '{"Records":[1]}',
      '{"Records":[]} and more',
    ],
    ...['{"Records":[{}]', `{"x":"${'y'.repeat(300)}","Records":[]}`, '{"digestS3Object":"a","logFiles":[]}'],
  ])('of %.30s are not whole', text => expect(split(text).whole).toBe(false));

  it('are never a reason to throw', () => {
    fc.assert(fc.property(fc.string(), text => expect(() => split(`{"Records":[${text}`)).not.toThrow()));
    fc.assert(fc.property(fc.string(), text => readRecord(parseRecord(text)).kind !== 'use'));
  });

  it('of other services are not parsed, unless they may hide the name of KMS', () => {
    expect(readRecord(parseRecord('{"eventSource":"s3.amazonaws.com", no JSON')).kind).toBe('other');
    const hidden = JSON.stringify(record('Decrypt')).replace('kms.amazonaws.com', '\\u006bms.amazonaws.com');
    expect(readRecord(parseRecord(hidden)).kind).toBe('use');
    expect(readRecord(parseRecord('{"eventSource":"kms.amazonaws.com"')).kind).toBe('unreadable');
  });
});
