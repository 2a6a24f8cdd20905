import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectAnnotationsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { embedded, type Embedded } from '../support/embedded.ts';

/** What clients other than the product send, and rely on. */
describe('S3 on loopback', () => {
  let aws: Embedded;
  let s3: S3Client;
  const Bucket = 'clients';
  const AWKWARD = 'dir/\u0001 a+b(1)~é\u007f';
  const ENCODED = 'dir/%01+a%2Bb%281%29%7E%C3%A9%7F';

  beforeAll(async () => {
    aws = await embedded({ s3PageSize: 3 });
    s3 = aws.s3;
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    for (const key of ['a', 'b', 'c/1', 'c/2', 'd', AWKWARD]) await put(key);
  });
  afterAll(() => aws.stop());

  const put = (Key: string, input: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'body', ...input }));
  const raw = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(`${aws.endpoint}/${path}`, {
      method,
      headers: { authorization: 'Credential=local/20260101/us-east-1/s3/aws4_request', ...headers },
      ...(body !== undefined && { body }),
    });

  describe('lists by the first version of the operation', () => {
    const page = (Marker?: string, more = {}) =>
      s3.send(new ListObjectsCommand({ Bucket, ...(Marker !== undefined && { Marker }), ...more }));
    const keysOf = ({ Contents = [] }: Awaited<ReturnType<typeof page>>) => Contents.map(({ Key }) => Key);

    it('page by page, after the last key of the page before, with owners', async () => {
      const first = await page();
      expect(first).toMatchObject({ IsTruncated: true, MaxKeys: 3, Name: Bucket });
      expect(first.NextMarker).toBeUndefined();
      expect(keysOf(first)).toEqual(['a', 'b', 'c/1']);
      expect(first.Contents?.[0]?.Owner?.ID).toBeDefined();
      const second = await page('c/1');
      expect(second).toMatchObject({ IsTruncated: false, Marker: 'c/1' });
      expect(keysOf(second)).toHaveLength(3);
    });

    it('and names the next marker where there is a delimiter', async () => {
      const first = await page(undefined, { Delimiter: '/' });
      expect(first).toMatchObject({ NextMarker: 'c/', Delimiter: '/', CommonPrefixes: [{ Prefix: 'c/' }] });
      const second = await page('c/', { Delimiter: '/' });
      expect(keysOf(second)).toEqual(['d']);
      expect(second.CommonPrefixes).toEqual([{ Prefix: 'dir/' }]);
    });

    it('and can be made to fail by its own name', async () => {
      aws.aws.faults.inject({
        service: 's3',
        operation: 'ListObjects',
        error: 'SlowDown',
        status: 503,
        count: 1,
      });
      await s3.send(new ListObjectsV2Command({ Bucket }));
      await expect(page()).rejects.toMatchObject({ name: 'SlowDown' });
    });
  });

  it('encodes keys as in URLs in every listing, and says so, if it is asked to', async () => {
    const encoded = { Bucket, EncodingType: 'url' as const, Prefix: 'dir/\u0001 ' };
    const versions = await s3.send(new ListObjectVersionsCommand(encoded));
    expect(versions).toMatchObject({
      EncodingType: 'url',
      Prefix: 'dir/%01+',
      Versions: [{ Key: ENCODED }],
    });
    for (const listing of [
      await s3.send(new ListObjectsCommand(encoded)),
      await s3.send(new ListObjectsV2Command(encoded)),
    ])
      expect(listing).toMatchObject({
        EncodingType: 'url',
        Prefix: 'dir/%01+',
        Contents: [{ Key: ENCODED }],
      });
    await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: AWKWARD }));
    expect(await s3.send(new ListMultipartUploadsCommand({ Bucket, EncodingType: 'url' }))).toMatchObject({
      EncodingType: 'url',
      Uploads: [{ Key: ENCODED }],
    });
    const plain = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'dir/' }));
    expect(plain.EncodingType).toBeUndefined();
    expect(plain.Contents?.[0]?.Key).toBe(AWKWARD);
  });

  it('begins the next page of versions where an encoded marker says', async () => {
    const list = (KeyMarker?: string, VersionIdMarker?: string) =>
      s3.send(new ListObjectVersionsCommand({ Bucket, EncodingType: 'url', KeyMarker, VersionIdMarker }));
    const first = await list();
    expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: 'c/1' });
    const second = await list(decodeURIComponent(first.NextKeyMarker ?? ''), first.NextVersionIdMarker);
    expect(second.Versions?.map(({ Key }) => Key)).toEqual(['c/2', 'd', ENCODED]);
  });

  it('does nothing where it does not know what a request is about', async () => {
    const before = await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    const requests: readonly [string, string][] = [
      ['GET', `${Bucket}?cors`],
      ['GET', `${Bucket}?list-type=3`],
      ['GET', `${Bucket}?acl&delimiter=/`],
      ['PUT', `${Bucket}?website`],
      ['DELETE', `${Bucket}?policy`],
      ['GET', `${Bucket}/a?attributes`],
      ['GET', `${Bucket}/a?partNumber=1`],
      ['PUT', `${Bucket}/a?legal-hold`],
      ['PUT', `${Bucket}/a?retention`],
      ['DELETE', `${Bucket}/a?something`],
      ['PUT', 'unmade?publicAccessBlock'],
    ];
    const statuses = await Promise.all(
      requests.map(async ([method, path]) => (await raw(method, path)).status),
    );
    expect(statuses).toEqual(requests.map(() => 501));
    expect((await s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))).VersionId).toBe(before.VersionId);
    expect((await raw('HEAD', 'unmade')).status).toBe(404);
  });

  it('takes the arguments of its operations, and the signature of a URL, for no sub-resource', async () => {
    expect((await raw('GET', `${Bucket}/a?x-id=GetObject&X-Amz-Expires=900`)).status).toBe(200);
    expect(
      await s3.send(new ListObjectAnnotationsCommand({ Bucket, Key: 'a', MaxAnnotationResults: 1 })),
    ).toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  it('answers a put with the checksum that it stored', async () => {
    const checksum = (input: Partial<PutObjectCommandInput>) => put('summed', { Body: 'body', ...input });
    expect(await checksum({ ChecksumAlgorithm: 'SHA256' })).toMatchObject({
      ChecksumSHA256: createHash('sha256').update('body').digest('base64'),
      ChecksumType: 'FULL_OBJECT',
    });
    const response = await raw('PUT', `${Bucket}/summed`, {}, 'body');
    expect(response.headers.get('x-amz-checksum-crc64nvme')).toMatch(/^[\w+/]{11}=$/);
    const announced = { 'x-amz-sdk-checksum-algorithm': 'CRC32' };
    expect((await raw('PUT', `${Bucket}/summed`, announced, 'body')).status).toBe(400);
  });
});
