import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectAnnotationCommand,
  GetObjectAnnotationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectAnnotationsCommand,
  ListPartsCommand,
  PutObjectAnnotationCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CompleteMultipartUploadCommandInput,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const PART_BYTES = 5 * 1024 ** 2;
const LIMIT_BYTES = 6 * 1024 ** 2;
const FIRST = Buffer.alloc(PART_BYTES, 'a');
const LAST = Buffer.from('the last part');

const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest();

describe('S3 on loopback, in parts', () => {
  let aws: Embedded;
  let s3: S3Client;
  const Bucket = 'parts-bucket';
  beforeAll(async () => {
    aws = await embedded({ s3CopyLimitBytes: LIMIT_BYTES });
    s3 = aws.s3;
    await s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(() => aws.stop());

  const create = async (Key: string, input: Partial<CreateMultipartUploadCommandInput> = {}) =>
    (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...input }))).UploadId!;
  const upload = async (Key: string, UploadId: string, PartNumber: number, Body: Buffer) => {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
    // An SDK that is not told the algorithm of the upload brings a CRC32, which S3 refuses.
    const { ChecksumAlgorithm } = Uploads.find(one => one.UploadId === UploadId) ?? {};
    const { ETag, ChecksumSHA256 } = await s3.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm }),
    );
    return { PartNumber, ETag, ChecksumSHA256 };
  };
  const copyPart = (Key: string, UploadId: string, input: Partial<UploadPartCopyCommandInput> = {}) =>
    s3.send(
      new UploadPartCopyCommand({
        ...{ Bucket, Key, UploadId, PartNumber: 1, CopySource: `${Bucket}/whole` },
        ...input,
      }),
    );
  const complete = (
    Key: string,
    UploadId: string,
    Parts: readonly CompletedPart[],
    input: Partial<CompleteMultipartUploadCommandInput> = {},
  ) =>
    s3.send(
      new CompleteMultipartUploadCommand({
        ...{ Bucket, Key, UploadId, MultipartUpload: { Parts: [...Parts] } },
        ...input,
      }),
    );
  const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
  const both = async (Key: string, UploadId: string) => [
    await upload(Key, UploadId, 1, FIRST),
    await upload(Key, UploadId, 2, LAST),
  ];

  beforeAll(async () => {
    const id = await create('whole', { Metadata: { edk: 'old' }, Tagging: 'a=1', ContentType: 'text/plain' });
    await complete('whole', id, await both('whole', id));
  });

  it('an upload becomes an object with the attributes that it was begun with, and an ETag of its parts', async () => {
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'whole' }));
    const etag = md5(Buffer.concat([md5(FIRST), md5(LAST)])).toString('hex');
    expect(got).toMatchObject({
      Metadata: { edk: 'old' },
      ContentType: 'text/plain',
      TagCount: 1,
      ContentLength: PART_BYTES + LAST.length,
      ETag: `"${etag}-2"`,
    });
    const bytes = Buffer.from(await got.Body!.transformToByteArray());
    expect(bytes.subarray(PART_BYTES).toString()).toBe('the last part');
    expect((await head('whole')).ChecksumType).toBe('FULL_OBJECT');
  });

  it('an upload has a checksum of the checksums of its parts where it asks for one that is made so', async () => {
    const id = await create('composite', { ChecksumAlgorithm: 'SHA256' });
    const parts = await both('composite', id);
    const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    expect(await errorName(complete('composite', id, bare))).toBe('InvalidRequest');
    await complete('composite', id, parts);
    const digests = parts.map(({ ChecksumSHA256 }) => Buffer.from(ChecksumSHA256!, 'base64'));
    const sum = createHash('sha256').update(Buffer.concat(digests)).digest('base64');
    expect(await head('composite')).toMatchObject({ ChecksumSHA256: `${sum}-2`, ChecksumType: 'COMPOSITE' });
  });

  it('a copy of an object of parts is one part, and its checksum is of all bytes', async () => {
    const id = await create('small', { ChecksumAlgorithm: 'SHA256' });
    await complete('small', id, [await upload('small', id, 1, LAST)]);
    const before = await head('small');
    await s3.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'small',
        CopySource: `${Bucket}/small`,
        MetadataDirective: 'REPLACE',
      }),
    );
    const after = await head('small');
    expect([before.ETag!.endsWith('-1"'), before.ChecksumType]).toEqual([true, 'COMPOSITE']);
    expect([after.ETag, after.ChecksumType]).toEqual([`"${md5(LAST).toString('hex')}"`, 'FULL_OBJECT']);
  });

  it('an object above the limit is copied in parts only', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'large', Body: Buffer.alloc(LIMIT_BYTES + 1, 'b') }));
    const whole = { Bucket, Key: 'copy', CopySource: `${Bucket}/large` };
    expect(await errorName(s3.send(new CopyObjectCommand(whole)))).toBe('InvalidRequest');
    const id = await create('copy');
    const source = { CopySource: `${Bucket}/large` };
    expect(await errorName(copyPart('copy', id, source))).toBe('InvalidRequest');
    const ranges = [`bytes=0-${PART_BYTES - 1}`, `bytes=${PART_BYTES}-${LIMIT_BYTES}`];
    const parts = ranges.map(async (CopySourceRange, index) => {
      const PartNumber = index + 1;
      const answer = await copyPart('copy', id, { ...source, CopySourceRange, PartNumber });
      return { PartNumber, ETag: answer.CopyPartResult?.ETag };
    });
    await complete('copy', id, await Promise.all(parts));
    expect((await head('copy')).ContentLength).toBe(LIMIT_BYTES + 1);
    // Neither metadata nor tags come with the bytes.
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'copy' }));
    expect([(await head('copy')).Metadata, TagSet]).toEqual([{}, []]);
  });

  it('a part obeys the conditions on its source, and is within it', async () => {
    const id = await create('guarded');
    const since = (date: Date) => errorName(copyPart('guarded', id, { CopySourceIfUnmodifiedSince: date }));
    const { LastModified } = await head('whole');
    expect(await since(new Date(LastModified!.getTime() - 1000))).toBe('PreconditionFailed');
    expect(await since(LastModified!)).toBe('none');
    const outside = { CopySourceRange: `bytes=0-${PART_BYTES + LAST.length}` };
    expect(await errorName(copyPart('guarded', id, outside))).toBe('InvalidArgument');
    expect(await errorName(copyPart('guarded', id, { PartNumber: 10_001 }))).toBe('InvalidArgument');
    await s3.send(new PutObjectCommand({ Bucket, Key: 'tiny', Body: 'x' }));
    const ofTiny = { CopySource: `${Bucket}/tiny`, CopySourceRange: 'bytes=0-0' };
    expect(await errorName(copyPart('guarded', id, ofTiny))).toBe('none');
  });

  it('a copy has the checksum of its source, if it asks for the same, and can be held to it', async () => {
    const id = await create('held', { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' });
    const whole = await create('held-source', { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' });
    await complete('held-source', whole, await both('held-source', whole));
    const { ChecksumCRC32C } = await head('held-source');
    const { CopyPartResult } = await copyPart('held', id, { CopySource: `${Bucket}/held-source` });
    const parts = [{ PartNumber: 1, ...CopyPartResult }];
    await complete('held', id, parts, { ChecksumCRC32C, ChecksumType: 'FULL_OBJECT' });
    expect(await head('held')).toMatchObject({ ChecksumCRC32C, ChecksumType: 'FULL_OBJECT' });
  });

  it('a completion obeys the conditions on what is there, and the upload goes on after them', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'raced', Body: 'x' }));
    const { ETag } = await head('raced');
    const id = await create('raced');
    const parts = [await upload('raced', id, 1, LAST)];
    const tried = (input: object) => errorName(complete('raced', id, parts, input));
    expect(await tried({ IfMatch: '"other"' })).toBe('PreconditionFailed');
    expect(await tried({ IfNoneMatch: '*' })).toBe('PreconditionFailed');
    expect(await tried({ MpuObjectSize: 1 })).toBe('InvalidRequest');
    expect(await tried({ ChecksumCRC64NVME: 'AAAAAAAAAAA=' })).toBe('BadDigest');
    expect(await tried({ ChecksumType: 'COMPOSITE' })).toBe('InvalidRequest');
    expect(await tried({ IfMatch: ETag })).toBe('none');
    expect(await tried({ IfMatch: ETag })).toBe('NoSuchUpload');
  });

  it('an object is as old as the beginning of its upload', async () => {
    const id = await create('dated');
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'dated' }));
    const parts = [await upload('dated', id, 1, LAST)];
    await complete('dated', id, parts);
    const begun = Math.floor(Uploads![0]!.Initiated!.getTime() / 1000) * 1000;
    expect((await head('dated')).LastModified!.getTime()).toBe(begun);
  });

  it('parts are complete, in order, and large enough', async () => {
    const id = await create('refused');
    const [first, last] = await both('refused', id);
    expect(await errorName(complete('refused', id, [last!, first!]))).toBe('InvalidPartOrder');
    expect(await errorName(complete('refused', id, [{ ...first!, ETag: last!.ETag }]))).toBe('InvalidPart');
    const small = await upload('refused', id, 1, LAST);
    expect(await errorName(complete('refused', id, [small, last!]))).toBe('EntityTooSmall');
  });

  it('an upload is listed with its parts until it is aborted', async () => {
    const id = await create('aborted');
    await both('aborted', id);
    const listed = async () =>
      (await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'aborted' }))).Uploads?.length ?? 0;
    const { Parts } = await s3.send(new ListPartsCommand({ Bucket, Key: 'aborted', UploadId: id }));
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, PART_BYTES],
      [2, LAST.length],
    ]);
    expect(await listed()).toBe(1);
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'aborted', UploadId: id }));
    expect(await listed()).toBe(0);
    expect(await errorName(head('aborted'))).toBe('NotFound');
  });

  it('an archived object can be read and copied while it is restored', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'archived', Body: 'x', StorageClass: 'GLACIER' }));
    const copy = () =>
      errorName(s3.send(new CopyObjectCommand({ Bucket, Key: 'thawed', CopySource: `${Bucket}/archived` })));
    expect(await copy()).toBe('InvalidObjectState');
    await s3.send(new RestoreObjectCommand({ Bucket, Key: 'archived', RestoreRequest: { Days: 1 } }));
    expect(await head('archived')).toMatchObject({
      StorageClass: 'GLACIER',
      Restore: expect.stringMatching(/^ongoing-request="false", expiry-date=".* GMT"$/),
    });
    expect(await copy()).toBe('none');
  });

  it('annotations come with a copy, unless they are excluded, and not with a copy in parts', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'noted', Body: 'x' }));
    await s3.send(
      new PutObjectAnnotationCommand({
        ...{ Bucket, Key: 'noted', AnnotationName: 'note' },
        AnnotationPayload: 'a note',
      }),
    );
    const notesOf = async (Key: string) =>
      (await s3.send(new ListObjectAnnotationsCommand({ Bucket, Key }))).Annotations?.map(
        ({ AnnotationName, Size }) => [AnnotationName, Size],
      ) ?? [];
    const source = { Bucket, CopySource: `${Bucket}/noted` };
    await s3.send(new CopyObjectCommand({ ...source, Key: 'kept' }));
    await s3.send(new CopyObjectCommand({ ...source, Key: 'dropped', AnnotationDirective: 'EXCLUDE' }));
    const id = await create('in-parts');
    const { CopyPartResult } = await copyPart('in-parts', id, { CopySource: `${Bucket}/noted` });
    await complete('in-parts', id, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
    expect(await Promise.all(['kept', 'dropped', 'in-parts'].map(notesOf))).toEqual([[['note', 6]], [], []]);
    const note = { Bucket, Key: 'kept', AnnotationName: 'note' };
    const { AnnotationPayload } = await s3.send(new GetObjectAnnotationCommand(note));
    expect(await AnnotationPayload?.transformToString()).toBe('a note');
    await s3.send(new DeleteObjectAnnotationCommand(note));
    expect(await errorName(s3.send(new GetObjectAnnotationCommand(note)))).toBe('NoSuchAnnotation');
    expect(await notesOf('kept')).toEqual([]);
  });
});
