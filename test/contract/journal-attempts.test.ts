import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { S3IntentArchive } from '../../lambda/adapters/journal/intent-archive.ts';
import { S3Journal } from '../../lambda/adapters/journal/journal.ts';
import type { IntentEntry, OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

const BUCKET = 'journal';
const entry = (locator: string): OutcomeEntry => ({
  schema: 3,
  store: 's',
  locator,
  slot: 'edk',
  outcome: 'rewrapped',
});

describe('the names of a journal', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await aws.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  });
  afterAll(() => aws.stop());

  it('tell at which pages there were several attempts, or one that did not finish', async () => {
    const place = { bucket: BUCKET, job: 'attempts' };
    const attempt = async (page: number, ...kinds: readonly ('intents' | 'outcomes')[]): Promise<void> => {
      const journal = new S3Journal(aws.s3, place);
      for (const kind of kinds)
        if (kind === 'outcomes') await journal.writeOutcomes({ unit: UNIT, page }, [entry('x')]);
        else
          await journal.writeIntents({ unit: UNIT, page }, [entry('x')] as unknown as readonly IntentEntry[]);
    };
    await attempt(0, 'intents', 'outcomes');
    await attempt(1, 'outcomes');
    await attempt(2, 'intents', 'intents', 'outcomes');
    await attempt(3, 'intents');
    await attempt(4, 'intents');
    await attempt(4, 'outcomes');
    await attempt(5, 'intents', 'outcomes');
    await attempt(5, 'intents', 'outcomes');
    for (const kind of ['intents', 'outcomes'])
      await aws.s3.send(
        new PutObjectCommand({
          Bucket: BUCKET,
          Key: `${kind}/job=attempts/run=run-1/unit=u00001/page-000007-${randomUUID()}.jsonl.gz`,
          Body: 'as an earlier version has named it',
        }),
      );
    const pages: [number, number, boolean][] = [];
    for await (const { intents, outcomes, workedAgain = false } of new S3IntentArchive(aws.s3, place).pagesOf(
      UNIT,
    ))
      pages.push([intents.length, outcomes.length, workedAgain]);
    expect(pages).toEqual([
      [1, 1, false],
      [0, 1, false],
      [2, 1, false],
      [1, 0, true],
      [1, 1, true],
      [2, 2, true],
      [1, 1, false],
    ]);
  });
});
