import { wrappingKeysCsv } from '../../cli/render/report-csv.ts';
import { pageBooks } from '../../lambda/core/account/books.ts';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { JOURNAL_SCHEMA } from '../../lambda/core/model/journal-schema.ts';
import { wrappingKeysPart } from '../../lambda/core/report/page/wrapping-keys.ts';
import { wrappingKeys } from '../../lambda/core/report/wrapping-keys.ts';
import { NEW_KEY, OLD_KEY, planned } from '../support/builders.ts';

const RSA = 'arn:aws:kms:us-east-1:111122223333:key/44444444-4444-4444-4444-444444444444';
const KEYS = {
  sources: [planned(OLD_KEY, { keySpec: 'SYMMETRIC_DEFAULT' }), planned(RSA, { keySpec: 'RSA_2048' })],
  destination: planned(NEW_KEY),
};
const SHA_1 = { keyArn: RSA, keyMaterialId: null, encryptionAlgorithm: 'RSAES_OAEP_SHA_1' } as const;
const SHA_256 = { ...SHA_1, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' } as const;

describe('the wrapping keys of a run', () => {
  it('are told by key and algorithm, with all key materials and stores added up, asymmetric ones first', () => {
    const old = { keyArn: OLD_KEY, before: 9, after: 9 };
    const keys = wrappingKeys(KEYS, [
      {
        store: 'dynamodb:Orders',
        keyMaterials: [
          { ...old, keyMaterialId: 'a' },
          { ...old, keyMaterialId: 'b' },
          { ...SHA_1, before: 1, after: 1 },
        ],
      },
      { store: 'dynamodb:Notes', keyMaterials: [{ ...SHA_256, before: 2, after: 0 }] },
    ]);
    expect(keys).toEqual([
      {
        ...{ keyArn: RSA, keySpec: 'RSA_2048', encryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
        ...{ before: 2, after: 0, stores: [{ store: 'dynamodb:Notes', before: 2, after: 0 }] },
      },
      {
        ...{ keyArn: RSA, keySpec: 'RSA_2048', encryptionAlgorithm: 'RSAES_OAEP_SHA_1' },
        ...{ before: 1, after: 1, stores: [{ store: 'dynamodb:Orders', before: 1, after: 1 }] },
      },
      {
        ...{ keyArn: OLD_KEY, keySpec: 'SYMMETRIC_DEFAULT', encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
        ...{ before: 18, after: 18, stores: [{ store: 'dynamodb:Orders', before: 18, after: 18 }] },
      },
    ]);
  });

  it('have no key spec where KMS did not tell it', () => {
    const [key] = wrappingKeys({ ...KEYS, sources: [] }, [
      { store: 's3:b/', keyMaterials: [{ ...SHA_1, before: 1, after: 1 }] },
    ]);
    expect(key).toMatchObject({ keySpec: null });
    expect(wrappingKeysPart({ wrappingKeys: [key!] })).toContain('<td>not told</td>');
  });

  it('are counted apart in the books of a page where one key has two algorithms', () => {
    const entry = (source: OutcomeEntry['source']): OutcomeEntry => ({
      ...{ schema: JOURNAL_SCHEMA, store: 'dynamodb:Orders', locator: '1', slot: 'edk' },
      ...{ outcome: 'to-rewrap', source: source! },
    });
    const under = (encryptionAlgorithm: 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256') =>
      entry({ keyArn: RSA, encryptionAlgorithm });
    const { keyMaterials } = pageBooks({
      ...{ records: 3, withoutDataKey: 0, remaining: 3, kms: { requests: 3, throttled: 0 } },
      entries: [under('RSAES_OAEP_SHA_1'), under('RSAES_OAEP_SHA_256'), under('RSAES_OAEP_SHA_1')],
    });
    expect(keyMaterials).toEqual([
      { ...SHA_1, before: 2, after: 2 },
      { ...SHA_256, before: 1, after: 1 },
    ]);
  });

  it('keep what stores are called from computing in a spreadsheet', () => {
    const csv = wrappingKeysCsv([
      {
        ...{ keyArn: RSA, keySpec: null, encryptionAlgorithm: 'SM2PKE', before: 1, after: 1 },
        stores: [{ store: '=1+1', before: 1, after: 1 }],
      },
    ]);
    expect(csv.split('\r\n')).toEqual([
      'store,keyArn,keySpec,encryptionAlgorithm,before,after',
      `'=1+1,${RSA},,SM2PKE,1,1`,
      '',
    ]);
  });
});
