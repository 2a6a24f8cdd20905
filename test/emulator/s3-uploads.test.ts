import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CompleteMultipartUploadCommandInput,
  type CreateMultipartUploadCommandInput,
  type S3ServiceException,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { embedded, type Embedded } from '../support/embedded.ts';

let aws: Embedded;
const Bucket = 'uploads';
beforeAll(async () => {
  aws = await embedded();
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => aws.stop());

const create = async (Key: string, input: Partial<CreateMultipartUploadCommandInput> = {}) =>
  (await aws.s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...input }))).UploadId!;
const part = (Key: string, UploadId: string, input: Partial<UploadPartCommandInput> = {}) =>
  aws.s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'abc', ...input }));
const complete = (
  Key: string,
  UploadId: string,
  Parts: CompletedPart[],
  input: Partial<CompleteMultipartUploadCommandInput> = {},
) =>
  aws.s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...input }),
  );
const put = (Key: string, Body: string) => aws.s3.send(new PutObjectCommand({ Bucket, Key, Body }));

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
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

describe('the checksum of a body', () => {
  const checked = (input: object) =>
    refusal(aws.s3.send(new PutObjectCommand({ Bucket, Key: 'k', ...input })));

  it('is one, in the form of its algorithm', async () => {
    expect(await checked({ Body: 'a', ChecksumCRC32: 'no base64' })).toMatchObject({
      ...{ name: 'InvalidRequest', message: 'Value for x-amz-checksum-crc32 header is invalid.' },
    });
    const both = { ChecksumCRC32: 'AAAAAA==', ChecksumSHA256: sha256('a') };
    expect(await checked({ Body: 'a', ...both })).toMatchObject({
      ...{ name: 'InvalidRequest', message: expect.stringContaining('Expecting a single') },
    });
  });

  it('of MD5 is told where it is none, and where it is another', async () => {
    expect(await checked({ Body: 'a', ContentMD5: 'MTIz' })).toMatchObject({
      ...{ name: 'InvalidDigest', 'Content-MD5': 'MTIz' },
    });
    const ContentMD5 = createHash('md5').update('b').digest('base64');
    expect(await checked({ Body: 'a', ContentMD5 })).toMatchObject({
      ...{ name: 'BadDigest', ExpectedDigest: ContentMD5, CalculatedDigest: 'DMF1ucDxtqgxw5niaXcmYQ==' },
    });
  });
});

