import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DisableKeyCommand, EnableKeyCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeys, type Keys } from '../../examples/orders-app/create-keys.ts';
import { readOrders } from '../../examples/orders-app/read-orders.ts';
import { TABLE, writeOrders } from '../../examples/orders-app/write-orders.ts';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { snapshot } from '../support/orders.ts';
import { rewrap, type CliResult } from '../support/rewrap-cli.ts';

/** The whole service: job file, synthesized stack, bundled functions, CLI. The tests are one story, told in order. */
describe('a migration, end to end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-e2e-'));
  const logFolder = join(folder, 'logs');
  let aws: Embedded;
  let keys: Keys;
  let flawed: ReadonlySet<string>;

  beforeAll(async () => {
    await synthesize({ jobs: 'examples/jobs', outdir: join(folder, 'cdk.out') });
    // Pages of 25 keys, so that every listing has to be continued; no waiting in Step Functions' retries.
    aws = await embedded({ logFolder, s3PageSize: 25, waitScale: 0 });
    await aws.aws.deploy(join(folder, 'cdk.out'));
    keys = await createKeys(aws);
    ({ flawed } = await writeOrders(aws, keys, { orders: 210, documents: 60 }));
  });
  afterAll(() => aws.stop());

  const run = (...args: readonly string[]): Promise<CliResult> =>
    rewrap(['run', 'orders', '--json', ...args], { endpoint: aws.endpoint });
  const reportOf = ({ stdout }: CliResult): Report => JSON.parse(stdout) as Report;
  const outcomes = ({ stores }: Report) => stores.map(store => store.outcomes);
  const ORDERS = { 'foreign-key': 6, unreadable: 9 };
  const DOCUMENTS = { 'foreign-key': 4, unreadable: 3 };

  it('is planned without changing anything', async () => {
    const { code, stdout } = await rewrap(['plan', 'orders', '--json'], { endpoint: aws.endpoint });
    expect(JSON.parse(stdout)).toMatchObject({ room: { deployment: 'KmsRewrap', fits: true } });
    expect((JSON.parse(stdout) as { room: { more: number } }).room.more).toBeGreaterThan(20);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      job: 'orders',
      sources: [{ keyArn: keys.old }],
      destination: { keyArn: keys.new },
      route: { type: 'direct', why: 'the job names it; all keys are in us-east-1' },
    });
  });

  it('means the same job by a file and by its name: a file that differs from what is deployed is refused', async () => {
    const job = JSON.parse(readFileSync('examples/jobs/orders.json', 'utf8')) as {
      stores: { prefix?: string }[];
      limits: object;
    };
    job.stores[1]!.prefix = '2025/';
    job.limits = { ...job.limits, maxConcurrency: 2 };
    const file = join(mkdtempSync(join(tmpdir(), 'edited-')), 'orders.json');
    writeFileSync(file, JSON.stringify(job));
    for (const command of ['plan', 'run']) {
      const { code, stderr } = await rewrap([command, file], { endpoint: aws.endpoint });
      expect([command, code]).toEqual([command, 2]);
      expect(stderr).toContain('stores[1].prefix: "2025/" in the file, "2026/" deployed');
      expect(stderr).toContain('limits.maxConcurrency: 2 in the file, 4 deployed');
    }
    const { stdout } = await rewrap(['plan', 'examples/jobs/orders.json', '--json'], {
      endpoint: aws.endpoint,
    });
    expect(JSON.parse(stdout)).toMatchObject({ deployed: true, notChecked: expect.arrayContaining([]) });
  });

  it('is counted by a census that changes nothing', async () => {
    const before = await snapshot(aws);
    const result = await run('--mode', 'census');
    expect(result.code).toBe(1);
    expect(outcomes(reportOf(result))).toEqual([
      { 'to-rewrap': 190, ...ORDERS },
      { 'to-rewrap': 51, ...DOCUMENTS },
    ]);
    // What cannot be read is in doubt, too: 9 orders and 3 documents.
    expect(reportOf(result).remaining).toBe(241 + 9 + 3);
    expect(await snapshot(aws)).toEqual(before);
  });

  it('goes on when its workers are killed, loses nothing and counts nothing twice', async () => {
    const before = await snapshot(aws);
    const running = run('--kms-requests-per-second', '60');
    let killed = 0;
    for (let tries = 0; killed < 2 && tries < 400; tries++) {
      await new Promise(resolve => setTimeout(resolve, 50));
      // Not before a checkpoint could have been written: this test is about killing workers half-way.
      if (aws.aws.lambda.busy('MigrateUnit') > 0 && logged() > 0)
        killed += aws.aws.lambda.killBusy('MigrateUnit');
    }
    expect(killed).toBeGreaterThanOrEqual(2);
    const report = reportOf(await running);
    expect(report).toMatchObject({ state: 'succeeded', verdict: 'not-proven', remaining: 9 + 3 });
    for (const store of report.stores) {
      expect(store.complete).toBe(true);
      expect(Object.values(store.outcomes).reduce((sum, count) => sum + count, 0)).toBe(store.dataKeys);
    }
    expect(report.stores.map(({ records, dataKeys }) => [records, dataKeys])).toEqual([
      [210, 205],
      [60, 58],
    ]);
    const moved = report.stores.map(
      store => (store.outcomes.rewrapped ?? 0) + (store.outcomes['already-current'] ?? 0),
    );
    expect(moved).toEqual([190, 51]);
    const after = await snapshot(aws);
    for (const name of flawed) expect(after.get(name)).toBe(before.get(name));
  });

  it('names source and destination key material with the data keys under each', async () => {
    const { stdout } = await rewrap(['status', '--json'], { endpoint: aws.endpoint });
    const [latest] = (JSON.parse(stdout) as { runs: { runId: string; state: string }[] }).runs;
    expect(latest?.state).toBe('succeeded');
    const html = join(folder, 'report.html');
    const result = await rewrap(['report', latest!.runId, '--json', '--html', html], {
      endpoint: aws.endpoint,
    });
    const { keyMaterials, failures } = reportOf(result);
    expect(keyMaterials.find(({ keyArn }) => keyArn === keys.old)).toMatchObject({
      after: 0,
      keyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(keyMaterials.find(({ keyArn }) => keyArn === keys.new)).toMatchObject({ after: 241 });
    expect(failures).toHaveLength(22);
    expect(readFileSync(html, 'utf8')).toContain('12 data keys may still need a source key');
    expect(result.code).toBe(1);
  });

  it('names every data key that is not proven, as CSV in a file and as JSON lines', async () => {
    const { stdout } = await rewrap(['status', '--json'], { endpoint: aws.endpoint });
    const [latest] = (JSON.parse(stdout) as { runs: { runId: string }[] }).runs;
    const csv = join(folder, 'unproven.csv');
    const args = ['report', latest!.runId, '--failures'];
    const written = await rewrap([...args, csv], { endpoint: aws.endpoint });
    expect(written.stderr).toContain('22 data keys, all that the report counts');
    expect(written.code).toBe(1);
    const rows = readFileSync(csv, 'utf8').split('\r\n');
    expect(rows).toHaveLength(1 + 22 + 1);
    const lines = await rewrap([...args, '-', '--json'], { endpoint: aws.endpoint });
    const named = lines.stdout
      .trim()
      .split('\n')
      .map(one => JSON.parse(one) as Record<string, unknown>);
    expect(named).toHaveLength(22);
    expect(Object.keys(named[0]!)).toEqual(['store', 'locator', 'slot', 'outcome', 'reason', 'pass']);
    const printed = await rewrap([...args, '-'], { endpoint: aws.endpoint });
    expect(printed.stdout.trim().split('\n')).toHaveLength(1 + 22);
  });

  it('announces its end by an event, from the role of Report', () => {
    expect(
      aws.aws.events.map(({ detailType, detail }) => [detailType, (detail as { mode: string }).mode]),
    ).toEqual([
      ['Run Started', 'census'],
      ['Run Finished', 'census'],
      ['Run Started', 'migrate'],
      ['Run Finished', 'migrate'],
    ]);
    expect(aws.aws.events.at(-1)).toMatchObject({
      source: 'kms-rewrap',
      detailType: 'Run Finished',
      detail: {
        job: 'orders',
        state: 'succeeded',
        verdict: 'not-proven',
        remaining: 9 + 3,
        report: expect.stringMatching(/^s3:.*report\.json$/),
      },
      callerArn: expect.stringContaining('FunctionsReportRole'),
    });
  });

  it('leaves every sound record readable under the new key with the old key disabled', async () => {
    await aws.kms.send(new DisableKeyCommand({ KeyId: keys.old }));
    const records = await readOrders(aws);
    const sound = records.filter(({ name }) => !flawed.has(name));
    expect(sound).toHaveLength(241);
    expect(sound.filter(({ opened, keyArn }) => !opened || keyArn !== keys.new)).toEqual([]);
    await aws.kms.send(new EnableKeyCommand({ KeyId: keys.old }));
  });

  it('writes nothing in a second run', async () => {
    const before = await snapshot(aws);
    const report = reportOf(await run());
    expect(outcomes(report)).toEqual([
      { 'already-current': 190, ...ORDERS },
      { 'already-current': 51, ...DOCUMENTS },
    ]);
    expect(await snapshot(aws)).toEqual(before);
    // What the first run has moved rests on its journal. KMS is asked about what it could not move, and about a sample.
    expect(report.kms.requests).toBeLessThan(205 + 58);
    expect(report.restsOn).toBeDefined();
  });

  it('finds, in a separate verify run, what a writer has put under the old key since', async () => {
    const victim = [...(await snapshot(aws)).keys()].find(
      name => name.startsWith('o-') && !flawed.has(name),
    )!;
    await writeUnderOldKey(victim);
    const report = reportOf(await run('--mode', 'verify'));
    // Without a migrate pass of its own, a verify run cannot know which of the others are foreign, so it counts them.
    expect(report).toMatchObject({ mode: 'verify', state: 'succeeded', remaining: 9 + 3 + 6 + 4 + 1 });
    expect(report.failures.map(({ locator }) => locator)).toContain(
      JSON.stringify({ orderId: { S: victim } }),
    );
  });

  async function writeUnderOldKey(orderId: string): Promise<void> {
    const { CiphertextBlob } = await aws.kms.send(
      new GenerateDataKeyCommand({ KeyId: keys.old, KeySpec: 'AES_256' }),
    );
    await aws.dynamodb.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: { orderId: { S: orderId } },
        UpdateExpression: 'SET envelope.dataKey = :edk',
        ExpressionAttributeValues: { ':edk': { B: CiphertextBlob! } },
      }),
    );
  }

  it('keeps plaintexts, data keys and context values out of every log', () => {
    const logs = readdirSync(logFolder).map(file => readFileSync(join(logFolder, file), 'utf8'));
    const named = logs
      .join('')
      .split('\n')
      .filter(line => line.includes('"message":"data keys"'))
      .map(line => JSON.parse(line) as { readonly dataKeys: number });
    expect(named.reduce((sum, { dataKeys }) => sum + dataKeys, 0)).toBeGreaterThan(1_000);
    for (const secret of ['acme', 'globex', 'initech', 'umbrella', 'AQICAH'])
      for (const log of logs) expect(log).not.toContain(secret);
  });

  it.each([
    [
      'a job that is not deployed',
      ['run', 'order'],
      'job = "order": is no job of this deployment; write one of: orders',
    ],
    [
      'more than the limits of the job',
      ['run', 'orders', '--max-concurrency', '99'],
      'limits.maxConcurrency = 99: is above the limit 4 of the job orders',
    ],
  ])('is refused in Plan for %s, with exit code 2', async (_, args, words) => {
    const { code, stderr } = await rewrap(args, { endpoint: aws.endpoint });
    expect(stderr).toContain(words);
    expect(code).toBe(2);
    // As loud as a run that fails later: nobody may be watching a schedule.
    expect(aws.aws.events.at(-1)).toMatchObject({
      detailType: 'Run Finished',
      detail: { state: 'failed', verdict: 'failed', remaining: null, error: expect.stringContaining(words) },
    });
  });

  it('is refused if nothing is deployed, with exit code 2', async () => {
    const { code, stderr } = await rewrap([
      'run',
      'orders',
      '--region',
      'ap-south-1',
      '--endpoint-url',
      aws.endpoint,
    ]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('stack KmsRewrap is not deployed in this account and Region'),
    ]);
  });

  it('is refused while a key is disabled, with exit code 2', async () => {
    await aws.kms.send(new DisableKeyCommand({ KeyId: keys.new }));
    const { code, stderr } = await rewrap(['run', 'orders'], { endpoint: aws.endpoint });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        'destination.key = "arn:aws:kms:us-east-1:111122223333:alias/orders-2026": is disabled; enable it',
      ),
    ]);
    await aws.kms.send(new EnableKeyCommand({ KeyId: keys.new }));
  });

  it('stops at once when a key is disabled while it runs, and says which call and what to do, with exit code 3', async () => {
    // 210 data keys at 40 a second: five seconds in which to disable the key.
    const running = run('--kms-requests-per-second', '40', '--mode', 'census');
    for (let tries = 0; aws.aws.lambda.busy('MigrateUnit') === 0 && tries < 400; tries++)
      await new Promise(resolve => setTimeout(resolve, 20));
    await aws.kms.send(new DisableKeyCommand({ KeyId: keys.new }));
    const result = await running;
    expect(result.code).toBe(3);
    expect(reportOf(result)).toMatchObject({
      state: 'failed',
      remaining: null,
      error: expect.stringMatching(
        /kms:ReEncrypt from .* to .*: DisabledException: .* is disabled.*enable the key/,
      ),
    });
    await aws.kms.send(new EnableKeyCommand({ KeyId: keys.new }));
  });

  /** The number of bytes that the migrate workers have logged. A worker logs once a page is accounted for. */
  function logged(): number {
    const files = readdirSync(logFolder).filter(file => file.includes('MigrateUnit'));
    return files.reduce((sum, file) => sum + statSync(join(logFolder, file)).size, 0);
  }
});
