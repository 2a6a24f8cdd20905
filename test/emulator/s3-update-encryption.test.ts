import { CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UpdateObjectEncryptionCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const Bucket = 'documents';

describe('UpdateObjectEncryption on loopback', () => {
  let aws: Embedded;
  const keys: string[] = [];
  beforeAll(async () => {
    aws = await embedded();
    await aws.s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    for (const _ of [1, 2]) {
      const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({}));
      keys.push(KeyMetadata!.Arn!);
    }
  });
  afterAll(() => aws.stop());

  const put = (Key: string, changes: Partial<PutObjectCommandInput> = {}) =>
    aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'body', Metadata: { of: 'mine' }, ...changes }));
  const head = (Key: string, VersionId?: string) =>
    aws.s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }));
  const update = (
    Key: string,
    KMSKeyArn: string,
    more: { VersionId?: string; BucketKeyEnabled?: boolean } = {},
  ) => {
    const { VersionId, ...others } = more;
    return (client: S3Client = aws.s3) =>
      client.send(
        new UpdateObjectEncryptionCommand({
          ...{ Bucket, Key, VersionId },
          ObjectEncryption: { SSEKMS: { KMSKeyArn, ...others } },
        }),
      );
  };

  it('changes the key of an object, and nothing else of it', async () => {
    await put('a', {
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: keys[0],
      Tagging: 'x=1',
      BucketKeyEnabled: true,
    });
    const { $metadata: _a, SSEKMSKeyId: former, BucketKeyEnabled: had, ...before } = await head('a');
    await update('a', keys[1]!)();
    const { $metadata: _b, SSEKMSKeyId, BucketKeyEnabled, ...after } = await head('a');
    expect([former, had]).toEqual([keys[0], true]);
    expect([SSEKMSKeyId, BucketKeyEnabled]).toEqual([keys[1], undefined]);
    expect(after).toEqual(before);
    expect((await aws.s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' }))).TagSet).toEqual([
      { Key: 'x', Value: '1' },
    ]);
    await update('a', keys[1]!, { BucketKeyEnabled: true })();
    expect((await head('a')).BucketKeyEnabled).toBe(true);
  });

  it('takes an object from SSE-S3 to a KMS key, and a version that is not current', async () => {
    await aws.s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const { VersionId } = await put('b');
    await put('b');
    await update('b', keys[1]!, { VersionId: VersionId! })();
    expect((await head('b', VersionId)).SSEKMSKeyId).toBe(keys[1]);
    expect((await head('b')).ServerSideEncryption).toBe('AES256');
  });

  it('refuses what the API reference says', async () => {
    await put('kms', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keys[0] });
    await put('dsse', { ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: keys[0] });
    await put('held', { ObjectLockLegalHoldStatus: 'ON' });
    await put('retained', {
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date(Date.now() + 3_600_000),
    });
    const [alias, other] = [
      'arn:aws:kms:us-east-1:111122223333:alias/mine',
      keys[1]!.replace('111122223333', '444455556666'),
    ];
    const refused = await Promise.all(
      [
        ...[update('kms', alias), update('dsse', keys[1]!), update('held', keys[1]!)],
        ...[update('retained', keys[1]!), update('none', keys[1]!)],
      ].map(one => errorName(one())),
    );
    expect(refused).toEqual([
      'InvalidRequest',
      'InvalidRequest',
      'AccessDenied',
      'AccessDenied',
      'NoSuchKey',
    ]);
    expect(await errorName(update('kms', other)())).toBe('AccessDenied');
    expect((await head('kms')).SSEKMSKeyId).toBe(keys[0]);
  });

  it('needs its own permission, and those of both keys through S3', async () => {
    await put('p', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keys[0] });
    const needed: readonly (readonly [string, string])[] = [
      ['s3:UpdateObjectEncryption', `arn:aws:s3:::${Bucket}/p`],
      ...(['kms:Decrypt', 'kms:ReEncryptFrom'] as const).map(one => [one, keys[0]!] as const),
      ...(['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptTo'] as const).map(
        one => [one, keys[1]!] as const,
      ),
    ];
    const as = (name: string, allowed: typeof needed): S3Client => {
      const statements = allowed.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource }));
      const policy = { Version: '2012-10-17', Statement: statements };
      return new S3Client({
        endpoint: aws.endpoint,
        region: 'us-east-1',
        credentials: aws.aws.createUser(name, [policy]),
        forcePathStyle: true,
      });
    };
    for (const [index] of needed.entries()) {
      const client = as(`without-${index}`, needed.toSpliced(index, 1));
      expect([needed[index], await errorName(update('p', keys[1]!)(client))]).toEqual([
        needed[index],
        'AccessDenied',
      ]);
    }
    expect((await head('p')).SSEKMSKeyId).toBe(keys[0]);
    await update('p', keys[1]!)(as('with-all', needed));
    expect((await head('p')).SSEKMSKeyId).toBe(keys[1]);
  });

  it('leaves alone what a copy makes of it', async () => {
    await put('c', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keys[0] });
    await aws.s3.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'd',
        CopySource: `${Bucket}/c`,
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: keys[0],
      }),
    );
    await update('c', keys[1]!)();
    expect((await head('d')).SSEKMSKeyId).toBe(keys[0]);
  });
});