describe('the checksums of an upload', () => {
  it('are of an algorithm that there is, and their type comes with it', async () => {
    const asked = (input: object) => refusal(create('k', input));
    const message = expect.stringContaining('[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]');
    expect(await asked({ ChecksumAlgorithm: 'OTHER' })).toMatchObject({ name: 'InvalidRequest', message });
    expect(await asked({ ChecksumType: 'COMPOSITE' })).toMatchObject({ name: 'InvalidRequest' });
  });

  it('are the same for all parts', async () => {
    const id = await create('k', { ChecksumAlgorithm: 'SHA256' });
    expect(await refusal(part('k', id, { ChecksumAlgorithm: 'CRC32' }))).toMatchObject({
      name: 'InvalidRequest',
      message: 'Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32',
    });
  });

  it('of its parts are named as they were announced', async () => {
    const id = await create('k', { ChecksumAlgorithm: 'SHA256' });
    const { ETag } = await part('k', id, { ChecksumAlgorithm: 'SHA256' });
    const named = (sums: object, input: object = {}) =>
      refusal(complete('k', id, [{ PartNumber: 1, ETag, ...sums }], input));
    expect(await named({ ChecksumSHA256: sha256('other') })).toMatchObject({
      ...{ name: 'InvalidPart', PartNumber: '1', UploadId: id },
    });
    expect(await named({ ChecksumSHA1: 'x' })).toMatchObject({ name: 'BadDigest' });
    expect(await named({}, { ChecksumType: 'FULL_OBJECT' })).toMatchObject({
      ...{ name: 'InvalidRequest', message: expect.stringContaining('using the COMPOSITE checksum mode') },
    });
    expect(await named({ ChecksumSHA256: sha256('abc') })).toEqual({});
  });

  it('that announced none are not named', async () => {
    const id = await create('k');
    const { ETag, ChecksumCRC32C } = await part('k', id, { ChecksumAlgorithm: 'CRC32C' });
    expect(ChecksumCRC32C).toBeDefined();
    const plain = { PartNumber: 1, ETag };
    expect(await refusal(complete('k', id, [{ ...plain, ChecksumCRC32C }]))).toMatchObject({
      name: 'InvalidPart',
    });
    expect(await refusal(complete('k', id, [plain], { ChecksumType: 'FULL_OBJECT' }))).toMatchObject({
      ...{ name: 'InvalidRequest', message: expect.stringContaining('using the null checksum mode') },
    });
    expect(await complete('k', id, [plain])).toMatchObject({ ChecksumType: 'FULL_OBJECT' });
  });

  it('of all bytes are named with their type', async () => {
    const id = await create('k', { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' });
    const { ETag, ChecksumCRC32C } = await part('k', id, { ChecksumAlgorithm: 'CRC32C' });
    const parts = [{ PartNumber: 1, ETag }];
    const name = 'BadDigest';
    expect(await refusal(complete('k', id, parts, { ChecksumCRC32C }))).toMatchObject({ name });
    const typed = { ChecksumType: 'FULL_OBJECT' } as const;
    const other = { ...typed, ChecksumCRC64NVME: 'AAAAAAAAAAA=' };
    expect(await refusal(complete('k', id, parts, other))).toMatchObject({ name });
    expect(await complete('k', id, parts, { ...typed, ChecksumCRC32C })).toMatchObject({ ChecksumCRC32C });
  });
});

describe('a completion', () => {
  it('tells which part is wrong, and of which upload', async () => {
    const id = await create('wrong');
    const first = { PartNumber: 1, ETag: (await part('wrong', id)).ETag };
    const second = { PartNumber: 2, ETag: (await part('wrong', id, { PartNumber: 2 })).ETag };
    const tried = (parts: CompletedPart[], input = {}) => refusal(complete('wrong', id, parts, input));
    expect(await tried([])).toMatchObject({ name: 'InvalidRequest' });
    expect(await tried([second, first])).toMatchObject({ name: 'InvalidPartOrder', UploadId: id });
    expect(await tried([{ ...first, PartNumber: 3 }])).toMatchObject({
      name: 'InvalidPart',
      PartNumber: '3',
    });
    expect(await tried([first, second])).toMatchObject({
      ...{ name: 'EntityTooSmall', PartNumber: '1', MinSizeAllowed: '5242880', ProposedSize: '3' },
    });
    expect(await tried([first], { MpuObjectSize: 4 })).toMatchObject({
      message: "The provided 'x-amz-mp-object-size' header value 4 does not match what was computed: 3",
    });
    const { Location } = await complete('wrong', id, [first]);
    expect(Location).toMatch(/^https:.*\/wrong$/);
    expect(await tried([first])).toMatchObject({ name: 'NoSuchUpload', UploadId: id });
  });

  it('on a condition is a conflict where its key has changed since the upload began', async () => {
    const { ETag: IfMatch } = await put('raced', 'a');
    const id = await create('raced');
    const parts = [{ PartNumber: 1, ETag: (await part('raced', id)).ETag }];
    const tried = (input: object) => refusal(complete('raced', id, parts, input));
    const conflict = { name: 'ConditionalRequestConflict', Key: 'raced' };
    expect(await tried({ IfMatch: '"other"' })).toMatchObject({ name: 'PreconditionFailed' });
    await put('raced', 'a');
    expect(await tried({ IfMatch })).toMatchObject({ ...conflict, Condition: 'If-Match' });
    expect(await tried({ IfNoneMatch: '*' })).toMatchObject({ name: 'PreconditionFailed' });
    await aws.s3.send(new DeleteObjectCommand({ Bucket, Key: 'raced' }));
    expect(await tried({ IfMatch })).toMatchObject({ name: 'NoSuchKey', Key: 'raced' });
    expect(await tried({ IfNoneMatch: '*' })).toMatchObject({ ...conflict, Condition: 'If-None-Match' });
    expect(await tried({})).toEqual({});
  });
});

describe('a range of a copied part', () => {
  it('is of a source of any size, and within it', async () => {
    await put('source', '0123456789');
    const id = await create('ranged');
    const copy = (CopySourceRange: string) =>
      aws.s3.send(
        new UploadPartCopyCommand({
          ...{ Bucket, Key: 'ranged', UploadId: id, PartNumber: 1 },
          ...{ CopySource: `${Bucket}/source`, CopySourceRange },
        }),
      );
    const { CopyPartResult } = await copy('bytes=0-8');
    expect(Object.keys(CopyPartResult!).sort()).toEqual(['ETag', 'LastModified']);
    for (const range of ['0-8', 'bytes=1-0', 'bytes=1-', 'bytes=-2', 'bytes=0-1,3-4', 'bytes=0-100'])
      expect(await refusal(copy(range))).toMatchObject({
        ...{ name: 'InvalidArgument', ArgumentName: 'x-amz-copy-source-range', ArgumentValue: range },
      });
    expect(await refusal(copy('bytes=100-200'))).toMatchObject({ name: 'InvalidRequest' });
    expect(await refusal(part('ranged', id, { PartNumber: -1 }))).toMatchObject({
      ...{ name: 'InvalidArgument', ArgumentName: 'partNumber', ArgumentValue: '-1' },
    });
  });
});

describe('a listing of uploads', () => {
  const Listed = 'listed-uploads';
  const list = (input: object = {}) =>
    aws.s3.send(new ListMultipartUploadsCommand({ Bucket: Listed, ...input }));
  const begin = async (Key: string) =>
    (await aws.s3.send(new CreateMultipartUploadCommand({ Bucket: Listed, Key }))).UploadId!;

  it('goes by key, and by age within a key, from marker to marker', async () => {
    await aws.s3.send(new CreateBucketCommand({ Bucket: Listed }));
    const b = await begin('b');
    const [first, second] = [await begin('a'), await begin('a')];
    expect((await list()).Uploads?.map(one => one.UploadId)).toEqual([first, second, b]);
    const found: (string | undefined)[] = [];
    let marker: object | undefined = {};
    while (marker !== undefined) {
      const page = await list({ MaxUploads: 1, ...marker });
      found.push(...(page.Uploads ?? []).map(one => one.UploadId));
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      marker = page.IsTruncated === true ? { KeyMarker, UploadIdMarker } : undefined;
    }
    expect(found).toEqual([first, second, b]);
    expect((await list({ KeyMarker: 'a' })).Uploads?.map(one => one.UploadId)).toEqual([b]);
    expect(await refusal(list({ KeyMarker: 'b', UploadIdMarker: first }))).toMatchObject({
      ...{ name: 'InvalidArgument', ArgumentName: 'upload-id-marker' },
    });
  });

  it('shows common prefixes', async () => {
    await begin('folder/x/1');
    await begin('folder/y');
    const { CommonPrefixes, Uploads } = await list({ Prefix: 'folder/', Delimiter: '/' });
    expect(CommonPrefixes).toEqual([{ Prefix: 'folder/x/' }]);
    expect(Uploads).toMatchObject([{ Key: 'folder/y', StorageClass: 'STANDARD' }]);
  });

  it('has the parts of one in pages', async () => {
    const id = await create('parts', { ChecksumAlgorithm: 'SHA256' });
    for (const PartNumber of [2, 5]) await part('parts', id, { PartNumber, ChecksumAlgorithm: 'SHA256' });
    const parts = (input: object) =>
      aws.s3.send(new ListPartsCommand({ Bucket, Key: 'parts', UploadId: id, ...input }));
    const page = await parts({ MaxParts: 1 });
    expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2', ChecksumType: 'COMPOSITE' });
    const next = await parts({ MaxParts: 1, PartNumberMarker: page.NextPartNumberMarker });
    expect(next.Parts).toMatchObject([{ PartNumber: 5, ChecksumSHA256: sha256('abc') }]);
    expect(next.IsTruncated).toBe(false);
  });
});
