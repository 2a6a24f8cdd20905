import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  PutObjectTaggingCommand,
  S3Client,
  type ObjectIdentifier,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { checkBucketName } from '../../emulator/s3/bucket-names.ts';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { freshBuckets } from '../support/fresh-buckets.ts';

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

const bucket = freshBuckets('strict', () => aws.s3);
const put = (Bucket: string, Key: string, input: Partial<PutObjectCommandInput> = {}) =>
  aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'body', ...input }));
const deleteAll = (Bucket: string, Objects: readonly ObjectIdentifier[], Quiet = false) =>
  aws.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [...Objects], Quiet } }));

// S3 user guide, General purpose bucket naming rules.
describe('a name of a bucket', () => {
  it.each([
    ...['aa', 'a'.repeat(64), 'Upper', 'under_score', '-begins', 'ends-', 'two..dots', '192.168.5.4'],
    ...['xn--name', 'sthree-name', 'amzn-s3-demo-name', 'name-s3alias', 'name--ol-s3', 'name.mrap'],
    ...['name--x-s3', 'name--table-s3'],
  ])('is not %s', name => {
    expect(() => checkBucketName(name)).toThrow('not valid');
  });

  it.each(['abc', 'a'.repeat(63), '0.9-a', 'dots.are.allowed', '1.2.3'])('may be %s', name => {
    expect(() => checkBucketName(name)).not.toThrow();
  });

  it('is refused when the bucket is to be made', async () => {
    expect(await errorName(aws.s3.send(new CreateBucketCommand({ Bucket: 'under_score' })))).toBe(
      'InvalidBucketName',
    );
  });

  // API reference, CreateBucket: BucketAlreadyOwnedByYou is of all Regions but us-east-1.
  it('may be made again by its owner in us-east-1, and nowhere else', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'stays');
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    await expect(aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'stays' }))).resolves.toBeDefined();
    const elsewhere = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' as const } };
    const other = await bucket(elsewhere);
    expect(await errorName(aws.s3.send(new CreateBucketCommand({ Bucket: other, ...elsewhere })))).toBe(
      'BucketAlreadyOwnedByYou',
    );
  });
});

describe('DeleteObjects', () => {
  it('deletes what the caller may delete, and denies the rest one by one', async () => {
    const Bucket = await bucket();
    for (const Key of ['mine/a', 'theirs/b']) await put(Bucket, Key);
    const Statement = [
      { Effect: 'Allow', Action: 's3:DeleteObject', Resource: `arn:aws:s3:::${Bucket}/mine/*` },
    ];
    const credentials = aws.aws.createUser('deleter', [{ Version: '2012-10-17', Statement }]);
    const s3 = new S3Client({ endpoint: aws.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
    const Objects = [{ Key: 'theirs/b' }, { Key: 'mine/a' }];
    const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    s3.destroy();
    expect([Deleted, Errors]).toMatchObject([
      [{ Key: 'mine/a' }],
      [{ Key: 'theirs/b', Code: 'AccessDenied' }],
    ]);
    const { Contents } = await aws.s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents).toMatchObject([{ Key: 'theirs/b' }]);
  });

  it('takes keys of white space as they are', async () => {
    const Bucket = await bucket();
    for (const Key of [' ', ' a ', '_ ', '\t', 'a\u2003']) await put(Bucket, Key);
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents).toHaveLength(5);
    await deleteAll(
      Bucket,
      Contents.map(({ Key }) => ({ Key })),
    );
    await aws.s3.send(new DeleteBucketCommand({ Bucket }));
  });

  it('tells of versions and delete markers, and nothing where that is not asked for', async () => {
    const Bucket = await bucket();
    await aws.s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const { VersionId } = await put(Bucket, 'key');
    const { Deleted: [marked] = [] } = await deleteAll(Bucket, [{ Key: 'key' }]);
    expect(marked).toEqual({ Key: 'key', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) });
    const marker = marked!.DeleteMarkerVersionId!;
    const { Deleted } = await deleteAll(Bucket, [
      { Key: 'key', VersionId: marker },
      { Key: 'key', VersionId: VersionId! },
    ]);
    expect(Deleted).toEqual([
      { Key: 'key', VersionId: marker, DeleteMarker: true, DeleteMarkerVersionId: marker },
      { Key: 'key', VersionId },
    ]);
    await put(Bucket, 'quiet');
    expect((await deleteAll(Bucket, [{ Key: 'quiet' }], true)).Deleted).toBeUndefined();
    const { Versions, DeleteMarkers } = await aws.s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect([Versions?.length, DeleteMarkers?.length]).toEqual([1, 1]);
  });

  it('deletes the others where one is locked, and says which', async () => {
    const Bucket = await bucket({ ObjectLockEnabledForBucket: true });
    const locked = await put(Bucket, 'locked', { ObjectLockLegalHoldStatus: 'ON' });
    const free = await put(Bucket, 'free');
    const { Deleted, Errors } = await deleteAll(
      Bucket,
      [
        { Key: 'locked', VersionId: locked.VersionId! },
        { Key: 'free', VersionId: free.VersionId! },
      ],
      true,
    );
    expect(Deleted).toBeUndefined();
    expect(Errors).toEqual([
      {
        Key: 'locked',
        VersionId: locked.VersionId,
        Code: 'AccessDenied',
        Message: expect.stringContaining('lock'),
      },
    ]);
    expect(await errorName(aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'free' })))).toBe('NotFound');
  });

  it('takes up to a thousand keys', async () => {
    const Bucket = await bucket();
    const keys = Array.from({ length: 1_001 }, (_, index) => ({ Key: `k${index}` }));
    expect(await errorName(deleteAll(Bucket, keys))).toBe('MalformedXML');
    expect((await deleteAll(Bucket, keys.slice(1))).Deleted).toHaveLength(1_000);
  });
});

