import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectAnnotationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { S3Records, type BucketStore } from '../../lambda/adapters/s3/records.ts';
import type { PlaceChange } from '../../lambda/core/model/place.ts';
import type { ObjectRecord, StoreRecord } from '../../lambda/core/model/record.ts';
import type { RecordStore, WriteResult } from '../../lambda/core/ports.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

const TEXT = '{\n  "edk": "old", "kept": 1\n}\n';
const PLACE: PlaceChange = {
  path: [{ part: 'body' }, { as: 'json' }, 'edk'],
  ...{ before: { S: 'old' }, after: { S: 'new' } },
};
const MOVED = TEXT.replace('old', 'new');
const RANGE = { type: 'key-range' } as const;
const READ_ALL = { pageSize: 100, consistent: false };

let number = 0;
async function bucketWith(input: Partial<PutObjectCommandInput> = {}): Promise<string> {
  const Bucket = `bodies-${++number}`;
  await aws.s3.send(
    new CreateBucketCommand({
      ...{ Bucket, ObjectLockEnabledForBucket: true, ObjectOwnership: 'ObjectWriter' },
    }),
  );
  await aws.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: TEXT, ...input }));
  return Bucket;
}

function storeOf(bucket: string, more: Partial<BucketStore> = {}, client: S3Client = aws.s3): RecordStore {
  const needs = { needs: ['body'] as const };
  return new S3Records(client, { bucket, prefix: '', accessControlLists: true, needs, ...more });
}

async function first(store: RecordStore): Promise<ObjectRecord> {
  const { records } = await store.readPage(RANGE, READ_ALL);
  return records[0] as ObjectRecord;
}

async function bodyOf(Bucket: string, Key = 'k'): Promise<string> {
  const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }));
  return Body!.transformToString();
}

async function described(Bucket: string) {
  const place = { Bucket, Key: 'k' };
  const head = await aws.s3.send(new HeadObjectCommand({ ...place, ChecksumMode: 'ENABLED' }));
  const { $metadata: _m, LastModified: _l, VersionId: _v, ETag: _e, ChecksumSHA256, ...kept } = head;
  const { TagSet } = await aws.s3.send(new GetObjectTaggingCommand(place));
  const { Grants } = await aws.s3.send(new GetObjectAclCommand(place));
  return { ...kept, TagSet, Grants, hasChecksum: ChecksumSHA256 !== undefined };
}

/** A client that does something once before it sends such a command. */
function clientThat(command: string, before: () => Promise<unknown>): S3Client {
  const client = new S3Client({ endpoint: aws.endpoint, region: 'us-east-1', maxAttempts: 1 });
  let isDone = false;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async args => {
        if (commandName === command && !isDone) {
          isDone = true;
          await before();
        }
        return next(args);
      },
    { step: 'initialize', name: 'before' },
  );
  return client;
}

const CHANGED: WriteResult = { kind: 'precondition-failed' };

