import {
  CopyObjectCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import { CUSTOMER_ALGORITHM, CUSTOMER_KEY_MD5, customerKeyMd5 } from '../../emulator/s3/customer-keys.ts';
import { createKey, embedded, errorName, type Embedded } from '../support/embedded.ts';
import { freshBuckets } from '../support/fresh-buckets.ts';

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

const bucket = freshBuckets('encrypted', () => aws.s3);
const put = (Bucket: string, Key: string, input: Partial<PutObjectCommandInput> = {}) =>
  aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'body', ...input }));

describe('server-side encryption that a request asks for', () => {
  it('is one that there is, and names a key of KMS only where KMS is asked', async () => {
    const Bucket = await bucket();
    const SSEKMSKeyId = await createKey(aws.kms);
    const refused = (input: object) => errorName(put(Bucket, 'key', input));
    expect(await refused({ ServerSideEncryption: 'rot13' })).toBe('InvalidArgument');
    expect(await refused({ ServerSideEncryption: 'AES256', SSEKMSKeyId })).toBe('InvalidArgument');
    expect(await refused({ SSEKMSKeyId })).toBe('InvalidArgument');
    expect(await refused({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId })).toBe('none');
    expect(await refused({ ServerSideEncryption: 'aws:kms' })).toBe('none');
  });
});

// API reference, Object: whether an ETag is an MD5 digest depends on how the object is encrypted.
describe('an ETag', () => {
  it('is the digest of the data under keys of S3, and another one with each write under a key of KMS', async () => {
    const Bucket = await bucket();
    const md5 = `"${createHash('md5').update('body').digest('hex')}"`;
    const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: await createKey(aws.kms) } as const;
    const copy = async (Key: string, encryption: object) =>
      (
        await aws.s3.send(
          new CopyObjectCommand({
            ...{ Bucket, Key, CopySource: `${Bucket}/${Key}`, MetadataDirective: 'REPLACE' },
            ...encryption,
          }),
        )
      ).CopyObjectResult?.ETag;
    expect([(await put(Bucket, 'plain')).ETag, await copy('plain', {})]).toEqual([md5, md5]);
    const tags = [
      (await put(Bucket, 'sealed', kms)).ETag,
      await copy('sealed', kms),
      await copy('sealed', kms),
    ];
    expect(new Set([md5, ...tags]).size).toBe(4);
    const { ETag } = await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'sealed' }));
    expect(ETag).toBe(tags[2]);
  });
});

describe('a key of the customer (SSE-C)', () => {
  const customerKey = (key = randomBytes(32)) => ({
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
  });
  const allow = (Bucket: string, EncryptionType: 'NONE' | 'SSE-C') =>
    aws.s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
              BlockedEncryptionTypes: { EncryptionType: [EncryptionType] },
            },
          ],
        },
      }),
    );

  it('is refused by a bucket until it is allowed there', async () => {
    const Bucket = await bucket();
    const blocked = async () => {
      const { ServerSideEncryptionConfiguration } = await aws.s3.send(
        new GetBucketEncryptionCommand({ Bucket }),
      );
      return ServerSideEncryptionConfiguration?.Rules?.[0]?.BlockedEncryptionTypes?.EncryptionType;
    };
    expect(await blocked()).toEqual(['SSE-C']);
    expect(await errorName(put(Bucket, 'key', customerKey()))).toBe('AccessDenied');
    await allow(Bucket, 'NONE');
    expect(await blocked()).toEqual(['NONE']);
    expect(await errorName(put(Bucket, 'key', customerKey()))).toBe('none');
  });

  it('is needed for whatever shows the object', async () => {
    const Bucket = await bucket();
    await allow(Bucket, 'NONE');
    const key = customerKey();
    const written = await put(Bucket, 'key', { ...key, Metadata: { a: 'b' } });
    expect(written).toMatchObject({ SSECustomerKeyMD5: key.SSECustomerKeyMD5 });
    expect(written.ServerSideEncryption).toBeUndefined();
    const at = { Bucket, Key: 'key' };
    expect(await errorName(aws.s3.send(new GetObjectCommand(at)))).toBe('InvalidRequest');
    await expect(aws.s3.send(new HeadObjectCommand(at))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400 },
    });
    expect(await errorName(aws.s3.send(new GetObjectCommand({ ...at, ...customerKey() })))).toBe(
      'AccessDenied',
    );
    const read = await aws.s3.send(new GetObjectCommand({ ...at, ...key }));
    expect([await read.Body!.transformToString(), read.Metadata]).toEqual(['body', { a: 'b' }]);
    await put(Bucket, 'plain');
    expect(await errorName(aws.s3.send(new GetObjectCommand({ Bucket, Key: 'plain', ...key })))).toBe(
      'InvalidRequest',
    );
  });

  it('is needed to copy from the object', async () => {
    const Bucket = await bucket();
    await allow(Bucket, 'NONE');
    const key = customerKey();
    await put(Bucket, 'key', key);
    const copy = (input: object = {}) =>
      aws.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/key`, ...input }));
    expect(await errorName(copy())).toBe('InvalidRequest');
    const source = {
      CopySourceSSECustomerAlgorithm: key.SSECustomerAlgorithm,
      CopySourceSSECustomerKey: key.SSECustomerKey,
      CopySourceSSECustomerKeyMD5: key.SSECustomerKeyMD5,
    };
    await copy(source);
    const read = await aws.s3.send(new GetObjectCommand({ Bucket, Key: 'copy' }));
    expect(await read.Body!.transformToString()).toBe('body');
  });

  // The SDK digests the key itself.
  it('comes with its digest', () => {
    const [name, { SSECustomerKey, SSECustomerKeyMD5 }] = [CUSTOMER_KEY_MD5, customerKey()];
    const headers = { [CUSTOMER_ALGORITHM]: 'AES256', [name.replace('-md5', '')]: SSECustomerKey };
    expect(customerKeyMd5({ ...headers, [name]: SSECustomerKeyMD5 })).toBe(SSECustomerKeyMD5);
    for (const other of [undefined, '', customerKey().SSECustomerKeyMD5])
      expect(() => customerKeyMd5({ ...headers, [name]: other })).toThrow(/MD5|secret key was invalid/);
  });

  it('has 32 bytes, and no other encryption beside it', async () => {
    const Bucket = await bucket();
    await allow(Bucket, 'NONE');
    const refused = (input: object) => errorName(put(Bucket, 'key', { ...customerKey(), ...input }));
    expect(await refused(customerKey(randomBytes(16)))).toBe('InvalidArgument');
    expect(await refused({ SSECustomerAlgorithm: 'AES128' })).toBe('InvalidEncryptionAlgorithmError');
    expect(await refused({ ServerSideEncryption: 'AES256' })).toBe('InvalidArgument');
  });
});
