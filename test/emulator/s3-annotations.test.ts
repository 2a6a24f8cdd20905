import {
  CreateBucketCommand,
  DeleteObjectAnnotationCommand,
  DeleteObjectCommand,
  GetObjectAnnotationCommand,
  HeadObjectCommand,
  ListObjectAnnotationsCommand,
  PutBucketVersioningCommand,
  PutObjectAnnotationCommand,
  PutObjectCommand,
  type ListObjectAnnotationsCommandInput,
  type PutObjectAnnotationCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

describe('S3 annotations on loopback', () => {
  let aws: Embedded;
  let s3: S3Client;
  const Bucket = 'noted-bucket';
  beforeAll(async () => {
    aws = await embedded();
    s3 = aws.s3;
    await s3.send(new CreateBucketCommand({ Bucket }));
    const Status = 'Enabled' as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  });
  afterAll(() => aws.stop());

  const object = async (Key: string, more: object = {}) =>
    (await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, ...more }))).VersionId!;
  const put = (Key: string, AnnotationName: string, more: Partial<PutObjectAnnotationCommandInput> = {}) =>
    s3.send(new PutObjectAnnotationCommand({ Bucket, Key, AnnotationName, AnnotationPayload: 'x', ...more }));
  const get = async (Key: string, AnnotationName: string, VersionId?: string) =>
    s3.send(new GetObjectAnnotationCommand({ Bucket, Key, AnnotationName, VersionId }));
  const textOf = async (...of: Parameters<typeof get>) =>
    (await get(...of)).AnnotationPayload!.transformToString();
  const list = (Key: string, more: Partial<ListObjectAnnotationsCommandInput> = {}) =>
    s3.send(new ListObjectAnnotationsCommand({ Bucket, Key, ...more }));
  const headOf = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }));

  it('keep their text, and leave ETag, date and version of the object as they are', async () => {
    const versionId = await object('kept');
    const before = await headOf('kept');
    const first = await put('kept', 'größe.1_a-b', { AnnotationPayload: '{"a":"ö"}' });
    await put('kept', 'größe.1_a-b', { AnnotationPayload: 'two' });
    const { AnnotationPayload, ETag, ...read } = await get('kept', 'größe.1_a-b');
    expect(await AnnotationPayload!.transformToString()).toBe('two');
    expect(read).toMatchObject({
      ContentLength: 3,
      ObjectVersionId: versionId,
      ServerSideEncryption: 'AES256',
    });
    expect(ETag).not.toBe(first.ETag);
    expect(first).toMatchObject({ Key: 'kept', AnnotationName: 'größe.1_a-b', ObjectVersionId: versionId });
    const { ETag: etag, LastModified, VersionId } = await headOf('kept');
    expect([etag, LastModified, VersionId]).toEqual([before.ETag, before.LastModified, versionId]);
  });

  it.each([
    ['no name', '', 'UserAnnotationNameMustBeSpecified'],
    ['a long name', 'é'.repeat(257), 'AnnotationNameTooLong'],
    ['a blank in its name', 'a b', 'InvalidAnnotationName'],
    ['a name of AWS', 'AwsNote', 'InvalidAnnotationName'],
    ['a name of S3', 's3.note', 'InvalidAnnotationName'],
  ])('are refused with %s', async (_, name, error) => {
    await object('named');
    expect(await errorName(put('named', name))).toBe(error);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'EntityTooSmall'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe]), 'UnsupportedMediaType'],
    ['more than 1 MiB', Buffer.alloc(1024 ** 2 + 1, 'a'), 'EntityTooLarge'],
  ])('are refused with %s', async (_, AnnotationPayload, error) => {
    await object('payload');
    expect(await errorName(put('payload', 'note', { AnnotationPayload }))).toBe(error);
  });

  it('have one condition: the ETag of their object, whatever they held', async () => {
    await object('conditional');
    const { ETag: ObjectIfMatch } = await headOf('conditional');
    await put('conditional', 'note', { AnnotationPayload: 'of another writer' });
    await put('conditional', 'note', { AnnotationPayload: 'lost', ObjectIfMatch });
    expect(await textOf('conditional', 'note')).toBe('lost');
    const other = { ObjectIfMatch: '"0123"' };
    expect(await errorName(put('conditional', 'note', other))).toBe('PreconditionFailed');
    const remove = { Bucket, Key: 'conditional', AnnotationName: 'note' };
    expect(await errorName(s3.send(new DeleteObjectAnnotationCommand({ ...remove, ...other })))).toBe(
      'PreconditionFailed',
    );
    await s3.send(new DeleteObjectAnnotationCommand({ ...remove, ObjectIfMatch }));
    expect(await errorName(get('conditional', 'note'))).toBe('NoSuchAnnotation');
    expect(await errorName(s3.send(new DeleteObjectAnnotationCommand(remove)))).toBe('none');
  });

  it('belong to one version of an object', async () => {
    const old = await object('versions');
    await put('versions', 'note', { AnnotationPayload: 'old' });
    await object('versions');
    expect(await errorName(get('versions', 'note'))).toBe('NoSuchAnnotation');
    await put('versions', 'note', { AnnotationPayload: 'changed', VersionId: old });
    expect(await textOf('versions', 'note', old)).toBe('changed');
    expect((await list('versions')).Annotations ?? []).toEqual([]);
    expect(await list('versions', { VersionId: old })).toMatchObject({
      AnnotationCount: 1,
      ObjectVersionId: old,
    });
    const { VersionId: marker } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'versions' }));
    expect(await errorName(get('versions', 'note'))).toBe('NoSuchKey');
    expect(await errorName(get('versions', 'note', marker))).toBe('MethodNotAllowed');
    expect(await errorName(get('versions', 'note', 'nowhere'))).toBe('InvalidArgument');
    expect(await textOf('versions', 'note', old)).toBe('changed');
  });

  it('are listed in pages, by a prefix', async () => {
    await object('listed');
    for (const name of ['b.2', 'a', 'b.1', 'b.3']) await put('listed', name);
    const first = await list('listed', { AnnotationPrefix: 'b.', MaxAnnotationResults: 2 });
    expect(first).toMatchObject({ AnnotationCount: 2, AnnotationPrefix: 'b.', Bucket, Key: 'listed' });
    expect(first.Annotations?.map(({ AnnotationName, Size }) => [AnnotationName, Size])).toEqual([
      ['b.1', 1],
      ['b.2', 1],
    ]);
    const rest = await list('listed', {
      ...{ AnnotationPrefix: 'b.', MaxAnnotationResults: 2, ContinuationToken: first.NextContinuationToken },
    });
    expect(rest.Annotations?.map(({ AnnotationName }) => AnnotationName)).toEqual(['b.3']);
    expect(rest.NextContinuationToken).toBeUndefined();
    expect(await errorName(list('listed', { MaxAnnotationResults: 1_001 }))).toBe('InvalidArgument');
  });

  it('are 1,000 at most', async () => {
    await object('full');
    for (let from = 0; from < 1_000; from += 50)
      await Promise.all(Array.from({ length: 50 }, (__, index) => put('full', `n${from + index}`)));
    expect(await errorName(put('full', 'one-more'))).toBe('AnnotationLimitExceeded');
    expect(await errorName(put('full', 'n1'))).toBe('none');
  });
});

