import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';
import { simpleTable } from '../support/simple-table.ts';

const WORKERS = 16;
const SLOTS = 2;

/**
 * Step Functions runs its time 1,000 times as fast: the second or so that a worker takes here stands for a worker of a
 * quarter of an hour.
 */
describe('a run with fewer slots of Lambda than workers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-quota-'));
  let aws: Embedded;

  beforeAll(async () => {
    aws = await embedded({ lambdaConcurrency: 0, waitScale: 0.001, logFolder: join(folder, 'logs') });
    const key = async (): Promise<string> => (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
    const source = await key();
    const job = {
      name: 'letters',
      source: { keys: [source] },
      destination: { key: await key() },
      stores: [{ type: 'dynamodb', table: 'Letters', format: { type: 'attribute', dataKey: 'edk' } }],
      limits: { kmsRequestsPerSecond: 3 * WORKERS, maxConcurrency: WORKERS },
    };
    mkdirSync(join(folder, 'jobs'));
    writeFileSync(join(folder, 'jobs', 'letters.json'), JSON.stringify(job));
    await fillTable(source);
    await synthesize({ jobs: join(folder, 'jobs'), outdir: join(folder, 'cdk.out') });
    await aws.aws.deploy(join(folder, 'cdk.out'));
  });
  afterAll(() => aws.stop());

  async function fillTable(source: string): Promise<void> {
    await simpleTable(aws.dynamodb, 'Letters');
    for (let index = 0; index < 3 * WORKERS; index++) {
      const { CiphertextBlob } = await aws.kms.send(
        new GenerateDataKeyWithoutPlaintextCommand({ KeyId: source, KeySpec: 'AES_256' }),
      );
      const Item = { id: { S: `l-${index}` }, edk: { B: CiphertextBlob! } };
      await aws.dynamodb.send(new PutItemCommand({ TableName: 'Letters', Item }));
    }
  }

  it('waits, first for a slot for Plan, then its workers for each other, and ends like any other', async () => {
    const { lambda } = aws.aws;
    const run = { ended: false };
    const running = rewrap(['run', 'letters', '--json'], { endpoint: aws.endpoint }).finally(
      () => (run.ended = true),
    );
    // Others hold every slot of the account for longer than a failure of Lambda is retried.
    while (!run.ended && lambda.throttled() <= 12) await new Promise(resolve => setTimeout(resolve, 100));
    expect(lambda.invocations()).toBe(0);
    lambda.limitTo(SLOTS);
    const { code, stdout, stderr } = await running;
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ state: 'succeeded', verdict: 'proven', remaining: 0 });
    expect(report.stores).toMatchObject([{ dataKeys: 3 * WORKERS, complete: true }]);
    expect(lambda.invocations('MigrateUnit')).toBeGreaterThanOrEqual(WORKERS);
    expect(lambda.throttled()).toBeGreaterThan(WORKERS);
  });

  it('that fails because a worker dies again and again says which, and what to do', async () => {
    const { lambda, faults } = aws.aws;
    lambda.limitTo(64);
    faults.injectBy((_, operation) =>
      operation === 'Scan' && lambda.killBusy('VerifyUnit') > 0 ? { kind: 'no-answer' } : undefined,
    );
    const options = ['--mode', 'verify', '--max-concurrency', '1', '--json'];
    const { code, stdout } = await rewrap(['run', 'letters', ...options], { endpoint: aws.endpoint });
    const { state, remaining, error } = JSON.parse(stdout) as Report;
    expect([code, state, remaining]).toEqual([3, 'failed', null]);
    expect(error).toMatch(
      /^Lambda ended VerifyUnit \(.*Runtime exited with error.*\), most likely for want of/,
    );
  });
});
