import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { ListStateMachinesCommand, RedriveExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateKeyCommand, GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import { RunWatch } from '../../cli/deployment/run-watch.ts';
import { findDeployment, type Deployment } from '../../lambda/adapters/run/deployment.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';
import { simpleTable } from '../support/simple-table.ts';

/** A paused worker looks every 0.3 s, not every minute. With a scale of 0 it would look constantly and keep a core busy. */
const WAIT_SCALE = 0.005;
const DATA_KEYS = 12;
/** One in twelve has a data key: enough records for many pages, few enough data keys for a slow rate. */
const RECORDS = 12 * DATA_KEYS;

/** The next invocation on a unit waits until the second that the last one used is over. Here there are some fifty, of one page each. */
const HAND_OVERS_MS = 300_000;

/** Units that take many invocations. Each has five seconds, and the worker keeps five in reserve, so it does one page. */
describe('a unit longer than an invocation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-long-'));
  let aws: Embedded;
  let source: string;
  let deployment: Deployment;
  let watch: RunWatch;

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: WAIT_SCALE });
    const key = async (): Promise<string> => (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
    source = await key();
    const destination = await key();
    mkdirSync(join(folder, 'jobs'));
    const job = {
      name: 'drafts',
      source: { keys: [source] },
      destination: { key: destination },
      stores: [{ type: 'dynamodb', table: 'Drafts', format: { type: 'attribute', dataKey: 'edk' } }],
      limits: { kmsRequestsPerSecond: 16, maxConcurrency: 4 },
    };
    writeFileSync(join(folder, 'jobs', 'drafts.json'), JSON.stringify(job));
    await fillTable(source);
    await synthesize({
      jobs: join(folder, 'jobs'),
      outdir: join(folder, 'cdk.out'),
      settings: { workerTimeoutSeconds: 5 },
    });
    await aws.aws.deploy(join(folder, 'cdk.out'));
    const config = { endpoint: aws.endpoint, region: 'us-east-1' };
    deployment = await findDeployment('KmsRewrap', config);
    watch = new RunWatch(deployment, config);
  });
  afterAll(() => aws.stop());

  async function fillTable(source: string): Promise<void> {
    await simpleTable(aws.dynamodb, 'Drafts');
    for (let batch = 0; batch < DATA_KEYS; batch++) {
      const { CiphertextBlob } = await aws.kms.send(
        new GenerateDataKeyWithoutPlaintextCommand({ KeyId: source, KeySpec: 'AES_256' }),
      );
      const items = Array.from({ length: RECORDS / DATA_KEYS }, (_, index) => ({
        PutRequest: {
          Item: { id: { S: `d-${batch}-${index}` }, ...(index === 0 && { edk: { B: CiphertextBlob! } }) },
        },
      }));
      await aws.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { Drafts: items } }));
    }
  }

  const tell = (...args: readonly string[]) => rewrap(args, { endpoint: aws.endpoint });
  /** What `rewrap status` shows, without starting a process for each question. */
  const status = async (runId: string) => {
    const found = await watch.executions.status(runId);
    const plan = await watch.plan(runId);
    return { ...found, progress: plan === undefined ? [] : await watch.progress(plan) };
  };
  /** All data keys at a given number of requests per second: a run long enough to be told something on the way. */
  const start = async (mode: 'migrate' | 'census', requestsPerSecond: number): Promise<string> => {
    const slow = ['--kms-requests-per-second', String(requestsPerSecond), '--max-concurrency', '1'];
    const { stdout } = await tell('run', 'drafts', '--mode', mode, '--detach', '--json', ...slow);
    return (JSON.parse(stdout) as { readonly runId: string }).runId;
  };
  /** Asks ten times a second until the condition holds. */
  const until = async (runId: string, holds: (now: Awaited<ReturnType<typeof status>>) => boolean) => {
    for (;;) {
      const now = await status(runId);
      if (holds(now)) return now;
      if (now.state === 'failed') throw new Error(now.error?.words);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };
  const records = ({ progress }: Awaited<ReturnType<typeof status>>): number =>
    progress.reduce((sum, { books }) => sum + books.records, 0);

  async function stop(runId: string): Promise<string> {
    const { stateMachines } = await aws.states.send(new ListStateMachinesCommand({}));
    const stateMachineArn = stateMachines![0]!.stateMachineArn!;
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
    await aws.states.send(new StopExecutionCommand({ executionArn }));
    return executionArn;
  }

  describe('that is cut short by StopExecution', () => {
    let runId: string;

    it('holds its store while it runs: another run is refused with the holder, and status shows it', async () => {
      runId = await start('migrate', 3);
      await until(runId, now => records(now) > 0);
      const { code, stderr } = await tell('run', 'drafts');
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining(`is held by run ${runId} (migrate of drafts)`),
      ]);
      const { held } = JSON.parse((await tell('status', '--json')).stdout) as { readonly held: object[] };
      expect(held).toMatchObject([
        { store: 'dynamodb:us-east-1:Drafts', runId, mode: 'migrate', standing: { kind: 'live' } },
      ]);
    });

    it('continues by itself when it is redriven, still holding its store', async () => {
      const executionArn = await stop(runId);
      const before = await status(runId);
      expect([before.state, records(before)]).toEqual(['stopped', expect.any(Number)]);
      await aws.states.send(new RedriveExecutionCommand({ executionArn }));
      const later = await until(runId, now => records(now) > records(before));
      expect(later.state).toBe('running');
      expect((await tell('run', 'drafts')).code).toBe(2);
    });

    it(
      'is continued by a plain new start, which takes the store over and counts every record once',
      async () => {
        await stop(runId);
        const { code, stdout } = await tell('run', 'drafts', '--json');
        const report = JSON.parse(stdout) as Report;
        expect(report).toMatchObject({
          state: 'succeeded',
          continues: [runId],
          remaining: 0,
          stores: [{ records: RECORDS, dataKeys: DATA_KEYS, complete: true }],
        });
        // The worker that was at a page when its execution was stopped has finished that page beside the new run's worker.
        const outcomes = Object.entries(report.stores[0]!.outcomes);
        const settled = ['rewrapped', 'already-current', 'moved-by-another-writer'];
        expect(outcomes.filter(([outcome]) => !settled.includes(outcome))).toEqual([]);
        expect([outcomes.reduce((sum, [, count]) => sum + count, 0), code]).toEqual([DATA_KEYS, 0]);
        // One worker means one unit, and each invocation does one page of it.
        expect(aws.aws.lambda.invocations('MigrateUnit')).toBeGreaterThanOrEqual(3);
        expect(JSON.parse((await tell('status', '--json')).stdout)).toMatchObject({ held: [] });
      },
      HAND_OVERS_MS,
    );

    it('leaves an old key that retire-check considers finished, except for the hour that KMS may be late', async () => {
      const { code, stdout } = await tell('retire-check', source, '--jobs', join(folder, 'jobs'), '--json');
      expect(JSON.parse(stdout)).toMatchObject({
        keyArn: source,
        verdict: 'wait',
        findings: [
          {
            weight: 'note',
            about: 'dynamodb:us-east-1:Drafts edk',
            words: expect.stringContaining('nothing was left'),
          },
          { weight: 'waits', about: 'last use', words: expect.stringContaining('ask again after') },
          { weight: 'note', about: 'last use', words: expect.stringContaining('ReEncrypt') },
          { weight: 'note', about: 'server-side encryption', words: expect.stringContaining('none has') },
        ],
      });
      expect(code).toBe(1);
      expect((await tell('retire-check', 'alias/old')).code).toBe(2);
    });
  });

  describe('under way', () => {
    it('is held by rewrap pause, and continues after rewrap resume, at the rate that rewrap rate has set meanwhile', async () => {
      const runId = await start('census', 3);
      expect((await tell('pause', runId)).code).toBe(0);
      // There is one worker: since then it has looked again and again, and found the run paused.
      const asked = aws.aws.lambda.invocations('MigrateUnit');
      const held = await until(runId, () => aws.aws.lambda.invocations('MigrateUnit') > asked + 3);
      const later = aws.aws.lambda.invocations('MigrateUnit');
      const still = await until(runId, () => aws.aws.lambda.invocations('MigrateUnit') > later + 3);
      expect([still.state, records(still)]).toEqual(['running', records(held)]);
      expect(records(still)).toBeLessThan(RECORDS);
      const refused = await tell('rate', runId, '17');
      expect([refused.code, refused.stderr]).toEqual([
        2,
        expect.stringContaining('can be from 1 to 16 KMS requests a second'),
      ]);
      const bounded = await tell('rate', runId, '--write-capacity-per-second', '500', '--json');
      expect(bounded.code).toBe(0);
      expect(JSON.parse(bounded.stdout)).toMatchObject({ runId, writeCapacityPerSecond: 500 });
      expect((await tell('rate', runId)).code).toBe(2);
      const told = await tell('rate', runId, '16', '--json');
      expect(told.stderr).toContain('keep to 16 KMS requests a second instead of 3');
      expect(told.code).toBe(0);
      expect(JSON.parse(told.stdout)).toMatchObject({ runId, before: 3, requestsPerSecond: 16 });
      expect(JSON.parse((await tell('status', runId, '--json')).stdout)).toMatchObject({
        rate: {
          requestsPerSecond: 16,
          words: expect.stringContaining('from 3 to 16'),
          regions: [{ region: 'us-east-1' }],
        },
      });
      expect((await tell('resume', runId)).code).toBe(0);
      expect(records(await until(runId, ({ state }) => state === 'succeeded'))).toBe(RECORDS);
      expect((await tell('pause', runId)).code).toBe(2);
      expect((await tell('rate', runId, '8')).code).toBe(2);
      const { warnings } = JSON.parse((await tell('report', runId, '--json')).stdout) as Report;
      expect(warnings).toContain('its rate was changed while it ran: from 3 to 16 KMS requests a second');
      expect(warnings).toContain(
        'its limit was changed while it ran: from none to 500 write units a second of each table',
      );
    });

    it('goes on when the command that follows it is interrupted, which says how to find it again', async () => {
      const args = ['run', 'drafts', '--mode', 'census', '--max-concurrency', '1'];
      const slow = ['--kms-requests-per-second', '1'];
      const following = { endpoint: aws.endpoint, interruptAfter: /Migrate \d/ };
      const { code, stdout, stderr } = await rewrap([...args, ...slow], following);
      const [, runId = ''] = /^run (\S+) started$/m.exec(stderr) ?? [];
      const words = `run ${runId} goes on: rewrap watch ${runId} follows it, rewrap stop ${runId} ends it`;
      expect([code, stdout, stderr.trim().split('\n').at(-1)]).toEqual([4, '', words]);
      expect((await status(runId)).state).toBe('running');
      expect((await tell('stop', runId)).code).toBe(0);
      await until(runId, ({ state }) => state !== 'running').catch(() => undefined);
    });

    it('is ended by rewrap stop, with a report that does not say what is left', async () => {
      const runId = await start('census', 1);
      expect((await tell('stop', runId)).code).toBe(0);
      for (;;) {
        const { state, error } = await status(runId);
        if (state === 'running') continue;
        expect([state, error?.words]).toEqual(['failed', expect.stringContaining('stopped by an operator')]);
        break;
      }
      const { code, stdout } = await tell('watch', runId, '--json');
      expect([code, (JSON.parse(stdout) as Report).remaining]).toEqual([3, null]);
    });
  });
});
