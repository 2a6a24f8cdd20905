import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { TrailInBucket } from '../../lambda/adapters/trail/trail-in-bucket.ts';
import { TrailInFolder } from '../../lambda/adapters/trail/trail-in-folder.ts';
import type { TrailSource } from '../../lambda/adapters/trail/trail-source.ts';
import type { RecordRead } from '../../lambda/core/key-users/kms-event.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { rewrap, type CliResult } from '../support/rewrap-cli.ts';
import { record } from '../support/trail-records.ts';

const ACCOUNT = '111122223333';
const FROM = Date.UTC(2026, 10, 19, 12);
const INTERVAL = { account: ACCOUNT, region: 'us-east-1', from: FROM };
const WHOLE = gzipSync(JSON.stringify({ Records: [record('Decrypt'), record('DescribeKey')] }));

/** A log file in the folder of its day, and its name. */
function path(name: string, { account = ACCOUNT, region = 'us-east-1', day = '20' } = {}): string {
  return `AWSLogs/${account}/CloudTrail/${region}/2026/11/${day}/${account}_CloudTrail_${region}_202611${day}T1005Z_${name}.json.gz`;
}

/** What lies in a trail, and what of it is asked for. */
const FILES: Readonly<Record<string, Buffer>> = {
  ...Object.fromEntries(['A', 'B', 'C', 'D', 'E'].map(name => [path(name), WHOLE])),
  [path('Later', { day: '21' })]: WHOLE,
  [path('Before', { day: '18' })]: WHOLE,
  [path('There', { region: 'eu-west-1' })]: WHOLE,
  [path('Theirs', { account: '444455556666' })]: WHOLE,
  [path('x').replace('CloudTrail/', 'CloudTrail-Digest/').replace('_CloudTrail_', '_CloudTrail-Digest_')]:
    WHOLE,
};
const ASKED = ['A', 'B', 'C', 'D', 'E'].map(name => path(name)).concat(path('Later', { day: '21' }));

const folder = mkdtempSync(join(tmpdir(), 'rewrap-trail-files-'));
let aws: Embedded;
let clients: AwsClients;
beforeAll(async () => {
  // So few entries in a page that every listing has several.
  aws = await embedded({ s3PageSize: 2 });
  clients = new AwsClients({ endpoint: aws.endpoint, region: 'us-east-1' });
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'trails' }));
  for (const [name, body] of Object.entries(FILES)) {
    await put(`one/${name}`, body);
    write(`one/${name}`, body);
  }
});
afterAll(async () => {
  await aws.stop();
  rmSync(folder, { recursive: true, force: true });
});

const put = (Key: string, Body: Buffer) => aws.s3.send(new PutObjectCommand({ Bucket: 'trails', Key, Body }));
function write(name: string, body: Buffer): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), body);
}
const inBucket = (prefix: string) => new TrailInBucket(clients.s3('us-east-1'), { bucket: 'trails', prefix });
const names = async (source: TrailSource): Promise<readonly string[]> =>
  (await source.list(INTERVAL)).files.map(({ path: one }) => one.slice(one.indexOf('AWSLogs/'))).sort();

