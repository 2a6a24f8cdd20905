import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { notChecked } from '../../lambda/core/verdict/not-checked.ts';
import { plan } from '../support/builders.ts';

const [table] = plan().stores;
const bucket = { type: 's3' as const, bucket: 'documents', prefix: '', format: { type: 'object-metadata' } };
const said = (changes: Partial<RunPlan> = {}): string => notChecked(plan(changes)).join('\n');

describe('what a verdict did not look at', () => {
  it('is named for every kind of store that the run had, and for no other', () => {
    expect(said()).toMatch(/compressed[^]*streams/);
    expect(said()).not.toMatch(/objects/);
    expect(said({ stores: [bucket] })).toMatch(/bodies and tags of objects[^]*noncurrent versions/);
    expect(said({ stores: [bucket] })).not.toMatch(/streams/);
  });

  it('includes the contexts of what an RSA key has encrypted, if KMS cannot compare them', () => {
    const { sources, destination } = plan();
    const rsa = { ...sources[0]!, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const };
    expect(said()).not.toMatch(/asymmetric/);
    expect(said({ sources: [...sources, rsa] })).toMatch(
      /contexts of data keys under asymmetric source keys/,
    );
    const toRsa = { ...destination, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const };
    expect(said({ sources: [rsa], destination: toRsa })).not.toMatch(/asymmetric/);
  });

  it('includes what is beside the prefixes of a bucket that no store names as a whole', () => {
    const [one, other] = ['2026/', '2027/'].map(prefix => ({ ...bucket, prefix }));
    expect(said({ stores: [one!, other!] })).toContain(
      'everything in s3:documents whose key does not start with 2026/ or 2027/',
    );
    expect(said({ stores: [bucket] })).not.toMatch(/does not start/);
    expect(said({ stores: [one!, { ...bucket, format: { type: 'object-body' } }] })).not.toMatch(
      /does not start/,
    );
  });

  it('does not mention parts if one table is two stores for two places in its items', () => {
    expect(said({ stores: [table!, table!] })).not.toMatch(/part/);
  });

  it.each<[string, Partial<RunPlan>, RegExp]>([
    ['stores that no job names', {}, /the job does not name/],
    ['what is written meanwhile', {}, /written after its record was visited/],
    ['what a census reads late', { mode: 'census' }, /eventual consistency/],
    ['source records of copies', { keepsSource: true }, /old ones stay where they are/],
    ['places that the job ignores', { stores: [{ ...table!, ignore: ['audit.old'] }] }, /audit\.old/],
    [
      'records that the job expects to have no data key',
      { stores: [{ ...bucket, withoutDataKey: 'expected' }] },
      /s3:documents\/: the job expects/,
    ],
    ['all but a sample', { sample: 5 }, /dynamodb:Orders, of which the run was about the first 5 records/],
    [
      'what an index does not show yet',
      { stores: [{ ...table!, type: 'dynamodb', scope: { index: 'open' } }] },
      /index open[^]*follows its table/,
    ],
    [
      'what goes from one part of a table to the other',
      {
        stores: ['attribute_exists(a)', 'attribute_not_exists(a)'].map(expression => ({
          ...table!,
          scope: { filter: { expression } },
        })),
      },
      /from one part of dynamodb:Orders to another/,
    ],
  ])('is named: %s', (_, changes, words) => expect(said(changes)).toMatch(words));
});
