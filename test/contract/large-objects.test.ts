import {
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectAnnotationCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import type { WriteResult } from '../../lambda/core/ports.ts';
import { createKey } from '../support/embedded.ts';
import { base64, BODY, LargeObjects, type LargeSubject } from '../support/large-objects.ts';

const WRITTEN: WriteResult = { kind: 'written' };
const CHANGED: WriteResult = { kind: 'precondition-failed' };

let large: LargeObjects;
beforeAll(async () => {
  large = await LargeObjects.start();
});
afterAll(() => large.stop());

async function bytesOf(Bucket: string, Key = 'k'): Promise<string> {
  const { Body } = await large.aws.s3.send(new GetObjectCommand({ Bucket, Key }));
  return createHash('sha256')
    .update(await Body!.transformToByteArray())
    .digest('hex');
}
const SHA = createHash('sha256').update(BODY).digest('hex');

describe('an object that no single request copies', () => {
  it('is copied in parts, and keeps everything but its data key and its ETag', async () => {
    const of = await large.subject({ accessControlLists: true });
    const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 600_000);
    await large.put(of.bucket, 'k', {
      ...{ ContentType: 'text/plain', CacheControl: 'no-cache', WebsiteRedirectLocation: '/x' },
      ...{ StorageClass: 'STANDARD_IA', Tagging: 'team=a%20b%2Bc&x=', ACL: 'public-read' },
      ...{ Metadata: { kept: 'yes', title: 'ÄMÄZÕÑ' }, Expires: new Date('2027-01-01T00:00:00Z') },
      ...{ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: 'ON' },
      ...{
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: await createKey(large.aws.kms),
        BucketKeyEnabled: true,
      },
      ...{ ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' },
    });
    const described = async () => {
      const { $metadata: _m, LastModified: _l, VersionId: _v, ETag, Metadata, ...rest } = await of.head();
      const place = { Bucket: of.bucket, Key: 'k' };
      const { TagSet } = await large.aws.s3.send(new GetObjectTaggingCommand(place));
      const { Grants } = await large.aws.s3.send(new GetObjectAclCommand(place));
      const { edk, ...metadata } = Metadata!;
      return { ETag, edk, kept: { ...rest, metadata, TagSet, Grants, bytes: await bytesOf(of.bucket) } };
    };
    const before = await described();
    expect(await of.write(await of.read())).toEqual(WRITTEN);
    const after = await described();
    expect(after.kept).toEqual(before.kept);
    expect([after.edk, after.kept.bytes]).toEqual([base64('new'), SHA]);
    expect([before.ETag, after.ETag]).toEqual([expect.stringMatching(/-2"$/), expect.stringMatching(/-3"$/)]);
    expect(await of.left()).toBe(0);
  });

  it.each([
    [
      { ChecksumAlgorithm: undefined },
      { ChecksumType: 'FULL_OBJECT', ChecksumCRC64NVME: expect.any(String) },
    ],
    [{ ChecksumAlgorithm: 'CRC32' }, { ChecksumType: 'COMPOSITE', ChecksumCRC32: expect.any(String) }],
    [
      { ChecksumAlgorithm: 'SHA256' },
      { ChecksumType: 'COMPOSITE', ChecksumSHA256: expect.stringMatching(/-3$/) },
    ],
  ] as const)('keeps the algorithm and the type of its checksum: %j', async (asked, shown) => {
    const of = await large.subject();
    await large.put(of.bucket, 'k', asked);
    expect(await of.write(await of.read())).toEqual(WRITTEN);
    expect(await of.head()).toMatchObject(shown);
  });

  it('has another ETag after each copy, so that nobody who holds the old one writes over it', async () => {
    const of = await large.subject();
    await large.put(of.bucket, 'k');
    const first = await of.read();
    expect(await of.write(first)).toEqual(WRITTEN);
    const second = await of.read();
    expect(await of.write(second, 'newer')).toEqual(WRITTEN);
    expect(await of.write(second, 'stale')).toEqual(CHANGED);
    expect((await of.head()).Metadata).toEqual({ edk: base64('newer') });
  });

  const meanwhile: readonly (readonly [string, (bucket: string) => Promise<unknown>])[] = [
    ['is stored again', bucket => large.put(bucket, 'k', { Metadata: { edk: base64('theirs') } })],
    ['is deleted', bucket => large.aws.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k' }))],
    [
      'gets other tags',
      bucket =>
        large.aws.s3.send(
          new PutObjectTaggingCommand({
            ...{ Bucket: bucket, Key: 'k', Tagging: { TagSet: [{ Key: 'new', Value: 'tag' }] } },
          }),
        ),
    ],
    [
      'gets an annotation',
      bucket =>
        large.aws.s3.send(
          new PutObjectAnnotationCommand({
            ...{ Bucket: bucket, Key: 'k', AnnotationName: 'note', AnnotationPayload: 'new' },
          }),
        ),
    ],
  ];
  describe.each(meanwhile)('is left as it is if, meanwhile, it %s', (_, act) => {
    it.each(['UploadPartCopyCommand 2', 'HeadObjectCommand'])('before %s', async moment => {
      let acted = false;
      let begun = false;
      const of: LargeSubject = await large.subject({}, async (command, { PartNumber }) => {
        begun ||= command === 'CreateMultipartUploadCommand';
        const now = PartNumber === undefined ? command : `${command} ${PartNumber}`;
        if (acted || !begun || now !== moment) return;
        acted = true;
        await act(of.bucket);
      });
      await large.put(of.bucket, 'k');
      const record = await of.read();
      expect(await of.write(record)).toEqual(CHANGED);
      expect([acted, await of.left()]).toEqual([true, 0]);
      const now = await of.store.reread(record);
      expect((now as { metadata?: object } | undefined)?.metadata ?? {}).not.toEqual({ edk: base64('new') });
    });
  });
});

describe('a large object that cannot be copied', () => {
  /** Under a key of its own, so that the fault is its own. */
  const written = async (operation: string, more: object) => {
    const of = await large.subject();
    const key = `k-${of.bucket}`;
    await large.put(of.bucket, key);
    const record = await of.read(key);
    large.aws.aws.faults.inject({ ...{ service: 's3', operation, key, status: 400, count: 9 }, ...more });
    return { of, result: await of.write(record), edk: (await of.head(key)).Metadata!['edk'] };
  };

  it.each([
    [
      'CreateMultipartUpload',
      { error: 'AccessDenied', status: 403 },
      /^s3:CreateMultipartUpload was refused/,
    ],
    ['UploadPartCopy', { error: 'AccessDenied', status: 403 }, /^s3:UploadPartCopy was refused/],
    [
      'CompleteMultipartUpload',
      { error: 'BadDigest' },
      /^s3:CompleteMultipartUpload was refused \(400 BadDigest/,
    ],
    ['UploadPartCopy', { error: 'InvalidObjectState', status: 403 }, /^archived/],
    [
      'ListObjectAnnotations',
      { error: 'AccessDenied', status: 403 },
      /^s3:ListObjectAnnotations was refused/,
    ],
    ['GetObjectTagging', { error: 'AccessDenied', status: 403 }, /^s3:GetObjectTagging was refused/],
  ])('is named, and nothing is left of the upload: %s, %j', async (operation, error, words) => {
    const { of, result, edk } = await written(operation, error);
    expect(result).toEqual({ kind: 'blocked', reason: expect.stringMatching(words) });
    expect([edk, await of.left()]).toEqual([base64('old'), 0]);
  });

  it.each([
    ['UploadPartCopy', { error: 'InternalError', status: 500 }, { kind: 'unavailable' }],
    [
      'CompleteMultipartUpload',
      { error: 'SlowDown', status: 503 },
      { kind: 'unavailable', busy: 'throttled' },
    ],
    ['CompleteMultipartUpload', { error: 'ConditionalRequestConflict', status: 409 }, CHANGED],
    ['UploadPartCopy', { error: 'NoSuchUpload', status: 404 }, CHANGED],
    ['UploadPartCopy', { error: 'PreconditionFailed', status: 412 }, CHANGED],
  ])('may be tried again: %s, %j', async (operation, error, answer) => {
    const { of, result, edk } = await written(operation, error);
    expect(result).toMatchObject(answer);
    expect([edk, await of.left()]).toEqual([base64('old'), 0]);
  });

  it('is read again where the answer to its completion got lost: then it is there', async () => {
    const { result, edk } = await written('CompleteMultipartUpload', { kind: 'lost-response', count: 1 });
    expect([result, edk]).toEqual([CHANGED, base64('new')]);
  });

  it('is left as it is where it has annotations', async () => {
    const of = await large.subject();
    await large.put(of.bucket, 'k');
    const note = { AnnotationName: 'note', AnnotationPayload: 'a note' };
    await large.aws.s3.send(new PutObjectAnnotationCommand({ Bucket: of.bucket, Key: 'k', ...note }));
    expect(await of.write(await of.read())).toEqual({
      kind: 'blocked',
      reason: expect.stringMatching(/^has annotations, .* put them back$/),
    });
  });

  it('is copied where S3 has no annotations', async () => {
    const { result } = await written('ListObjectAnnotations', { error: 'NotImplemented', status: 501 });
    expect(result).toEqual(WRITTEN);
  });
});
