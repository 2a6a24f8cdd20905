import { CreateTableCommand, PutItemCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  GetObjectTaggingCommand,
  GetObjectAclCommand,
} from '@aws-sdk/client-s3';
import { DynamoDbRecords, type Table } from '../../lambda/adapters/dynamodb/records.ts';
import { S3Records } from '../../lambda/adapters/s3/records.ts';
import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import type { BoundFormat } from '../../lambda/core/model/format.ts';
import type { StoreRecord } from '../../lambda/core/model/record.ts';
import type { ScanRange } from '../../lambda/core/model/run.ts';
import { findDataKeys } from '../../lambda/core/scan/find-data-keys.ts';
import type { RecordStore } from '../../lambda/core/ports.ts';
import { attributeAt, metadataAt } from '../support/bound.ts';
import { item, NEW_KEY } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { leanBatches, leanUpdates } from '../support/lean-updates.ts';
import { FakeTable } from '../support/fake-ports.ts';

/** One implementation of RecordStore under the contract, with ways to fill it and to change it behind its back. */
interface Subject {
  readonly store: RecordStore;
  readonly format: BoundFormat;
  readonly range: ScanRange;
  put(id: string, edk: string): Promise<unknown>;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const attribute = attributeAt('edk');
const metadata = metadataAt('edk');
const SEGMENT: ScanRange = { type: 'segment', segment: 0, totalSegments: 1 };
let aws: Embedded;
let number = 0;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

const PART = { part: { B: Buffer.from([0, 255]) } };
const KEYS: Pick<CreateTableCommandInput, 'KeySchema' | 'AttributeDefinitions'> = {
  KeySchema: [
    { AttributeName: 'id', KeyType: 'HASH' },
    { AttributeName: 'part', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'part', AttributeType: 'B' },
  ],
};

async function tableSubject(sends: Pick<Table, 'update' | 'batches'> = {}): Promise<Subject> {
  const name = `Table${++number}`;
  await aws.dynamodb.send(
    new CreateTableCommand({ TableName: name, ...KEYS, BillingMode: 'PAY_PER_REQUEST' }),
  );
  return {
    store: new DynamoDbRecords(aws.dynamodb, {
      ...{ name, keyNames: ['id', 'part'], ...sends },
    }),
    format: attribute,
    range: SEGMENT,
    put: (id, edk) =>
      aws.dynamodb.send(
        new PutItemCommand({
          TableName: name,
          Item: { ...PART, id: { S: id }, edk: { B: Buffer.from(edk) }, other: { S: 'kept' } },
        }),
      ),
  };
}

async function bucketSubject(): Promise<Subject> {
  const Bucket = `bucket-${++number}`;
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
  return {
    store: new S3Records(aws.s3, { bucket: Bucket, prefix: '', accessControlLists: false }),
    format: metadata,
    range: { type: 'key-range' },
    put: (id, edk) =>
      aws.s3.send(
        new PutObjectCommand({
          Bucket,
          Key: id,
          Body: `of ${id}, ${edk}`,
          Metadata: { edk: base64(edk), other: 'kept' },
        }),
      ),
  };
}

function fakeSubject(): Promise<Subject> {
  const table = new FakeTable();
  return Promise.resolve({
    store: table,
    format: attribute,
    range: SEGMENT,
    put: (id, edk) =>
      Promise.resolve(table.put(item(id, { edk: { B: Buffer.from(edk) }, other: { S: 'kept' } }))),
  });
}

describe.each([
  ['the fake table', fakeSubject],
  ['a table of the embedded AWS', () => tableSubject({ update: leanUpdates(aws.endpoint) })],
  ['a table of the embedded AWS, in batches', () => tableSubject({ batches: leanBatches(aws.endpoint) })],
  ['a table of the embedded AWS, through the SDK', () => tableSubject()],
  ['a bucket of the embedded AWS', bucketSubject],
])('%s, as a store of records', (_, subject) => {
  const readAll = async ({ store, range }: Subject, pageSize: number): Promise<readonly StoreRecord[]> => {
    const records: StoreRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.readPage(range, {
        pageSize,
        consistent: true,
        ...(cursor !== undefined && { cursor }),
      });
      records.push(...page.records);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return records;
  };
  const held = ({ format }: Subject, record: StoreRecord): string => {
    const [found] = format.read(record);
    return found !== undefined && 'ciphertext' in found ? Buffer.from(found.ciphertext).toString() : 'none';
  };
  const swap = (of: Subject, record: StoreRecord, edk: string) =>
    of.store.write(
      record,
      of.format.replace(record, [
        {
          slot: 'edk',
          ciphertext: Buffer.from(edk),
          destination: { keyArn: NEW_KEY },
          destinationAlgorithm: 'SYMMETRIC_DEFAULT',
        },
      ]),
    );

  it('finds records by their locators, in their order, even if one is named twice or is missing', async () => {
    const of = await subject();
    for (const id of ['a', 'b']) await of.put(id, `edk of ${id}`);
    const [a, b] = (await readAll(of, 10)).map(({ locator }) => locator).sort();
    const found = await of.store.find([b!, a!, a!.replace(/a/, 'z'), b!]);
    const edks = found.map(record => record && held(of, record));
    expect(edks).toEqual(['edk of b', 'edk of a', undefined, 'edk of b']);
  });

  it('shows every record once, whatever the size of its pages', async () => {
    const of = await subject();
    const ids = Array.from({ length: 11 }, (_unused, index) => `r-${String(index).padStart(2, '0')}`);
    for (const id of ids) await of.put(id, `edk of ${id}`);
    for (const pageSize of [1, 3, 11, 500]) {
      const found = (await readAll(of, pageSize)).map(record => held(of, record)).sort();
      expect(found).toEqual(ids.map(id => `edk of ${id}`));
    }
  });

  it('writes where the record is as it was read, and changes nothing else of it', async () => {
    const of = await subject();
    await of.put('x', 'old');
    const [record] = await readAll(of, 10);
    expect(await swap(of, record!, 'new')).toEqual({ kind: 'written' });
    const after = await of.store.reread(record!);
    expect(held(of, after!)).toBe('new');
    expect(JSON.stringify(after)).toContain('kept');
  });

  it('does not write where another writer has been', async () => {
    const of = await subject();
    await of.put('x', 'old');
    const [record] = await readAll(of, 10);
    await of.put('x', 'theirs');
    expect(await swap(of, record!, 'ours')).toEqual({ kind: 'precondition-failed' });
    expect(held(of, (await of.store.reread(record!))!)).toBe('theirs');
  });

  it('writes once: the same write again finds the record changed', async () => {
    const of = await subject();
    await of.put('x', 'old');
    const [record] = await readAll(of, 10);
    await swap(of, record!, 'new');
    expect(await swap(of, record!, 'new')).toEqual({ kind: 'precondition-failed' });
    expect(held(of, (await of.store.reread(record!))!)).toBe('new');
  });
});

describe('a table', () => {
  it('breaks the premise when it is gone', async () => {
    const gone = new DynamoDbRecords(aws.dynamodb, { name: 'Missing', keyNames: ['id'] });
    await expect(gone.readPage(SEGMENT, { pageSize: 1, consistent: false })).rejects.toThrow(PremiseBroken);
    await expect(gone.readPage(SEGMENT, { pageSize: 1, consistent: false })).rejects.toThrow(
      'dynamodb:Scan on table Missing: ResourceNotFoundException',
    );
  });
});

describe('a bucket', () => {
  it('is read within its range only, bounds in UTF-8 byte order', async () => {
    const of: Subject = await bucketSubject();
    for (const id of ['a', 'b', '\u{ffee}', '\u{1f600}']) await of.put(id, id);
    const page = await of.store.readPage(
      { type: 'key-range', startAfter: 'a', endAt: '\u{ffee}' },
      { pageSize: 10, consistent: false },
    );
    expect(page.records.map(({ locator }) => locator)).toEqual(['b', '\u{ffee}']);
    expect(page.cursor).toBeUndefined();
  });

  it('keeps headers, class, tags, other metadata and access control list through a write', async () => {
    const Bucket = 'with-acls';
    await aws.s3.send(new CreateBucketCommand({ Bucket, ObjectOwnership: 'ObjectWriter' }));
    await aws.s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'k',
        Body: 'x',
        ACL: 'public-read',
        ContentType: 'text/plain',
        CacheControl: 'no-cache',
        StorageClass: 'STANDARD_IA',
        Tagging: 'a=1',
        WebsiteRedirectLocation: '/x',
        Metadata: { edk: base64('old'), kept: 'yes' },
        Expires: new Date('2027-01-01T00:00:00Z'),
      }),
    );
    const store: RecordStore = new S3Records(aws.s3, {
      bucket: Bucket,
      prefix: '',
      accessControlLists: true,
    });
    const describeObject = async () => {
      const {
        $metadata: _m,
        LastModified: _l,
        Metadata,
        ...rest
      } = await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
      const { TagSet } = await aws.s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' }));
      const { Grants } = await aws.s3.send(new GetObjectAclCommand({ Bucket, Key: 'k' }));
      return { ...rest, kept: Metadata?.['kept'], TagSet, Grants };
    };
    const before = await describeObject();
    const { records } = await store.readPage({ type: 'key-range' }, { pageSize: 1, consistent: false });
    const change = metadata.replace(records[0]!, [
      {
        slot: 'edk',
        ciphertext: Buffer.from('new'),
        destination: { keyArn: NEW_KEY },
        destinationAlgorithm: 'SYMMETRIC_DEFAULT',
      },
    ]);
    expect(await store.write(records[0]!, change)).toEqual({ kind: 'written' });
    expect(await describeObject()).toEqual(before);
    expect((await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).Metadata?.['edk']).toBe(
      base64('new'),
    );
  });

  it('sees a change of metadata alone, though the ETag stays the same', async () => {
    const of: Subject = await bucketSubject();
    await of.put('x', 'old');
    const { records } = await of.store.readPage({ type: 'key-range' }, { pageSize: 1, consistent: false });
    const stale = { ...(records[0] as Extract<StoreRecord, { kind: 'object' }>) };
    const earlier = { ...stale, settled: true, lastModified: stale.lastModified - 1000 };
    const change = metadata.replace(earlier, [
      {
        slot: 'edk',
        ciphertext: Buffer.from('new'),
        destination: { keyArn: NEW_KEY },
        destinationAlgorithm: 'SYMMETRIC_DEFAULT',
      },
    ]);
    expect(await of.store.write(earlier, change)).toEqual({ kind: 'precondition-failed' });
  });

  it('sees such a change even within the second in which it read the object', async () => {
    const Bucket = 'same-second';
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    const put = (edk: string) =>
      aws.s3.send(
        new PutObjectCommand({ Bucket, Key: 'k', Body: 'same bytes', Metadata: { edk: base64(edk) } }),
      );
    const store: RecordStore = new S3Records(aws.s3, {
      bucket: Bucket,
      prefix: '',
      accessControlLists: false,
    });
    await put('old');
    const { records } = await store.readPage({ type: 'key-range' }, { pageSize: 1, consistent: false });
    await put('theirs');
    const change = metadata.replace(records[0]!, [
      {
        slot: 'edk',
        ciphertext: Buffer.from('ours'),
        destination: { keyArn: NEW_KEY },
        destinationAlgorithm: 'SYMMETRIC_DEFAULT',
      },
    ]);
    expect(await store.write(records[0]!, change)).toEqual({ kind: 'precondition-failed' });
    expect((await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).Metadata?.['edk']).toBe(
      base64('theirs'),
    );
  });

  it('leaves an archived object as it is', async () => {
    const Bucket = 'with-archive';
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    await aws.s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'k',
        Body: 'x',
        StorageClass: 'DEEP_ARCHIVE',
        Metadata: { edk: base64('old') },
      }),
    );
    const store: RecordStore = new S3Records(aws.s3, {
      bucket: Bucket,
      prefix: '',
      accessControlLists: false,
    });
    const { records } = await store.readPage({ type: 'key-range' }, { pageSize: 1, consistent: false });
    const change = metadata.replace(records[0]!, [
      {
        slot: 'edk',
        ciphertext: Buffer.from('new'),
        destination: { keyArn: NEW_KEY },
        destinationAlgorithm: 'SYMMETRIC_DEFAULT',
      },
    ]);
    expect(await store.write(records[0]!, change)).toMatchObject({
      kind: 'blocked',
      reason: expect.stringContaining('archived (DEEP_ARCHIVE)'),
    });
  });

  it('names an object whose metadata S3 does not show, and goes on: SSE-C answers 400 without its key', async () => {
    const of: Subject = await bucketSubject();
    await of.put('x', 'old');
    const { records } = await of.store.readPage({ type: 'key-range' }, { pageSize: 1, consistent: false });
    const fault = { service: 's3', operation: 'HeadObject', error: 'InvalidRequest', status: 400 };
    aws.aws.faults.inject({ ...fault, count: 2 });
    const found = findDataKeys([(await of.store.reread(records[0]!))!], of.format);
    expect(found.map(({ finding }) => finding)).toEqual([
      { kind: 'unsupported', slot: 'x', reason: expect.stringContaining('SSE-C') },
    ]);
  });

  it('skips an object that was deleted after it was listed', async () => {
    const of: Subject = await bucketSubject();
    await of.put('x', 'old');
    const { records } = await of.store.readPage({ type: 'key-range' }, { pageSize: 1, consistent: false });
    expect(await of.store.reread({ ...records[0]!, locator: 'gone' })).toBeUndefined();
  });
});
