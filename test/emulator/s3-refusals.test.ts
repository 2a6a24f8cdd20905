import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import { embedded, type Embedded } from '../support/embedded.ts';
import { freshBuckets } from '../support/fresh-buckets.ts';

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

const bucket = freshBuckets('refusals', () => aws.s3);
const put = (Bucket: string, input: object = {}) =>
  aws.s3.send(new PutObjectCommand({ Bucket, Key: 'key', Body: '0123456789', ...input }));

/** What a refusal tells: its name, its words and its members. */
async function refusal(call: Promise<unknown>): Promise<object> {
  return call.then(
    () => ({}),
    (error: unknown) => {
      const { name, message } = error as S3ServiceException;
      return { ...(error as object), name, message };
    },
  );
}

describe('a range of an object', () => {
  it('is not looked at where it is none', async () => {
    const Bucket = await bucket();
    await put(Bucket);
    for (const Range of ['bytes=1-0', 'bytes=-1-', 'bytes=0-1,3-4', '0-8', 'bytes=-']) {
      const { Body, ContentRange } = await aws.s3.send(new GetObjectCommand({ Bucket, Key: 'key', Range }));
      expect([await Body!.transformToString(), ContentRange]).toEqual(['0123456789', undefined]);
    }
  });

  it('has the checksum of the object if it has all of its bytes', async () => {
    const Bucket = await bucket();
    await put(Bucket);
    const get = (Range: string) =>
      aws.s3.send(new GetObjectCommand({ Bucket, Key: 'key', Range, ChecksumMode: 'ENABLED' }));
    expect(await get('bytes=-15')).toMatchObject({
      ContentRange: 'bytes 0-9/10',
      ChecksumType: 'FULL_OBJECT',
    });
    expect((await get('bytes=0-8')).ChecksumType).toBeUndefined();
  });

  it('tells what was asked for where there is nothing', async () => {
    const Bucket = await bucket();
    await put(Bucket);
    for (const RangeRequested of ['bytes=-0', 'bytes=100-200'])
      expect(
        await refusal(aws.s3.send(new GetObjectCommand({ Bucket, Key: 'key', Range: RangeRequested }))),
      ).toMatchObject({ name: 'InvalidRange', ActualObjectSize: '10', RangeRequested });
  });
});

describe('a key of the customer', () => {
  const customerKey = (key = randomBytes(32)) => ({
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
  });
  async function open(): Promise<string> {
    const Bucket = await bucket();
    const Rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const },
      BlockedEncryptionTypes: { EncryptionType: ['NONE' as const] },
    };
    const ServerSideEncryptionConfiguration = { Rules: [Rule] };
    await aws.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    return Bucket;
  }

  it('that is another one is denied, and an algorithm that there is not has an error of its own', async () => {
    const Bucket = await open();
    const key = customerKey();
    await put(Bucket, key);
    const get = (input: object) =>
      refusal(aws.s3.send(new GetObjectCommand({ Bucket, Key: 'key', ...input })));
    expect(await get({})).toMatchObject({ name: 'InvalidRequest' });
    expect(await get(customerKey())).toMatchObject({
      ...{ name: 'AccessDenied', message: expect.stringContaining('must provide the correct secret key') },
    });
    expect(await get({ ...key, SSECustomerAlgorithm: 'KMS' })).toMatchObject({
      ...{ name: 'InvalidEncryptionAlgorithmError', ArgumentValue: 'KMS' },
    });
    expect(await get(key)).toEqual({});
  });

  it('of an upload comes with each of its parts', async () => {
    const Bucket = await open();
    const key = customerKey();
    const begin = async (input: object) =>
      (await aws.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts', ...input }))).UploadId!;
    const part = (UploadId: string, input: object) =>
      aws.s3.send(
        new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber: 1, Body: 'a', ...input }),
      );
    const [plain, keyed] = [await begin({}), await begin(key)];
    expect(await refusal(part(plain, key))).toMatchObject({ name: 'InvalidRequest' });
    expect(await refusal(part(keyed, {}))).toMatchObject({ name: 'InvalidRequest' });
    expect(await refusal(part(keyed, customerKey()))).toMatchObject({
      ...{
        name: 'InvalidRequest',
        message: expect.stringContaining('did not match the ones used originally'),
      },
    });
    const { ETag } = await part(keyed, key);
    await aws.s3.send(
      new CompleteMultipartUploadCommand({
        ...{ Bucket, Key: 'parts', UploadId: keyed },
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );
  });
});

it('a retention has a mode that there is, and a date', async () => {
  const Bucket = await bucket({ ObjectLockEnabledForBucket: true });
  const ObjectLockRetainUntilDate = new Date(Date.now() + 60_000);
  const name = 'InvalidArgument';
  const [mode, date] = ['x-amz-object-lock-mode', 'x-amz-object-lock-retain-until-date'];
  const refused = (input: object) => refusal(put(Bucket, input));
  expect(await refused({ ObjectLockMode: 'GOVERNANCE' })).toMatchObject({ name, ArgumentName: date });
  expect(await refused({ ObjectLockRetainUntilDate })).toMatchObject({ name, ArgumentName: mode });
  expect(await refused({ ObjectLockRetainUntilDate, ObjectLockMode: 'OTHER' })).toMatchObject({
    ...{ name, ArgumentName: mode, ArgumentValue: 'OTHER' },
  });
});

describe('a bucket', () => {
  it('has no settings that there are not', async () => {
    const Bucket = await bucket();
    const own = (...ownerships: string[]) => {
      const Rules = ownerships.map(ObjectOwnership => ({
        ObjectOwnership: ObjectOwnership as 'ObjectWriter',
      }));
      return aws.s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }));
    };
    expect(await refusal(own('Other'))).toMatchObject({ name: 'MalformedXML' });
    expect(await refusal(own('ObjectWriter', 'ObjectWriter'))).toMatchObject({ name: 'MalformedXML' });
    expect(await refusal(bucket({ ObjectOwnership: 'Other' }))).toMatchObject({
      ...{ name: 'InvalidArgument', ArgumentName: 'x-amz-object-ownership' },
    });
    const version = (Status?: string) =>
      aws.s3.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: Status as 'Enabled' } }),
      );
    expect(await refusal(version('enabled'))).toMatchObject({ name: 'MalformedXML' });
    expect(await refusal(version())).toMatchObject({ name: 'IllegalVersioningConfigurationException' });
  });

  it('has one default encryption, and a key only under KMS', async () => {
    const Bucket = await bucket();
    const rule = (KMSMasterKeyID?: string) => ({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const, KMSMasterKeyID },
    });
    const encrypt = (...Rules: ReturnType<typeof rule>[]) =>
      refusal(
        aws.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } })),
      );
    expect(await encrypt(rule(), rule())).toMatchObject({ name: 'MalformedXML' });
    expect(await encrypt(rule('a-key'))).toMatchObject({ name: 'InvalidArgument' });
  });

  it('tells that versions keep it from being deleted', async () => {
    const Bucket = await bucket({ ObjectLockEnabledForBucket: true });
    await put(Bucket);
    expect(await refusal(aws.s3.send(new DeleteBucketCommand({ Bucket })))).toMatchObject({
      ...{ name: 'BucketNotEmpty', BucketName: Bucket, message: expect.stringContaining('all versions') },
    });
  });
});

it('names the storage class that there is not', async () => {
  expect(await refusal(put(await bucket(), { StorageClass: 'OUTPOSTS' }))).toMatchObject({
    ...{ name: 'InvalidStorageClass', StorageClassRequested: 'OUTPOSTS' },
  });
});