describe('the body of an object', () => {
  it('is changed in place, and everything else of the object is kept', async () => {
    const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 600_000);
    const bucket = await bucketWith({
      ...{ ContentType: 'application/json', CacheControl: 'no-cache', WebsiteRedirectLocation: '/x' },
      ...{ StorageClass: 'STANDARD_IA', Tagging: 'team=a%20b%2Bc&x=', ACL: 'public-read' },
      ...{ Metadata: { kept: 'yes', title: 'ÄMÄZÕÑ' }, Expires: new Date('2027-01-01T00:00:00Z') },
      ...{ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: 'ON' },
      ...{ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: await createKey(aws.kms), BucketKeyEnabled: true },
      ...{ ChecksumAlgorithm: 'SHA256' },
    });
    const before = await described(bucket);
    const store = storeOf(bucket);
    expect(await store.write(await first(store), [PLACE])).toEqual({ kind: 'written' });
    expect(await described(bucket)).toEqual(before);
    expect(await bodyOf(bucket)).toBe(MOVED);
  });

  it('and its metadata change in one write', async () => {
    const bucket = await bucketWith({ Metadata: { kid: 'a', other: 'b' } });
    const store = storeOf(bucket);
    const kid: PlaceChange = { path: ['kid'], before: { S: 'a' }, after: { S: 'c' } };
    expect(await store.write(await first(store), [PLACE, kid])).toEqual({ kind: 'written' });
    const { Metadata } = await described(bucket);
    expect([await bodyOf(bucket), Metadata]).toEqual([MOVED, { kid: 'c', other: 'b' }]);
  });

  it.each([
    ['its bytes', { Body: 'theirs' }],
    ['its metadata alone', { Body: TEXT, Metadata: { theirs: 'yes' } }],
  ])('is not written where another writer has changed %s in the meantime', async (_, input) => {
    const bucket = await bucketWith();
    const store = storeOf(bucket);
    const read = await first(store);
    await aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', ...input }));
    expect(await store.write(read, [PLACE])).toEqual(CHANGED);
    expect(await bodyOf(bucket)).toBe(input.Body);
  });

  it('is not written where its bytes change at the last moment', async () => {
    const bucket = await bucketWith();
    const theirs = new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: 'theirs' });
    const client = clientThat('PutObjectCommand', () => aws.s3.send(theirs));
    const store = storeOf(bucket, {}, client);
    expect(await store.write(await first(store), [PLACE])).toEqual(CHANGED);
    expect(await bodyOf(bucket)).toBe('theirs');
    client.destroy();
  });

  // S3 refuses to show the tags, and shows no access control list, of a delete marker.
  it.each(['GetObjectTaggingCommand', 'GetObjectAclCommand'])(
    'is not written where the object is deleted before its %s',
    async command => {
      const bucket = await bucketWith();
      const client = clientThat(command, () =>
        aws.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k' })),
      );
      const store = storeOf(bucket, {}, client);
      expect(await store.write(await first(store), [PLACE])).toEqual(CHANGED);
    },
  );

  it('is nothing where the object is deleted before its tags are read', async () => {
    const bucket = await bucketWith();
    const client = clientThat('GetObjectTaggingCommand', () =>
      aws.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k' })),
    );
    const store = storeOf(bucket, { needs: { needs: ['tags'] } }, client);
    expect((await store.readPage(RANGE, READ_ALL)).records).toEqual([]);
  });

  it('keeps tags that were set after it was read', async () => {
    const bucket = await bucketWith();
    const store = storeOf(bucket);
    const read = await first(store);
    const TagSet = [{ Key: 'late', Value: 'yes' }];
    await aws.s3.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: 'k', Tagging: { TagSet } }));
    expect(await store.write(read, [PLACE])).toEqual({ kind: 'written' });
    expect((await described(bucket)).TagSet).toEqual(TagSet);
  });

  it('stays where the object has annotations, which S3 would drop', async () => {
    const bucket = await bucketWith();
    const annotation = { AnnotationName: 'note', AnnotationPayload: Buffer.from('x') };
    await aws.s3.send(new PutObjectAnnotationCommand({ Bucket: bucket, Key: 'k', ...annotation }));
    const store = storeOf(bucket);
    expect(await store.write(await first(store), [PLACE])).toMatchObject({ kind: 'blocked' });
    expect(await bodyOf(bucket)).toBe(TEXT);
  });

  it('is read again if it changes between two requests', async () => {
    const bucket = await bucketWith();
    const theirs = new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: 'theirs' });
    const client = clientThat('GetObjectCommand', () => aws.s3.send(theirs));
    expect((await first(storeOf(bucket, {}, client))).body).toMatchObject({ B: Buffer.from('theirs') });
    client.destroy();
  });

  it('is read only where the format needs it, and not if it is large or archived', async () => {
    const bucket = await bucketWith();
    const put = (Key: string, input: Partial<PutObjectCommandInput>): Promise<unknown> =>
      aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key, ...input }));
    await put('archived', { Body: TEXT, StorageClass: 'GLACIER' });
    await put('large', { Body: Buffer.alloc(8 * 1024 ** 2 + 1) });
    await put('other', { Body: TEXT });
    const needs = {
      needs: ['body'] as const,
      needsBodyOf: ({ locator }: ObjectRecord) => locator !== 'other',
    };
    const records: StoreRecord[] = [];
    const store = storeOf(bucket, { needs });
    for (let cursor: string | undefined, more = true; more;) {
      const page = await store.readPage(RANGE, { ...READ_ALL, ...(cursor !== undefined && { cursor }) });
      records.push(...page.records);
      [cursor, more] = [page.cursor, page.cursor !== undefined];
    }
    expect(records.map(record => [record.locator, record.kind === 'object' && record.body])).toEqual([
      ['archived', { unread: { reason: expect.stringContaining('restore'), blocked: true } }],
      ['k', { B: Buffer.from(TEXT) }],
      ['large', { unread: { reason: expect.stringContaining('8 MiB') } }],
      ['other', undefined],
    ]);
  });

  it('ends a page early where bodies are too large to hold together', async () => {
    const bucket = await bucketWith();
    const keys = Array.from({ length: 30 }, (_, index) => `m${String(index).padStart(2, '0')}`);
    const Body = Buffer.alloc(1024 ** 2, 'x');
    for (const Key of keys) await aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    const store = storeOf(bucket);
    const seen: string[][] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await store.readPage(RANGE, { ...READ_ALL, ...(cursor !== undefined && { cursor }) });
      seen.push(page.records.map(({ locator }) => locator));
      [cursor, more] = [page.cursor, page.cursor !== undefined];
    }
    expect(seen.flat()).toEqual(['k', ...keys]);
    expect(Math.max(...seen.map(page => page.length))).toBeLessThanOrEqual(20);
    expect(await store.find(keys)).not.toHaveLength(keys.length);
  });

  it('changes in the copy that is made of an object in another bucket', async () => {
    const [bucket, copies] = [await bucketWith({ Metadata: { a: 'b' }, Tagging: 't=1' }), await bucketWith()];
    const target = new S3Records(aws.s3, {
      ...{ bucket: copies, prefix: '', accessControlLists: false, needs: { needs: ['body'] } },
      copyFrom: { bucket, client: aws.s3 },
    });
    const source = { ...(await first(storeOf(bucket))), locator: 'k', absent: {} };
    expect(await target.create(source, [PLACE])).toEqual(CHANGED);
    const Key = 'fresh';
    await aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: TEXT, Metadata: { a: 'b' } }));
    const [read] = await storeOf(bucket).find([Key]);
    expect(await target.create({ ...(read as ObjectRecord), absent: {} }, [PLACE])).toEqual({
      kind: 'written',
    });
    expect([await bodyOf(copies, Key), await bodyOf(bucket, Key)]).toEqual([MOVED, TEXT]);
  });
});
