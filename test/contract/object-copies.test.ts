import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  RestoreObjectCommand,
  type HeadObjectCommandOutput,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { S3Records } from '../../lambda/adapters/s3/records.ts';
import { storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import type { RecordStore, WriteResult } from '../../lambda/core/ports.ts';
import { metadataAt } from '../support/bound.ts';
import { NEW_KEY } from '../support/builders.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const format = metadataAt('edk');
let aws: Embedded;
let sseKey: string;
let otherSseKey: string;
let number = 0;
beforeAll(async () => {
  aws = await embedded();
  [sseKey, otherSseKey] = [await createKey(aws.kms), await createKey(aws.kms)];
});
afterAll(() => aws.stop());

/** A bucket with one object. */
interface Subject {
  readonly bucket: string;
  readonly store: RecordStore;
  /** Replaces the data key as a worker does. */
  write(): Promise<WriteResult>;
  head(): Promise<HeadObjectCommandOutput>;
}

async function subject(input: Partial<PutObjectCommandInput> = {}): Promise<Subject> {
  const Bucket = `copies-${++number}`;
  await aws.s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  const Metadata = { edk: base64('old'), ...input.Metadata };
  await aws.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'body', ...input, Metadata }));
  const store: RecordStore = new S3Records(aws.s3, { bucket: Bucket, prefix: '', accessControlLists: false });
  return {
    bucket: Bucket,
    store,
    write: async () => {
      const { records } = await store.readPage({ type: 'key-range' }, { pageSize: 1, consistent: false });
      const places = format.replace(records[0]!, [
        {
          ...{ slot: 'edk', ciphertext: Buffer.from('new') },
          ...{ destination: { keyArn: NEW_KEY }, destinationAlgorithm: 'SYMMETRIC_DEFAULT' as const },
        },
      ]);
      return store.write(records[0]!, places);
    },
    head: () => aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' })),
  };
}

const WRITTEN: WriteResult = { kind: 'written' };

describe('what a bucket does to new objects', () => {
  const asked = async (bucket: string) => {
    const { s3: catalog } = storeCatalogs(new AwsClients({ endpoint: aws.endpoint }));
    return catalog.describeDefaults({ region: 'us-east-1', bucket, encryption: true });
  };

  it('is nothing where nobody has configured it', async () => {
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'without-defaults' }));
    expect(await asked('without-defaults')).toEqual({
      locks: { kind: 'seen', value: {} },
      encryption: { kind: 'seen', value: { algorithm: 'AES256' } },
    });
  });

  it('is what its configuration says', async () => {
    const of = await subject();
    const retention = { Mode: 'GOVERNANCE', Years: 2, DefaultEventHold: { Days: 3 } } as const;
    await aws.s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket: of.bucket,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: retention } },
      }),
    );
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: sseKey },
    } as const;
    await aws.s3.send(
      new PutBucketEncryptionCommand({
        Bucket: of.bucket,
        ServerSideEncryptionConfiguration: { Rules: [rule] },
      }),
    );
    expect(await asked(of.bucket)).toEqual({
      locks: {
        kind: 'seen',
        value: { retention: { mode: 'GOVERNANCE', years: 2 }, eventHold: { days: 3 } },
      },
      encryption: { kind: 'seen', value: { algorithm: 'aws:kms', key: sseKey } },
    });
  });

  it('is not seen where S3 does not show it, and that fails nothing', async () => {
    aws.aws.faults.inject({
      ...{ service: 's3', operation: 'GetObjectLockConfiguration', count: 1 },
      ...{ error: 'AccessDenied', message: 'not you', status: 403 },
    });
    const { locks } = await asked('without-defaults');
    expect(locks).toEqual({ kind: 'unseen', words: 'AccessDenied: not you' });
  });
});

