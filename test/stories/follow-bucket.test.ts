import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  HeadObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { Injection } from '../../emulator/faults.ts';
import { S3OutcomeArchive } from '../../lambda/adapters/journal/journal.ts';
import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import { LedgerFollowBook } from '../../lambda/adapters/state/follow-book.ts';
import { ledgerKey } from '../../lambda/adapters/state/ledger-keys.ts';
import { LedgerStoreLocks } from '../../lambda/adapters/state/store-locks.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { createKey, embedded, errorName, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';

const Bucket = 'letters';
const RESOURCE = `s3:us-east-1:${Bucket}`;
/** Whether or not S3 encodes keys in what it tells EventBridge, this is the object that is meant. */
const LATE = 'in/späť +%41.txt';
const OBJECTS = 6;

/** The tests are one story, told in order. */
describe('a bucket that is followed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-follow-bucket-'));
  const logs = join(folder, 'logs');
  let aws: Embedded;
  let [source, destination] = ['', ''];
  let migration: string;
  let book: LedgerFollowBook;
  let locks: LedgerStoreLocks;
  let [ledgerTable, journalBucket] = ['', ''];
  /** What the follower has asked KMS for, and copied. */
  let asked: string[] = [];
  let inject: (moves: boolean) => Injection | undefined = () => undefined;

  beforeAll(async () => {
    aws = await embedded({ waitScale: 0, logFolder: logs });
    [source, destination] = [await createKey(aws.kms), await createKey(aws.kms)];
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await aws.s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    const job = {
      name: 'letters',
      source: { keys: [source] },
      destination: { key: destination },
      stores: [
        { type: 's3', bucket: Bucket, prefix: 'in/', format: { type: 'object-metadata', dataKey: 'edk' } },
      ],
      follow: { buckets: [Bucket] },
    };
    mkdirSync(join(folder, 'jobs'));
    writeFileSync(join(folder, 'jobs', 'letters.json'), JSON.stringify(job));
    for (let id = 0; id < OBJECTS; id++) await write(`in/${id}`);
    await synthesize({ jobs: join(folder, 'jobs'), outdir: join(folder, 'cdk.out') });
    await aws.aws.deploy(join(folder, 'cdk.out'));
    const place = { endpoint: aws.endpoint, region: 'us-east-1' };
    ({ ledgerTable, journalBucket } = await findDeployment('KmsRewrap', place));
    book = new LedgerFollowBook(aws.dynamodb, ledgerTable);
    locks = new LedgerStoreLocks(aws.dynamodb, ledgerTable);
    aws.aws.faults.injectBy(({ caller, headers }, operation) => {
      if (!caller.arn.includes('FollowBucket')) return undefined;
      const moves = operation === 'CopyObject' && headers['x-amz-copy-source'] !== undefined;
      if (operation === 'ReEncrypt' || moves) asked.push(operation);
      return inject(moves);
    });
  }, 120_000);
  afterAll(() => aws.stop());
  beforeEach(() => {
    asked = [];
    inject = () => undefined;
  });

  /** As an application does that has not heard of the new key. */
  async function write(Key: string): Promise<void> {
    const { CiphertextBlob } = await aws.kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: source, KeySpec: 'AES_256' }),
    );
    const Metadata = { edk: Buffer.from(CiphertextBlob!).toString('base64') };
    await aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'letter', Metadata }));
  }
  const followed = () => aws.aws.messaging.mappings.idle();
  const givenUp = () =>
    aws.aws.messaging.queues.waiting().filter(({ queueArn }) => queueArn.includes('FollowGivenUp'));
  const late = async () => (await book.state('letters')).late;
  async function head(Key: string) {
    return aws.s3.send(new HeadObjectCommand({ Bucket, Key }));
  }
  /** Whether what is stored is under the destination key. */
  async function isMoved(Key: string): Promise<boolean> {
    const CiphertextBlob = Buffer.from((await head(Key)).Metadata!['edk']!, 'base64');
    const decrypt = new DecryptCommand({ CiphertextBlob, KeyId: destination });
    return (await errorName(aws.kms.send(decrypt))) === 'none';
  }
  /** As if so much time had passed that an invocation that was killed cannot be writing any more. */
  async function outliveKilled(): Promise<void> {
    const { version, followers = [] } = await locks.read(RESOURCE);
    await locks.replaceFollowers(
      RESOURCE,
      version,
      followers.map(follower => ({ ...follower, until: 0 })),
    );
  }
  /** As if so much time had passed since a run was told to stop. */
  async function outliveFence(runId: string): Promise<void> {
    await aws.dynamodb.send(
      new UpdateItemCommand({
        ...{ TableName: ledgerTable, Key: ledgerKey.control(runId) },
        UpdateExpression: 'SET fencedAt = :then',
        ExpressionAttributeValues: { ':then': { N: '0' } },
      }),
    );
  }
  async function run(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly report: Report }> {
    const { code, stdout } = await rewrap([...args, '--json'], { endpoint: aws.endpoint });
    return { code, report: JSON.parse(stdout) as Report };
  }

  it('is left alone before its migration', async () => {
    await write('in/before');
    await followed();
    expect([await isMoved('in/before'), asked, await late()]).toEqual([false, [], {}]);
  });

  it('is migrated by its run, whose writes are no late ones', async () => {
    const { code, report } = await run('run', 'letters');
    await followed();
    expect([code, report.verdict, await isMoved('in/before'), await late()]).toEqual([0, 'proven', true, {}]);
    expect(asked).not.toContain('CopyObject');
    migration = report.runId;
  });

  it('has a data key moved that comes under the old key, journalled like a run, and counted, once', async () => {
    await write(LATE);
    await followed();
    expect([await isMoved(LATE), await late()]).toEqual([true, { [source]: 1 }]);
    // Its own write comes as an event, and one of the migration may come late. A sandbox that knows nothing of these asks again, and writes nothing.
    expect([asked[0], asked.filter(call => call === 'CopyObject')]).toEqual(['ReEncrypt', ['CopyObject']]);
    expect(asked.length).toBeLessThanOrEqual(5);
    const archive = new S3OutcomeArchive(aws.s3, { bucket: journalBucket, job: 'letters' });
    const lines = [];
    for await (const line of archive.outcomesOf({ runId: `${migration}-follow`, unitId: 'follow-0' }))
      lines.push(line);
    expect(lines.filter(({ outcome }) => outcome === 'rewrapped')).toMatchObject([
      { locator: LATE, source: { keyArn: source }, destination: { keyArn: destination } },
    ]);
    const log = readdirSync(logs).find(name => name.includes('FollowBucket'))!;
    expect(readFileSync(join(logs, log), 'utf8')).toMatch(/"LateWrites":1/);
  });

  it('is shown by rewrap status, with what was late', async () => {
    const { stdout } = await rewrap(['status', '--json'], { endpoint: aws.endpoint });
    expect(JSON.parse(stdout)).toMatchObject({
      followers: [{ job: 'letters', buckets: [Bucket], stage: 'follows', late: { [source]: 1 } }],
    });
    const shown = await rewrap(['status'], { endpoint: aws.endpoint });
    expect(shown.stdout).toMatch(/^letters followed for letters since .* UTC, ends at/m);
  });

  it('costs KMS nothing when something else of an object changes', async () => {
    const { Metadata } = await head(LATE);
    await aws.s3.send(new PutObjectCommand({ Bucket, Key: LATE, Body: 'another', Metadata }));
    await followed();
    expect([await isMoved(LATE), asked]).toEqual([true, []]);
  });

  it('is followed by several invocations at a time, which move each object once', async () => {
    const keys = Array.from({ length: 40 }, (_, at) => `in/many-${at}`);
    const { [source]: before = 0 } = await late();
    await Promise.all(keys.map(write));
    await followed();
    const moved = await Promise.all(keys.map(isMoved));
    expect([moved.every(Boolean), asked.filter(call => call === 'CopyObject').length, givenUp()]).toEqual([
      true,
      keys.length,
      [],
    ]);
    expect((await late())[source]).toBe(before + keys.length);
  });

  it('is not followed beside the prefix of its store', async () => {
    await write('out/late');
    await followed();
    expect([await isMoved('out/late'), asked, aws.aws.messaging.bus.undelivered]).toEqual([false, [], []]);
  });

  it.each(['lost-request', 'lost-response'] as const)(
    'is followed to the end by the next try, if the function is killed at its write (%s)',
    async kind => {
      let killed = 0;
      inject = moves => {
        if (!moves || killed > 0) return undefined;
        killed = aws.aws.lambda.killBusy('FollowBucket');
        return { kind };
      };
      await write(`in/${kind}`);
      await followed();
      expect([killed, await isMoved(`in/${kind}`), givenUp()]).toEqual([1, true, []]);
    },
  );

  it('is left to the next run, and an alarm rings, if another job holds the bucket for as long as there are tries', async () => {
    const { version, holders } = await locks.read(RESOURCE);
    const other = { runId: 'other-1', job: 'other', mode: 'migrate', prefix: 'in/', since: '' } as const;
    expect(await locks.replace(RESOURCE, version, [...holders, other])).toBe(true);
    await write('in/given-up');
    await followed();
    expect([await isMoved('in/given-up'), asked, givenUp().length]).toEqual([false, [], 1]);
    expect(aws.aws.operations.alarms.evaluate(Date.now())).toMatchObject({
      'KmsRewrap-FollowGaveUp': 'ALARM',
    });
    expect(await locks.replace(RESOURCE, version + 1, holders)).toBe(true);
    await write('in/behind');
    await followed();
    expect(await isMoved('in/behind')).toBe(true);
  });

  it('has what was given up moved by the next run of its job', async () => {
    await outliveKilled();
    const { code, report } = await run('run', 'letters');
    await followed();
    migration = report.runId;
    expect([code, await isMoved('in/given-up')]).toEqual([0, true]);
  });

  it('has what was followed put back by a rollback of its own, and nothing else', async () => {
    await write('in/again');
    await followed();
    expect(await isMoved('in/again')).toBe(true);
    const refused = await rewrap(['rollback', `${migration}-follow`], { endpoint: aws.endpoint });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('start the rollback again')]);
    await outliveFence(`${migration}-follow`);
    const { code } = await run('rollback', `${migration}-follow`);
    await followed();
    expect([code, await isMoved('in/again'), await isMoved('in/0')]).toEqual([0, false, true]);
  });

  it('is not followed any more once its migration is rolled back', async () => {
    const { code } = await run('rollback', migration);
    await write('in/after');
    await followed();
    expect([code, await isMoved('in/after')]).toEqual([0, false]);
  });

  it('is warned of by Plan where it sends no events to EventBridge', async () => {
    const warnings = async (): Promise<string> => {
      const { stdout } = await rewrap(['plan', 'letters', '--json'], { endpoint: aws.endpoint });
      return (JSON.parse(stdout) as { readonly warnings: readonly string[] }).warnings.join('\n');
    };
    expect(await warnings()).not.toContain('EventBridge');
    const off = new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} });
    await aws.s3.send(off);
    expect(await warnings()).toContain(
      's3:us-east-1:letters: is to be followed, and does not send its events to EventBridge',
    );
  });
});
