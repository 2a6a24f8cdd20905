import { batchRequests, objectPlaces, type BatchQuestion } from '../../lambda/core/retire/batch-requests.ts';
import { batchRole } from '../../lambda/core/retire/batch-role.ts';
import {
  bucketStore,
  FOREIGN_KEY,
  job,
  jobInput,
  NEW_KEY,
  OLD_KEY,
  tableStore,
} from '../support/builders.ts';

const ACCOUNT = '111122223333';
const PLACE = { region: 'us-east-1', account: ACCOUNT, bucket: 'documents', prefixes: ['2026/'] };

function asked(changes: Partial<BatchQuestion> = {}): BatchQuestion {
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/Batch`;
  return { job: 'orders', places: [PLACE], sources: [OLD_KEY], newKey: NEW_KEY, roleArn, ...changes };
}

function requests(changes: Partial<BatchQuestion> = {}) {
  const answer = batchRequests(asked(changes));
  if (answer.kind === 'refused') throw new Error(answer.words);
  return answer.requests;
}

describe('the objects of a job', () => {
  it('are those of its buckets, of their parts, and of the buckets of copies', () => {
    const { stores } = job(
      jobInput({
        stores: [
          tableStore(),
          bucketStore({ prefix: '2026/' }),
          bucketStore({ bucket: 'parts', scope: { prefixes: ['a/', 'b/'] }, region: 'eu-west-1' }),
          bucketStore({
            bucket: 'own',
            copyTo: { bucket: 'copies', region: 'eu-west-1', createMissing: true },
          }),
        ],
      }),
    );
    expect(objectPlaces(stores, { region: 'us-east-1', account: ACCOUNT })).toEqual([
      PLACE,
      { region: 'eu-west-1', account: ACCOUNT, bucket: 'parts', prefixes: ['a/', 'b/'] },
      { region: 'us-east-1', account: ACCOUNT, bucket: 'own', prefixes: [] },
      { region: 'eu-west-1', account: ACCOUNT, bucket: 'copies', prefixes: [] },
    ]);
  });
});

describe('a request to S3 Batch Operations', () => {
  it('finds the objects under a source key itself, gives them the new key, and waits to be confirmed', () => {
    const [first] = requests();
    expect(first?.createJob).toEqual({
      AccountId: ACCOUNT,
      ConfirmationRequired: true,
      Description: `orders: server-side encryption, away from ${OLD_KEY}`,
      Operation: {
        S3UpdateObjectEncryption: {
          ObjectEncryption: { SSEKMS: { KMSKeyArn: NEW_KEY, BucketKeyEnabled: false } },
        },
      },
      ManifestGenerator: {
        S3JobManifestGenerator: {
          ExpectedBucketOwner: ACCOUNT,
          SourceBucket: 'arn:aws:s3:::documents',
          EnableManifestOutput: false,
          Filter: {
            KeyNameConstraint: { MatchAnyPrefix: ['2026/'] },
            MatchAnyObjectEncryption: [{ SSEKMS: { KmsKeyArn: OLD_KEY, BucketKeyEnabled: false } }],
          },
        },
      },
      Report: { Enabled: false },
      Priority: 10,
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/Batch`,
    });
  });

  it('is made for each key, and for objects with and without S3 Bucket Keys, which they keep', () => {
    const all = requests({ sources: [OLD_KEY, FOREIGN_KEY] });
    expect(all.map(({ keyArn, bucketKeys }) => [keyArn, bucketKeys])).toEqual([
      [OLD_KEY, false],
      [OLD_KEY, true],
      [FOREIGN_KEY, false],
      [FOREIGN_KEY, true],
    ]);
    for (const { createJob, bucketKeys } of all) {
      const { SSEKMS } = createJob.Operation.S3UpdateObjectEncryption.ObjectEncryption;
      const [filter] = createJob.ManifestGenerator.S3JobManifestGenerator.Filter.MatchAnyObjectEncryption;
      expect([SSEKMS.BucketKeyEnabled, filter.SSEKMS.BucketKeyEnabled]).toEqual([bucketKeys, bucketKeys]);
    }
    expect(new Set(all.map(({ file }) => file)).size).toBe(4);
  });

  it('is none for the new key itself, nor for a key of a Region in which S3 cannot use it', () => {
    const elsewhere = OLD_KEY.replace('us-east-1', 'eu-west-1');
    expect(batchRequests(asked({ sources: [NEW_KEY, elsewhere] }))).toEqual({
      kind: 'refused',
      words: 'no source key is one that S3 could use there: each is in another Region, or is the new key',
    });
    expect(requests({ sources: [NEW_KEY, OLD_KEY] }).map(({ keyArn }) => keyArn)).toEqual([OLD_KEY, OLD_KEY]);
  });

  it('names the replica of a multi-Region key in the Region of the bucket', () => {
    const there = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1';
    expect(requests({ sources: [there] }).map(({ keyArn }) => keyArn)).toEqual([
      'arn:aws:kms:us-east-1:111122223333:key/mrk-1',
      'arn:aws:kms:us-east-1:111122223333:key/mrk-1',
    ]);
  });

  it.each<[string, Partial<BatchQuestion>, string]>([
    ['an alias', { newKey: NEW_KEY.replace(/key\/.*/, 'alias/new') }, 'is no key ARN'],
    [
      'a key of another Region',
      { places: [{ ...PLACE, region: 'eu-west-1' }] },
      'is not in eu-west-1, where documents is',
    ],
    [
      'a key of another account',
      { places: [{ ...PLACE, account: '444455556666' }] },
      'is not of account 444455556666, whose bucket documents is',
    ],
  ])('is refused for %s, which S3 would not take', (_, changes, words) => {
    expect(batchRequests(asked(changes))).toEqual({
      kind: 'refused',
      words: expect.stringContaining(words) as string,
    });
  });
});

describe('the role with which S3 carries them out', () => {
  it('may be assumed by S3 for that account, and gets those objects and keys', () => {
    const places = [PLACE, { ...PLACE, bucket: 'all', prefixes: [] }];
    const { trust, permissions } = batchRole(requests({ places }));
    expect(trust.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'batchoperations.s3.amazonaws.com' },
        Action: ['sts:AssumeRole'],
        Condition: { StringEquals: { 'aws:SourceAccount': [ACCOUNT] } },
      },
    ]);
    expect(permissions.Statement.map(({ Action, Resource }) => [Action[0], Resource])).toEqual([
      ['s3:PutInventoryConfiguration', ['arn:aws:s3:::all', 'arn:aws:s3:::documents']],
      ['s3:UpdateObjectEncryption', ['arn:aws:s3:::all/*', 'arn:aws:s3:::documents/2026/*']],
      ['kms:Decrypt', [OLD_KEY, NEW_KEY]],
    ]);
    expect(permissions.Statement[2]?.Condition).toEqual({
      StringEquals: { 'kms:ViaService': ['s3.us-east-1.amazonaws.com'] },
    });
  });

  it('reads what a prefix says as it is written', () => {
    const { permissions } = batchRole(requests({ places: [{ ...PLACE, prefixes: ['a*b/'] }] }));
    expect(permissions.Statement[1]?.Resource).toEqual(['arn:aws:s3:::documents/a${*}b/*']);
  });
});
