import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
  type CopyObjectCommandInput,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

describe('S3 on loopback', () => {
  let aws: Embedded;
  let s3: S3Client;
  const Bucket = 'plain-bucket';
  beforeAll(async () => {
    aws = await embedded({ s3PageSize: 7 });
    s3 = aws.s3;
    await s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(() => aws.stop());

  const put = (Key: string, input: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'body', ...input }));
  const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }));
  const copy = (Key: string, input: Partial<CopyObjectCommandInput> = {}) =>
    s3.send(
      new CopyObjectCommand({
        Bucket,
        Key,
        CopySource: `${Bucket}/${encodeURIComponent(Key)}`,
        MetadataDirective: 'REPLACE',
        Metadata: { edk: 'new' },
        ...input,
      }),
    );

  it('gives back body, metadata and headers as they were put', async () => {
    await put('a', {
      Metadata: { edk: 'old' },
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentLanguage: 'de',
      StorageClass: 'STANDARD_IA',
      Tagging: 'x=1',
    });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    expect(await got.Body!.transformToString()).toBe('body');
    expect(got).toMatchObject({
      Metadata: { edk: 'old' },
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentLanguage: 'de',
      StorageClass: 'STANDARD_IA',
      TagCount: 1,
      ETag: '"841a2d689ad86bd1611447453c22c6fc"',
    });
  });

  it('stores a streamed body without its chunk framing, and checks its trailing checksum', async () => {
    const body = Buffer.alloc(200_045, 'x');
    await put('streamed', {
      Body: Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]),
      ContentLength: body.length,
    });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'streamed' }));
    expect(Buffer.from(await got.Body!.transformToByteArray()).equals(body)).toBe(true);
  });

  it.each([
    ['CRC32', { ChecksumCRC32: 'AAAAAA==' }],
    ['CRC32C', { ChecksumCRC32C: 'AAAAAA==' }],
    ['CRC64NVME', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }],
    ['SHA256', { ChecksumSHA256: `${'A'.repeat(43)}=` }],
    ['MD5', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
  ])('refuses a body whose %s is wrong', async (_, checksum) => {
    expect(await errorName(put('bad', checksum))).toBe('BadDigest');
  });

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'accepts the %s that the SDK computes',
    async ChecksumAlgorithm => {
      expect(await errorName(put('good', { ChecksumAlgorithm }))).toBe('none');
    },
  );

  it('puts conditionally: 412 if the ETag differs, or if there is an object', async () => {
    const { ETag } = await put('conditional');
    expect(await errorName(put('conditional', { IfNoneMatch: '*' }))).toBe('PreconditionFailed');
    expect(await errorName(put('conditional', { IfMatch: '"other"' }))).toBe('PreconditionFailed');
    expect(await errorName(put('conditional', { IfMatch: ETag }))).toBe('none');
    expect(await errorName(put('missing', { IfMatch: ETag }))).toBe('NoSuchKey');
  });

  describe('a copy in place', () => {
    it('replaces metadata, drops what was not sent again, and keeps tags', async () => {
      await put('copied', {
        Metadata: { edk: 'old', kept: 'no' },
        CacheControl: 'no-cache',
        StorageClass: 'STANDARD_IA',
        Tagging: 'x=1',
      });
      await copy('copied');
      const after = await head('copied');
      expect(after).toMatchObject({ Metadata: { edk: 'new' }, TagCount: 1 });
      expect([after.StorageClass, after.CacheControl]).toEqual([undefined, undefined]);
    });

    it('keeps the ETag of the same bytes: a change of metadata alone does not show in it', async () => {
      const { ETag } = await put('same-bytes');
      await copy('same-bytes');
      expect((await head('same-bytes')).ETag).toBe(ETag);
      expect(await errorName(copy('same-bytes', { IfMatch: ETag }))).toBe('none');
    });

    it('obeys conditions on source and destination', async () => {
      await put('guarded');
      const { LastModified } = await head('guarded');
      expect(await errorName(copy('guarded', { IfMatch: '"other"' }))).toBe('PreconditionFailed');
      expect(await errorName(copy('guarded', { CopySourceIfMatch: '"other"' }))).toBe('PreconditionFailed');
      expect(
        await errorName(
          copy('guarded', { CopySourceIfUnmodifiedSince: new Date(LastModified!.getTime() - 1000) }),
        ),
      ).toBe('PreconditionFailed');
      expect(await errorName(copy('guarded', { CopySourceIfUnmodifiedSince: LastModified }))).toBe('none');
    });

    it('ignores the date if the source ETag matches, as documented for both together', async () => {
      const { ETag } = await put('both');
      expect(
        await errorName(copy('both', { CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: new Date(0) })),
      ).toBe('none');
    });

    it('is refused when it would change nothing', async () => {
      await put('unchanged');
      expect(await errorName(copy('unchanged', { MetadataDirective: 'COPY', Metadata: undefined }))).toBe(
        'InvalidRequest',
      );
    });

    it('is refused for an archived object', async () => {
      await put('archived', { StorageClass: 'GLACIER' });
      expect(await errorName(copy('archived'))).toBe('InvalidObjectState');
    });

    it('finds a key of any characters', async () => {
      const key = 'a b/ü+%/注.json';
      await put(key);
      await copy(key);
      expect((await head(key)).Metadata).toEqual({ edk: 'new' });
    });
  });

  it('lists in UTF-8 byte order, page by page, each key once', async () => {
    const keys = ['Z', 'a', 'é', '\u{ffee}', '\u{1f600}', 'b/1', 'b/2', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const key of keys) await put(`list/${key}`);
    const listed: string[] = [];
    let pages = 0;
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: 'list/' })) {
      pages++;
      listed.push(...page.Contents!.map(({ Key }) => Key!.slice('list/'.length)));
    }
    expect(listed).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(pages).toBe(2);
    const { CommonPrefixes } = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/', StartAfter: 'list/a' }),
    );
    expect(CommonPrefixes).toEqual([{ Prefix: 'list/b/' }]);
  });

  it('keeps old versions readable in a versioned bucket, and hides deleted objects', async () => {
    const versioned = 'versioned-bucket';
    await s3.send(new CreateBucketCommand({ Bucket: versioned }));
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: versioned, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const first = await s3.send(
      new PutObjectCommand({ Bucket: versioned, Key: 'k', Body: '1', Metadata: { edk: 'old' } }),
    );
    await s3.send(new PutObjectCommand({ Bucket: versioned, Key: 'k', Body: '2' }));
    await s3.send(new DeleteObjectCommand({ Bucket: versioned, Key: 'k' }));
    expect(await errorName(s3.send(new HeadObjectCommand({ Bucket: versioned, Key: 'k' })))).toBe('NotFound');
    expect(
      (await s3.send(new HeadObjectCommand({ Bucket: versioned, Key: 'k', VersionId: first.VersionId })))
        .Metadata,
    ).toEqual({ edk: 'old' });
    const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket: versioned }));
    expect([Versions?.length, DeleteMarkers?.length]).toEqual([2, 1]);
  });

  it('sets tags without touching the object, and refuses characters that no tag has', async () => {
    await put('tagged');
    const tag = (Value: string) =>
      s3.send(
        new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet: [{ Key: 'a', Value }] } }),
      );
    await tag('b + c: 1/2@c_d.e=f-g');
    for (const refused of ['b & c', '<b>', '*']) expect(await errorName(tag(refused))).toBe('InvalidTag');
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet).toEqual([
      { Key: 'a', Value: 'b + c: 1/2@c_d.e=f-g' },
    ]);
    expect((await head('tagged')).ContentLength).toBe(4);
  });

  it('keeps access control lists if the bucket has them, and a copy starts with none', async () => {
    const acls = 'acl-bucket';
    await s3.send(new CreateBucketCommand({ Bucket: acls, ObjectOwnership: 'ObjectWriter' }));
    await s3.send(new PutObjectCommand({ Bucket: acls, Key: 'k', Body: 'x', ACL: 'public-read' }));
    const grants = async () =>
      (await s3.send(new GetObjectAclCommand({ Bucket: acls, Key: 'k' }))).Grants!.map(
        ({ Permission }) => Permission,
      );
    expect(await grants()).toEqual(['FULL_CONTROL', 'READ']);
    await s3.send(
      new CopyObjectCommand({
        Bucket: acls,
        Key: 'k',
        CopySource: `${acls}/k`,
        MetadataDirective: 'REPLACE',
      }),
    );
    expect(await grants()).toEqual(['FULL_CONTROL']);
    expect(await errorName(put('denied', { ACL: 'public-read' }))).toBe('AccessControlListNotSupported');
  });

  it('answers ranges, and refuses what it does not have instead of guessing', async () => {
    await put('ranged', { Body: '0123456789' });
    const part = await s3.send(new GetObjectCommand({ Bucket, Key: 'ranged', Range: 'bytes=2-4' }));
    expect(await part.Body!.transformToString()).toBe('234');
    const unknown = await fetch(`${aws.endpoint}/${Bucket}?lifecycle`, {
      headers: { authorization: 'Credential=local/20260101/us-east-1/s3/aws4_request' },
    });
    expect(unknown.status).toBe(501);
  });
});
