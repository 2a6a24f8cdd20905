import type { RunMode } from '../../lambda/core/model/run.ts';
import type { BucketDefaults } from '../../lambda/core/stores/s3/catalog.ts';
import { objectRemarks } from '../../lambda/core/stores/s3/remarks.ts';
import type { BucketStore } from '../../lambda/core/stores/s3/schema.ts';
import { bucketWarnings } from '../../lambda/core/stores/s3/warnings.ts';
import type { ObjectRecord } from '../../lambda/core/model/record.ts';
import { job, object } from '../support/builders.ts';
import { planOf, stores } from '../support/plan-ports.ts';

const STORE: BucketStore = {
  type: 's3',
  bucket: 'documents',
  prefix: '',
  format: { type: 'object-metadata', dataKey: 'edk' },
};
const COPIED: BucketStore = {
  ...STORE,
  copyTo: { region: 'us-east-1', bucket: 'others', createMissing: true },
};
const DESCRIPTION = { versioned: false, noncurrentVersions: false, accessControlLists: false };
const NO_LOCKS: BucketDefaults = { locks: { kind: 'seen', value: {} } };

const said = (defaults: BucketDefaults, store = STORE, mode: RunMode = 'migrate'): string =>
  bucketWarnings(store, DESCRIPTION, { ...defaults, mode }).join('\n');

describe('Plan says of the bucket that is written to', () => {
  it.each(['census', 'verify'] as const)('nothing before a %s, which writes nothing', mode => {
    expect(
      said({ locks: { kind: 'seen', value: { retention: { mode: 'COMPLIANCE', years: 1 } } } }, STORE, mode),
    ).toBe('');
  });

  it('nothing about locks and encryption where it has no defaults of its own', () => {
    expect(said(NO_LOCKS)).not.toMatch(/retain|hold|encrypts/);
  });

  it.each([
    [{ mode: 'COMPLIANCE', years: 10 }, /retains new objects for 10 years \(COMPLIANCE\).*nobody can delete/],
    [
      { mode: 'GOVERNANCE', days: 1 },
      /retains new objects for 1 day \(GOVERNANCE\).*a permission of its own/,
    ],
  ])('that it locks each copy: %j', (retention, words) => {
    expect(said({ locks: { kind: 'seen', value: { retention } } })).toMatch(words);
  });

  it('that it puts each copy on hold', () => {
    const locks = { kind: 'seen', value: { eventHold: { days: 30 } } } as const;
    expect(said({ locks })).toMatch(/on hold until an event, and for 30 days after it/);
  });

  it('what its default encryption is, where copies take it', () => {
    const encryption = { kind: 'seen', value: { algorithm: 'aws:kms', key: 'arn:key' } } as const;
    expect(said({ ...NO_LOCKS, encryption }, COPIED)).toMatch(/encrypts copies with arn:key .*name it there/);
    const own = { kind: 'seen', value: { algorithm: 'AES256' } } as const;
    expect(said({ ...NO_LOCKS, encryption: own }, COPIED)).not.toContain('encrypts');
  });

  it('what it could not see, and why', () => {
    const unseen = { kind: 'unseen', words: 'AccessDenied: no' } as const;
    const words = said({ locks: unseen, encryption: unseen }, COPIED);
    expect(words).toContain('could not see whether the bucket locks new objects (AccessDenied: no)');
    expect(words).toContain('could not see how the bucket encrypts the copies (AccessDenied: no)');
  });

  it.each([
    ['in place', STORE, { bucket: 'documents', encryption: false }],
    ['into another bucket', COPIED, { bucket: 'others', encryption: true }],
  ])('only what a copy %s depends on', async (_, store, asked) => {
    const places: object[] = [];
    const catalog = stores({
      describeDefaults: place => {
        places.push(place);
        return Promise.resolve({ locks: { kind: 'unseen', words: 'not today' } });
      },
    });
    const plan = await planOf({ stores: catalog }, { jobs: [job({ stores: [store] })] });
    expect(places).toEqual([{ region: 'us-east-1', ...asked }]);
    expect(plan.warnings.join('\n')).toContain(
      'could not see whether the bucket locks new objects (not today)',
    );
  });
});

describe('Plan says of the first objects', () => {
  const remarks = (changes: Partial<ObjectRecord>, store = STORE): readonly string[] =>
    objectRemarks([object('a', {}), object('b', {}, changes)], store);

  it('nothing where a copy is like the object that it replaces', () => {
    expect(remarks({})).toEqual([]);
  });

  it.each([
    [
      { storageClass: 'STANDARD_IA' },
      /^1 of the first 2 objects are in STANDARD_IA, .* for 30 days at least/,
    ],
    [{ storageClass: 'GLACIER_IR' }, /in GLACIER_IR, .* for 90 days at least/],
    [{ storageClass: 'INTELLIGENT_TIERING' }, /begin in its tier of frequent access/],
    [{ storageClass: 'DEEP_ARCHIVE' }, /are archived: no run changes them/],
    [{ etag: '"d41d8cd98f00b204e9800998ecf8427e-3"' }, /uploaded in parts: their copies have other ETags/],
    [
      { size: 5 * 1024 ** 3 + 1 },
      /over 5 GB: .* in parts, .* other ETags .* lifecycle rule .* annotations is left/,
    ],
    [{ encryption: { algorithm: 'aws:kms' } }, /lose an additional encryption context/],
  ])('what a copy changes of them: %j', (changes, words) => {
    expect(remarks(changes).join('\n')).toMatch(words);
  });

  it('nothing of the classes of objects that stay where they are', () => {
    expect(remarks({ storageClass: 'STANDARD_IA' }, COPIED)).toEqual([]);
    expect(remarks({ etag: '"d41d8cd98f00b204e9800998ecf8427e-3"' }, COPIED)).toHaveLength(1);
  });
});