describe('a copy in place', () => {
  it.each([true, false])('uses a bucket key as its object did (%s), whatever the bucket does', async used => {
    const sse = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: sseKey } as const;
    const of = await subject({ ...sse, BucketKeyEnabled: used });
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: otherSseKey },
      BucketKeyEnabled: !used,
    } as const;
    await aws.s3.send(
      new PutBucketEncryptionCommand({
        Bucket: of.bucket,
        ServerSideEncryptionConfiguration: { Rules: [rule] },
      }),
    );
    expect(await of.write()).toEqual(WRITTEN);
    const { SSEKMSKeyId, BucketKeyEnabled = false } = await of.head();
    expect([SSEKMSKeyId, BucketKeyEnabled]).toEqual([sseKey, used]);
  });

  it('keeps a hold until an event, and its duration', async () => {
    const of = await subject({ ObjectLockEventHold: 'ON', ObjectLockEventHoldDurationYears: 7 });
    expect(await of.write()).toEqual(WRITTEN);
    expect(await of.head()).toMatchObject({
      ObjectLockEventHold: 'ON',
      ObjectLockEventHoldDurationYears: 7,
    });
  });

  it('puts no hold back that was released, where the bucket puts new objects on hold', async () => {
    const of = await subject({ ObjectLockEventHold: 'OFF' });
    await aws.s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket: of.bucket,
        ObjectLockConfiguration: {
          ...{ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { DefaultEventHold: { Days: 1 } } } },
        },
      }),
    );
    expect(await of.write()).toEqual(WRITTEN);
    expect((await of.head()).ObjectLockEventHold).toBe('OFF');
  });

  it('makes a retention no longer, where the bucket retains new objects for longer', async () => {
    const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000);
    const of = await subject({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until });
    await aws.s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket: of.bucket,
        ObjectLockConfiguration: {
          ...{ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Years: 9 } } },
        },
      }),
    );
    expect(await of.write()).toEqual(WRITTEN);
    expect(await of.head()).toMatchObject({
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: until,
    });
  });

  it('keeps the algorithm of the checksum', async () => {
    const of = await subject({ ChecksumAlgorithm: 'SHA256' });
    const before = await of.head();
    expect(await of.write()).toEqual(WRITTEN);
    expect((await of.head()).ChecksumSHA256).toBe(before.ChecksumSHA256);
  });

  it('keeps metadata that are not US-ASCII as S3 shows them', async () => {
    const of = await subject({ Metadata: { title: 'ÄMÄZÕÑ S3', author: 'Zoë of the sea' } });
    const before = (await of.head()).Metadata;
    expect(await of.write()).toEqual(WRITTEN);
    expect((await of.head()).Metadata).toEqual({ ...before, edk: base64('new') });
  });

  it.each(['=?UTF-8?Q?plain?=', 'before =?UTF-8?B?w4Q=?=', '=?ISO-8859-1?Q?=C4?='])(
    'leaves an object whose metadata S3 would store otherwise (%s)',
    async title => {
      // Encoded twice: S3 decodes once, and then shows what looks encoded.
      const of = await subject({ Metadata: { title: `=?UTF-8?B?${base64(title)}?=` } });
      expect((await of.head()).Metadata?.['title']).toBe(title);
      expect(await of.write()).toMatchObject({
        kind: 'blocked',
        reason: expect.stringContaining('look encoded (RFC 2047)'),
      });
    },
  );

  it.each(['not restored', 'restored'])('leaves an archived object as it is: %s', async state => {
    const of = await subject({ StorageClass: 'GLACIER' });
    if (state === 'restored')
      await aws.s3.send(
        new RestoreObjectCommand({ Bucket: of.bucket, Key: 'k', RestoreRequest: { Days: 1 } }),
      );
    const before = await of.head();
    expect(await of.write()).toEqual({
      kind: 'blocked',
      reason: expect.stringMatching(/^archived \(GLACIER\): .* archive it anew/),
    });
    expect((await of.head()).VersionId).toBe(before.VersionId);
  });

  it('takes an object that was archived once its owner has put it into a class that can be read', async () => {
    const of = await subject({ StorageClass: 'GLACIER' });
    const place = { Bucket: of.bucket, Key: 'k' };
    await aws.s3.send(new RestoreObjectCommand({ ...place, RestoreRequest: { Days: 1 } }));
    await aws.s3.send(
      new CopyObjectCommand({ ...place, CopySource: `${of.bucket}/k`, StorageClass: 'STANDARD_IA' }),
    );
    expect(await of.write()).toEqual(WRITTEN);
    const { StorageClass, Body } = await aws.s3.send(new GetObjectCommand(place));
    expect([StorageClass, await Body?.transformToString()]).toEqual(['STANDARD_IA', 'body']);
  });
});