describe('a listing of no keys', () => {
  it('is not truncated', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'key');
    const page = await aws.s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }));
    expect([page.IsTruncated, page.KeyCount, page.Contents]).toEqual([false, 0, undefined]);
    expect(await errorName(aws.s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: -1 })))).toBe(
      'InvalidArgument',
    );
  });
});

// S3 user guide, Categorizing your objects using tags.
describe('tags', () => {
  const tagged = async (TagSet: readonly { Key: string; Value: string }[]) => {
    const Bucket = await bucket();
    await put(Bucket, 'key');
    return errorName(
      aws.s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'key', Tagging: { TagSet: [...TagSet] } })),
    );
  };

  it('have names of 128 characters and values of 256 at most, and no name twice', async () => {
    expect(await tagged([{ Key: 'k'.repeat(129), Value: 'v' }])).toBe('InvalidTag');
    expect(await tagged([{ Key: '', Value: 'v' }])).toBe('InvalidTag');
    expect(await tagged([{ Key: 'k', Value: 'v'.repeat(257) }])).toBe('InvalidTag');
    expect(
      await tagged([
        { Key: 'k', Value: '1' },
        { Key: 'k', Value: '2' },
      ]),
    ).toBe('InvalidTag');
    expect(await tagged(Array.from({ length: 11 }, (_, n) => ({ Key: `k${n}`, Value: '' })))).toBe(
      'BadRequest',
    );
    expect(await tagged([{ Key: 'k'.repeat(128), Value: 'v'.repeat(256) }])).toBe('none');
  });

  it('are bound in the header of a write, too', async () => {
    const Bucket = await bucket();
    const tags = (Tagging: string) => errorName(put(Bucket, 'key', { Tagging }));
    expect(await tags('a=1&a=2')).toBe('InvalidArgument');
    expect(await tags(`${'k'.repeat(129)}=1`)).toBe('InvalidTag');
    expect(await tags(Array.from({ length: 11 }, (_, n) => `k${n}=`).join('&'))).toBe('BadRequest');
    expect(await tags('a=1&b=')).toBe('none');
    const { TagSet } = await aws.s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'key' }));
    expect(TagSet).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ]);
  });
});

describe('a body', () => {
  it('may be named aws-chunked and not be so', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'key', { ContentEncoding: 'aws-chunked', Body: 'plain' });
    const read = await aws.s3.send(new GetObjectCommand({ Bucket, Key: 'key' }));
    expect([await read.Body!.transformToString(), read.ContentEncoding ?? '']).toEqual(['plain', '']);
  });
});

describe('a bucket with Object Lock', () => {
  it('keeps its versioning, and takes periods of a day at least', async () => {
    const Bucket = await bucket({ ObjectLockEnabledForBucket: true });
    const suspend = { Bucket, VersioningConfiguration: { Status: 'Suspended' as const } };
    expect(await errorName(aws.s3.send(new PutBucketVersioningCommand(suspend)))).toBe('InvalidBucketState');
    const lock = (DefaultRetention: object) =>
      errorName(
        aws.s3.send(
          new PutObjectLockConfigurationCommand({
            Bucket,
            ObjectLockConfiguration: {
              ObjectLockEnabled: 'Enabled',
              Rule: { DefaultRetention: { Mode: 'GOVERNANCE', ...DefaultRetention } },
            },
          }),
        ),
      );
    expect(await lock({ Days: 0 })).toBe('InvalidArgument');
    expect(await lock({ Years: -1 })).toBe('InvalidArgument');
    expect(await lock({ Days: 1 })).toBe('none');
  });

  it('lets a version go when its retention is over, or by a caller who goes round it', async () => {
    const Bucket = await bucket({ ObjectLockEnabledForBucket: true });
    const locked = await put(Bucket, 'key', {
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date(Date.now() + 86_400_000),
    });
    const version = { Key: 'key', VersionId: locked.VersionId! };
    expect((await deleteAll(Bucket, [version])).Errors).toHaveLength(1);
    const past = { Bucket, Delete: { Objects: [version] }, BypassGovernanceRetention: true };
    expect((await aws.s3.send(new DeleteObjectsCommand(past))).Errors).toBeUndefined();
  });
});