describe('the log files of a trail', () => {
  it.each(['one', 'one/', 'one/AWSLogs/', `one/AWSLogs/${ACCOUNT}/CloudTrail/`])(
    'in a bucket are those of the account, the Region and the time, from s3://trails/%s',
    async prefix => expect(await names(inBucket(prefix))).toEqual(ASKED),
  );

  it('in a folder are the same, whatever folders they lie in', async () => {
    expect(await names(new TrailInFolder(folder))).toEqual(ASKED);
    expect(await names(new TrailInFolder(join(folder, 'one', 'AWSLogs', ACCOUNT)))).toHaveLength(6);
  });

  it('of an organization lie below its id, beside those of many accounts', async () => {
    const organizations = ['o-aaaaaaaaaa', 'o-bbbbbbbbbb', 'o-cccccccccc'];
    const theirs = organizations.map(
      id => `many/${path(id.slice(-1)).replace('AWSLogs/', `AWSLogs/${id}/`)}`,
    );
    for (const key of theirs) await put(key, WHOLE);
    for (const account of ['000000000001', '000000000002', '000000000003'])
      await put(`many/${path('x', { account })}`, WHOLE);
    const { files, requests } = await inBucket('many').list(INTERVAL);
    expect(files.map(({ path: one }) => one).sort()).toEqual([...theirs].sort());
    expect(requests).toBeGreaterThan(4);
  });

  const read = async (source: TrailSource, file: string) => {
    const records: RecordRead[] = [];
    const name = { account: ACCOUNT, region: 'us-east-1', deliveredAt: 0, size: 0 };
    return { outcome: await source.read({ ...name, path: file }, one => records.push(one)), records };
  };

  it('are read record by record', async () => {
    const { outcome, records } = await read(inBucket('one'), `one/${path('A')}`);
    expect([outcome, records.map(({ kind }) => kind)]).toEqual([{ kind: 'whole' }, ['use', 'of-kms']]);
    write('plain.json', Buffer.from(JSON.stringify({ Records: [record('Encrypt')] })));
    expect((await read(new TrailInFolder(folder), join(folder, 'plain.json'))).records).toHaveLength(1);
  });

  it.each<[string, Buffer | undefined, string, number]>([
    ['cut off', WHOLE.subarray(0, WHOLE.length - 20), 'is cut off', 1],
    ['altered', Buffer.from('no gzip'), 'is altered', 0],
    ['of something else', gzipSync('{"logFiles":[]}'), 'is no whole log file', 0],
    [
      'without an end',
      gzipSync(`{"Records":[${JSON.stringify(record('Decrypt'))}`),
      'is no whole log file',
      1,
    ],
    ['gone since it was listed', undefined, 'is gone', 0],
  ])('say so when they are %s', async (name, body, reason, most) => {
    const key = `damaged/${name}.json.gz`;
    if (body !== undefined) await put(key, body);
    const { outcome, records } = await read(inBucket('damaged'), key);
    expect(outcome).toEqual({ kind: 'damaged', reason: expect.stringContaining(reason) });
    expect(records.length).toBeLessThanOrEqual(most);
  });

  it('that may not be read end the command, because nobody can know what is in them', async () => {
    aws.aws.faults.inject({
      service: 's3',
      operation: 'GetObject',
      error: 'AccessDenied',
      status: 403,
      count: 1,
    });
    await expect(read(inBucket('one'), `one/${path('A')}`)).rejects.toThrow('AccessDenied');
  });
});

describe('retire-check', () => {
  let key: string;
  beforeAll(async () => {
    key = await createKey(aws.kms);
    const job = {
      ...{ name: 'orders', source: { keys: [key] }, destination: { key: await createKey(aws.kms) } },
      stores: [{ type: 'dynamodb', table: 'Orders', format: { type: 'attribute', dataKey: 'edk' } }],
      limits: { kmsRequestsPerSecond: 10, maxConcurrency: 1 },
    };
    write('jobs/orders.json', Buffer.from(JSON.stringify(job)));
  });
  const ask = (...args: readonly string[]): Promise<CliResult> =>
    rewrap(['retire-check', key, '--jobs', join(folder, 'jobs'), ...args], { endpoint: aws.endpoint });

  it('says what reading costs at most before it reads, and reads nothing beyond the budget', async () => {
    const asked = ['--trail', 's3://trails/one', '--trail-days', '3000'];
    const objectsRead = (): number =>
      aws.aws.meter
        .read()
        .requests.filter(({ operation }) => operation === 'GetObject')
        .reduce((sum, { requests }) => sum + requests, 0);
    aws.aws.meter.reset();
    const shown = await ask(...asked);
    expect(objectsRead()).toBe(7);
    expect(shown.stderr).toMatch(
      /7 log files of account 111122223333 in us-east-1, 0\.0 MB: \d+ requests that only read, for at most \$0\.01/,
    );
    expect(shown.code).toBe(1);
    aws.aws.meter.reset();
    const refused = await ask(...asked, '--budget', '0');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('the budget is $0: raise --budget'),
    ]);
    expect(objectsRead()).toBe(0);
  });

  it('names the option where the bucket is in another Region', async () => {
    const there = new S3Client({ endpoint: aws.endpoint, region: 'eu-west-1' });
    await there.send(new CreateBucketCommand({ Bucket: 'far-trail' }));
    there.destroy();
    const { code, stderr } = await ask('--trail', 's3://far-trail');
    expect([code, stderr]).toEqual([2, expect.stringContaining('name it with --trail-region')]);
    const { stdout } = await ask('--trail', 's3://far-trail', '--trail-region', 'eu-west-1');
    expect(stdout).toContain('it has no log file of this account and Region');
  });

  it('refuses what is neither a bucket nor a folder', async () => {
    const { code, stderr } = await ask('--trail', join(folder, 'nowhere'));
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('is no folder here: write s3://BUCKET/PREFIX'),
    ]);
  });
});
