import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { S3Journal, S3OutcomeArchive } from '../../lambda/adapters/journal/journal.ts';
import { OutcomesBefore } from '../../lambda/core/journal/outcomes-before.ts';
import { UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

const BUCKET = 'journal';

describe('an object of outcomes', () => {
  let aws: Embedded;
  let number = 0;
  beforeAll(async () => {
    aws = await embedded();
    await aws.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  });
  afterAll(() => aws.stop());

  /** A journal of three pages, the names of its objects, and how many outcomes can be read of it. */
  async function journal() {
    const place = { bucket: BUCKET, job: `job-${++number}` };
    for (const [page, locator] of ['a', 'b', 'c'].entries())
      await new S3Journal(aws.s3, place).writeOutcomes({ unit: UNIT, page }, [
        { schema: 3, store: 's', slot: 'edk', outcome: 'rewrapped', locator },
      ]);
    const Prefix = `outcomes/job=${place.job}/`;
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
    const damaged: string[] = [];
    const unknown: string[] = [];
    const known = async (client: S3Client = aws.s3): Promise<readonly string[]> => {
      const note = (name: string, reason: string): unknown => damaged.push(`${name} ${reason}`);
      const later = (name: string, schema: number): unknown => unknown.push(`${name} ${schema}`);
      const archive = new S3OutcomeArchive(client, { ...place, damaged: note, unknownSchema: later });
      const before = new OutcomesBefore(archive.outcomesOf(UNIT));
      const found: string[] = [];
      for (const locator of ['a', 'b', 'c'])
        if ((await before.of(locator)) !== undefined) found.push(locator);
      return found;
    };
    const all = async (): Promise<void> => {
      const refuse = (name: string, reason: string): never => {
        throw new Error(`${name} ${reason}`);
      };
      const archive = new S3OutcomeArchive(aws.s3, { ...place, damaged: refuse });
      for await (const _ of archive.outcomesOf(UNIT));
    };
    return { names: Contents.map(({ Key = '' }) => Key), known, all, damaged, unknown };
  }

  it('is stored with its SHA-256, which S3 compares with what arrives', async () => {
    const { names } = await journal();
    const Key = names[0]!;
    const head = await aws.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key, ChecksumMode: 'ENABLED' }));
    const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    expect(head.ChecksumSHA256).toBe(createHash('sha256').update(bytes).digest('base64'));
  });

  it.each<[string, Uint8Array]>([
    ['no gzip', Buffer.from('outcomes')],
    ['truncated', gzipSync(Buffer.from('{"schema":3}\n'.repeat(100))).subarray(0, 20)],
    ['no JSON', gzipSync(Buffer.from('{"schema":3,'))],
    ['no outcome', gzipSync(Buffer.from('null\n'))],
  ])('that is %s proves nothing, is named, and hides no other', async (_, Body) => {
    const { names, known, damaged } = await journal();
    await aws.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: names[1]!, Body }));
    expect(await known()).toEqual(['a', 'c']);
    expect(damaged).toEqual([expect.stringContaining(names[1]!)]);
  });

  it('of a schema that this version does not know proves nothing, is named once, and hides no other', async () => {
    const { names, known, damaged, unknown } = await journal();
    const later = (line: object): Uint8Array => gzipSync(Buffer.from(`${JSON.stringify(line)}\n`));
    const ours = { schema: 3, store: 's', slot: 'edk', outcome: 'rewrapped', locator: 'a' };
    const mixed = Buffer.concat([later(ours), later({ ...ours, schema: 4, locator: 'b' })]);
    await aws.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: names[0]!, Body: mixed }));
    const shaped = later({ schema: 5, records: ['b'] });
    await aws.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: names[1]!, Body: shaped }));
    expect(await known()).toEqual(['c']);
    expect([damaged, unknown]).toEqual([[], [`${names[0]} 4`]]);
  });

  it('of a schema that this version does not know is refused to whoever has to read all of it', async () => {
    const { names, all } = await journal();
    const Body = gzipSync(Buffer.from('{"schema":4,"locator":"b"}\n'));
    await aws.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: names[1]!, Body }));
    await expect(all()).rejects.toThrow(`${names[1]} has schema 4, and this version reads 3 and 2`);
  });

  it('whose bytes do not match its SHA-256 proves nothing either', async () => {
    const { known, damaged } = await journal();
    const client = new S3Client({ endpoint: aws.endpoint, region: 'us-east-1', maxAttempts: 1 });
    client.middlewareStack.add(
      next => async args => {
        const result = await next(args);
        const { headers = {} } = result.response as { headers?: Record<string, string> };
        if (headers['x-amz-checksum-sha256'] !== undefined)
          headers['x-amz-checksum-sha256'] = Buffer.alloc(32).toString('base64');
        return result;
      },
      { step: 'deserialize', priority: 'low' },
    );
    expect(await known(client)).toEqual([]);
    expect(damaged).toHaveLength(3);
  });
});
