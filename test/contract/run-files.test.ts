import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { S3IntentArchive } from '../../lambda/adapters/journal/intent-archive.ts';
import { S3Journal, S3OutcomeArchive } from '../../lambda/adapters/journal/journal.ts';
import { S3RunFiles } from '../../lambda/adapters/run/files.ts';
import type { IntentEntry, OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import type { JournalledPage } from '../../lambda/core/journal/ports.ts';
import { plan, UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded({ s3PageSize: 2 });
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'runs-bucket' }));
});
afterAll(() => aws.stop());

describe('the journal', () => {
  const entry = (locator: string): OutcomeEntry => ({
    schema: 3,
    store: 's',
    locator,
    slot: 'edk',
    outcome: 'foreign-key',
    digest: 'd',
  });

  it('never overwrites: a page worked twice leaves both of its objects', async () => {
    const journal = new S3Journal(aws.s3, { bucket: 'runs-bucket', job: 'orders' });
    for (const attempt of ['first', 'second'])
      await journal.writeOutcomes({ unit: UNIT, page: 0 }, [entry(attempt)]);
    const { Contents } = await aws.s3.send(
      new ListObjectsV2Command({
        Bucket: 'runs-bucket',
        Prefix: 'outcomes/job=orders/run=run-1/unit=u00001/page-000001-',
      }),
    );
    expect(Contents).toHaveLength(2);
  });

  it('gives back the outcomes of one unit, over as many pages as there are', async () => {
    const journal = new S3Journal(aws.s3, { bucket: 'runs-bucket', job: 'invoices' });
    for (let page = 0; page < 5; page++)
      await journal.writeOutcomes({ unit: UNIT, page }, [entry(`p${page}`), entry(`q${page}`)]);
    await journal.writeOutcomes({ unit: { ...UNIT, unitId: 'u00002' }, page: 0 }, [entry('other unit')]);
    const found: string[] = [];
    for await (const { locator } of new S3OutcomeArchive(aws.s3, {
      bucket: 'runs-bucket',
      job: 'invoices',
    }).outcomesOf(UNIT))
      found.push(locator);
    expect(found).toEqual([0, 1, 2, 3, 4].flatMap(page => [`p${page}`, `q${page}`]));
  });

  describe('of a unit with more than 999,999 pages', () => {
    const place = { bucket: 'runs-bucket', job: 'long' };
    const NUMBERS = [1, 2, 100_000, 100_001, 999_999, 1_000_000, 1_000_001, 9_999_999, 10_000_000];
    /** Page names as in an earlier version. */
    const EARLIER = ['page-1000002', 'page-10000001'];
    beforeAll(async () => {
      const journal = new S3Journal(aws.s3, place);
      for (const number of NUMBERS) {
        await journal.writeOutcomes({ unit: UNIT, page: number - 1 }, [entry(String(number))]);
        // Only some pages change something; one was worked twice.
        const intents = [entry(String(number))] as unknown as readonly IntentEntry[];
        if (number % 2 === 0) await journal.writeIntents({ unit: UNIT, page: number - 1 }, intents);
        if (number === 1_000_000) await journal.writeIntents({ unit: UNIT, page: number - 1 }, intents);
      }
      for (const name of EARLIER)
        await aws.s3.send(
          new PutObjectCommand({
            Bucket: 'runs-bucket',
            Key: `intents/job=long/run=run-1/unit=u00001/${name}-0000.jsonl.gz`,
            Body: 'x',
          }),
        );
    });

    const pages = async (after?: string): Promise<readonly JournalledPage[]> => {
      const all: JournalledPage[] = [];
      for await (const page of new S3IntentArchive(aws.s3, place).pagesOf(UNIT, after)) all.push(page);
      return all;
    };

    it('is in the order of its pages, and keeps what belongs to a page together', async () => {
      const found: string[] = [];
      for await (const { locator } of new S3OutcomeArchive(aws.s3, place).outcomesOf(UNIT))
        found.push(locator);
      expect(found).toEqual(NUMBERS.map(String));
      const all = await pages();
      const named = all.filter(({ name }) => !EARLIER.includes(name));
      expect(named.map(({ name }) => Number(name.replace(/\D/g, '')))).toEqual(NUMBERS);
      expect(named.map(({ intents }) => intents.length)).toEqual([0, 1, 1, 0, 0, 2, 0, 0, 1]);
      expect(named.map(({ outcomes }) => outcomes.length)).toEqual(NUMBERS.map(() => 1));
    });

    it('is listed from where a rollback has got to, and no page with a name from an earlier version is lost', async () => {
      const all = await pages();
      expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(EARLIER));
      for (const [index, { name }] of all.entries()) expect(await pages(name)).toEqual(all.slice(index + 1));
    });

    it('is read from a page on', async () => {
      const found: string[] = [];
      for await (const { locator } of new S3OutcomeArchive(aws.s3, place).outcomesOf(UNIT, 999_999))
        found.push(locator);
      expect(found).toEqual(['1000000', '1000001', '9999999', '10000000']);
    });
  });

  it('writes no object for a page without entries', async () => {
    await new S3Journal(aws.s3, { bucket: 'runs-bucket', job: 'empty' }).writeIntents(
      { unit: UNIT, page: 0 },
      [],
    );
    expect(
      (await aws.s3.send(new ListObjectsV2Command({ Bucket: 'runs-bucket', Prefix: 'intents/job=empty/' })))
        .KeyCount,
    ).toBe(0);
  });
});

describe('the files of a run', () => {
  it('come back as they were written', async () => {
    const files = new S3RunFiles(aws.s3, 'runs-bucket');
    await files.writePlan(plan(), [UNIT]);
    expect(await files.readPlan('run-1')).toEqual(plan());
    expect(await files.readReport('run-1')).toBeUndefined();
    await expect(files.readPlan('run-2')).rejects.toThrow('run run-2 has no plan');
  });

  const deny = (operation: string, count = 1): void =>
    aws.aws.faults.inject({ service: 's3', operation, error: 'AccessDenied', status: 403, count });

  it('do not exist if S3 answers 403 and its listing does not show them', async () => {
    const files = new S3RunFiles(aws.s3, 'runs-bucket');
    deny('GetObject');
    expect(await files.findPlan('run-3')).toBeUndefined();
  });

  it('are refused if S3 answers 403 for what exists, or refuses the listing as well', async () => {
    const files = new S3RunFiles(aws.s3, 'runs-bucket');
    await files.writePlan({ ...plan(), runId: 'run-4' }, [UNIT]);
    deny('GetObject');
    await expect(files.findPlan('run-4')).rejects.toMatchObject({ name: 'AccessDenied' });
    deny('GetObject');
    deny('ListObjectsV2');
    await expect(files.findPlan('run-5')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