describe('annotations of a locked object', () => {
  it('are deleted under governance by whoever bypasses it, and not under compliance', async () => {
    const aws = await embedded();
    const Bucket = 'locked-bucket';
    await aws.s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    const ObjectLockRetainUntilDate = new Date(Date.now() + 3_600_000);
    for (const ObjectLockMode of ['GOVERNANCE', 'COMPLIANCE'] as const) {
      const of = { Bucket, Key: ObjectLockMode };
      await aws.s3.send(
        new PutObjectCommand({ ...of, Body: 'x', ObjectLockMode, ObjectLockRetainUntilDate }),
      );
      const note = { ...of, AnnotationName: 'note' };
      await aws.s3.send(new PutObjectAnnotationCommand({ ...note, AnnotationPayload: 'x' }));
      expect(await errorName(aws.s3.send(new DeleteObjectAnnotationCommand(note)))).toBe('AccessDenied');
      const bypassing = new DeleteObjectAnnotationCommand(note);
      bypassing.middlewareStack.add(
        next => args => {
          (args.request as { headers: Record<string, string> }).headers['x-amz-bypass-governance-retention'] =
            'true';
          return next(args);
        },
        { step: 'build' },
      );
      expect(await errorName(aws.s3.send(bypassing))).toBe(
        ObjectLockMode === 'GOVERNANCE' ? 'none' : 'AccessDenied',
      );
    }
    await aws.stop();
  });
});
