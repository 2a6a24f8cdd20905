import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { StartExecutionCommand, DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import type { DuckDBConnection } from '@duckdb/node-api';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import { createKeys } from '../../examples/orders-app/create-keys.ts';
import { writeOrders } from '../../examples/orders-app/write-orders.ts';
import { findDeployment, type Deployment } from '../../lambda/adapters/run/deployment.ts';
import { RUN_EVENTS } from '../../lambda/core/report/run-event-schemas.ts';
import { EXAMPLE_QUERIES } from '../../lib/athena/example-queries.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { fieldsOf, journalIn, type GlueTable, type JournalObject } from '../support/journal-in-duckdb.ts';
import { rewrap } from '../support/rewrap-cli.ts';

const EXAMPLE_RUN = 'orders-migrate-20261121T080000Z-1a2b';
const EXAMPLE_RECORD = '{"orderId":{"S":"o-000042"}}';
/** Trino makes a column of each field of a row that it unnests. In DuckDB a function of its own does that. */
const UNNESTED = /CROSS JOIN UNNEST\(datakeys\) AS data_key \(([^)]*)\)/;

/** What an operator sees in AWS, of functions that run. The tests are one story, told in order. */
describe('a deployment in operation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-operations-'));
  let aws: Embedded;
  let deployment: Deployment;

  beforeAll(async () => {
    const settings = {
      notify: ['security@example.com'],
      journalReaders: ['arn:aws:iam::111122223333:user/local'],
    };
    await synthesize({ jobs: 'examples/jobs', outdir: join(folder, 'cdk.out'), settings });
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0 });
    await aws.aws.deploy(join(folder, 'cdk.out'));
    deployment = await findDeployment('KmsRewrap', { endpoint: aws.endpoint, region: 'us-east-1' });
    await writeOrders(aws, await createKeys(aws), { orders: 60, documents: 10 });
  });
  afterAll(() => aws.stop());

  /** Alarms of the Region that ring now, by the port. */
  async function ringing(): Promise<readonly string[]> {
    const answer = await fetch(`${aws.endpoint}/_embedded/alarms`);
    const { alarms } = (await answer.json()) as { alarms: Record<string, string> };
    return Object.keys(alarms).filter(name => alarms[name] === 'ALARM');
  }

  async function execution(input: object): Promise<{ status?: string; cause?: string }> {
    const { stateMachineArn } = deployment;
    const start = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
    const { executionArn } = await aws.states.send(start);
    for (;;) {
      const { status, cause } = await aws.states.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') return { status: status!, ...(cause !== undefined && { cause }) };
      await sleep(50);
    }
  }

  it('rings at a refusal, names its paragraph, and tells whoever is to be told', async () => {
    const { status, cause } = await execution({ job: 'nonsense', mode: 'migrate' });
    expect(status).toBe('FAILED');
    expect(cause).toContain('docs/runbook.md says more about plan.input');
    expect(await ringing()).toEqual(['KmsRewrap-RunFailed', 'KmsRewrap-RunRefused']);
    expect(aws.aws.operations.topics.published.map(({ to }) => to)).toEqual([
      ['security@example.com'],
      ['security@example.com'],
    ]);
  });

  it('looks, once a day, for what does not happen, and starts nothing', async () => {
    const watch = aws.aws.schedules
      .all()
      .find(({ targetArn, region }) => region === 'us-east-1' && targetArn.includes(':function:'))!;
    const executions = aws.aws.events.length;
    expect(aws.aws.schedules.fire(watch)).toEqual({ kind: 'started' });
    for (let tries = 0; tries < 200 && !logOf('Plan').includes('RunsOverdue'); tries++) await sleep(50);
    expect(logOf('Plan')).toContain('"RunsOverdue":0,"SchedulesMissed":0');
    expect(aws.aws.operations.alarms.evaluate(Date.now())).toMatchObject({ 'KmsRewrap-RunOverdue': 'OK' });
    expect(aws.aws.events).toHaveLength(executions);
  });

  it('lists a run that its schedule has started by name, whichever delivery it is', async () => {
    const orders = aws.aws.schedules.all().find(({ input }) => input.includes('orders-migrate-'))!;
    for (let delivery = 0; delivery < 2; delivery++)
      expect(aws.aws.schedules.fire(orders)).toEqual({ kind: 'started' });
    const { stdout } = await rewrap(['status', '--json'], { endpoint: aws.endpoint });
    const { runs } = JSON.parse(stdout) as { readonly runs: readonly Record<string, unknown>[] };
    const [second, first] = runs;
    expect(second?.['runId']).not.toBe(first?.['runId']);
    for (const run of [second, first])
      expect(run).toMatchObject({
        runId: expect.stringMatching(/^orders-migrate-[0-9a-f]{16}$/),
        ...{ job: 'orders', mode: 'migrate', startedBy: 'schedule', remaining: null },
        scheduledFor: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      });
    const { stdout: text } = await rewrap(['status'], { endpoint: aws.endpoint });
    expect(text).toMatch(
      /^ {2}orders migrate, by its schedule for 20\d\d-.* UTC, started .*remaining: unknown$/m,
    );
  });

  it('rings at what a migration leaves, and announces what it documents', async () => {
    const { stdout } = await rewrap(['run', 'orders', '--json'], { endpoint: aws.endpoint });
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'not-proven' });
    expect(await ringing()).toContain('KmsRewrap-LeftoversFound');
    expect(aws.aws.events.map(({ detailType }) => detailType)).toEqual([
      ...['Run Refused', 'Run Finished', 'Run Started', 'Run Finished'],
    ]);
    for (const { source, detailType, detail } of aws.aws.events) {
      expect(source).toBe('kms-rewrap');
      const schema = RUN_EVENTS[detailType as keyof typeof RUN_EVENTS];
      // What is documented, and nothing that is not.
      expect(z.strictObject(schema.shape).safeParse(detail)).toMatchObject({ success: true });
    }
  });

  describe('and its journal, by the queries that are deployed with it', () => {
    let tables: readonly GlueTable[];
    let connection: DuckDBConnection;
    let run: string;
    let record: string;

    beforeAll(async () => {
      tables = glueTables();
      const objects = await journalObjects();
      run = /\/run=([^/]+)\//.exec(objects[0]!.key)![1]!;
      connection = await journalIn(tables, objects);
      const [first] = await rows(`SELECT locator FROM intents WHERE store LIKE 'dynamodb%' LIMIT 1`);
      record = String(first!['locator']);
    });
    afterAll(() => connection.closeSync());

    function logicalTemplate(): {
      readonly Resources: Readonly<Record<string, { Type: string; Properties: unknown }>>;
    } {
      const file = join(folder, 'cdk.out', 'KmsRewrap-us-east-1.template.json');
      return JSON.parse(readFileSync(file, 'utf8')) as ReturnType<typeof logicalTemplate>;
    }

    function glueTables(): readonly GlueTable[] {
      return Object.values(logicalTemplate().Resources)
        .filter(({ Type }) => Type === 'AWS::Glue::Table')
        .map(({ Properties }) => {
          const { TableInput } = Properties as {
            TableInput: { Name: string; StorageDescriptor: { Columns: GlueTable['columns'] } };
          };
          return { name: TableInput.Name, columns: TableInput.StorageDescriptor.Columns };
        });
    }

    async function journalObjects(): Promise<readonly JournalObject[]> {
      const Bucket = deployment.journalBucket;
      const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket }));
      return Promise.all(
        Contents.map(async ({ Key }) => {
          const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }));
          return { key: Key!, body: await Body!.transformToByteArray() };
        }),
      );
    }

    async function rows(sql: string): Promise<readonly Record<string, unknown>[]> {
      return (await connection.runAndReadAll(sql)).getRowObjectsJson();
    }

    const answer = (name: string): Promise<readonly Record<string, unknown>[]> => {
      const { query } = EXAMPLE_QUERIES.find(one => one.name === name)!;
      return rows(
        query
          .replace(EXAMPLE_RUN, run)
          .replace(EXAMPLE_RECORD, record)
          .replace(UNNESTED, 'CROSS JOIN (SELECT UNNEST(datakeys, max_depth := 2))'),
      );
    };
    const count = (of: readonly Record<string, unknown>[]): number =>
      of.reduce((sum, one) => sum + Number(one['data_keys']), 0);

    it('outcomes-of-a-run counts every data key of the report, by store and outcome', async () => {
      const { stdout } = await rewrap(['report', run, '--json'], { endpoint: aws.endpoint });
      const { stores } = JSON.parse(stdout) as {
        stores: { store: string; outcomes: Record<string, number> }[];
      };
      const expected = stores.flatMap(({ store, outcomes }) =>
        Object.entries(outcomes).map(([outcome, data_keys]) => `${store} ${outcome} ${data_keys}`),
      );
      const found = await answer('outcomes-of-a-run');
      expect(
        found.map(one => ['store', 'outcome', 'data_keys'].map(name => String(one[name])).join(' ')).sort(),
      ).toEqual([...expected].sort());
    });

    it('not-moved names every data key that was not, with its reason', async () => {
      const found = await answer('not-moved');
      const settled = (await answer('outcomes-of-a-run')).filter(
        ({ outcome }) => outcome !== 'rewrapped' && outcome !== 'already-current',
      );
      expect(found).toHaveLength(count(settled));
      expect(found.length).toBeGreaterThan(0);
      for (const one of found) expect(one).toMatchObject({ reason: expect.stringMatching(/\w/) as string });
    });

    it('not-proven names what its verify pass left, and no more than the report counts', async () => {
      const { stdout } = await rewrap(['report', run, '--failures', '-', '--json'], {
        endpoint: aws.endpoint,
      });
      const listed = stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as { locator: string });
      const found = await answer('not-proven');
      expect(found.map(one => one['locator']).sort()).toEqual(listed.map(({ locator }) => locator).sort());
      expect(found.length).toBeGreaterThan(0);
    });

    it('moves-by-key-material counts what was moved, from material to material', async () => {
      const found = await answer('moves-by-key-material');
      const moved = (await answer('outcomes-of-a-run')).filter(({ outcome }) => outcome === 'rewrapped');
      expect(count(found)).toBe(count(moved));
      for (const one of found)
        expect(one).toMatchObject({
          from_key: expect.stringContaining(':key/') as string,
          to_material: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        });
    });

    it('data-keys-by-wrapping-key counts what the report counts before the run, by store, key and algorithm', async () => {
      const { stdout } = await rewrap(['report', run, '--json'], { endpoint: aws.endpoint });
      const { wrappingKeys = [] } = JSON.parse(stdout) as Pick<Report, 'wrappingKeys'>;
      const expected = wrappingKeys.flatMap(({ keyArn: key, encryptionAlgorithm: algorithm, stores }) =>
        stores
          .filter(({ before }) => before > 0)
          .map(({ store, before }) => ({ store, key, algorithm, data_keys: String(before) })),
      );
      expect(expected.length).toBeGreaterThan(0);
      const found = await answer('data-keys-by-wrapping-key');
      expect(found).toHaveLength(expected.length);
      expect(found).toEqual(expect.arrayContaining(expected));
    });

    it('one-record tells digests, keys and requests of a record', async () => {
      expect(await answer('one-record')).toEqual([
        expect.objectContaining({
          locator: record,
          olddigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          newdigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          kmsrequestids: [expect.any(String) as string],
        }),
      ]);
    });

    it('one-record names the fields of a data key in their order, as Athena wants it', () => {
      const { query } = EXAMPLE_QUERIES.find(one => one.name === 'one-record')!;
      const { Type } = tables
        .find(({ name }) => name === 'intents')!
        .columns.find(({ Name }) => Name === 'datakeys')!;
      const struct = /^array<(.*)>$/.exec(Type)![1]!;
      expect(UNNESTED.exec(query)![1]!.split(', ')).toEqual(fieldsOf(struct).map(({ name }) => name));
    });
  });

  function logOf(stage: string): string {
    const name = aws.aws.functions.all().find(one => one.name.includes(`Functions${stage}`))!.logGroup;
    try {
      return readFileSync(join(folder, 'logs', `${name.replaceAll('/', '_')}.log`), 'utf8');
    } catch {
      // Nobody has written to it yet.
      return '';
    }
  }

  it.each(['census', 'verify'])(
    'lists every data key that a %s leaves, beyond a hundred of a unit',
    async mode => {
      const broken = Array.from({ length: 400 }, (_, index) => ({
        ...{ orderId: { S: `broken-${index}` }, tenantId: { S: 'acme' } },
        envelope: { M: { dataKey: { B: Buffer.from(`no data key ${index}`) }, keyArn: { S: 'none' } } },
      }));
      for (const Item of broken) await aws.dynamodb.send(new PutItemCommand({ TableName: 'Orders', Item }));
      const { stdout } = await rewrap(['run', 'orders', '--mode', mode, '--json'], {
        endpoint: aws.endpoint,
      });
      const { runId, failures } = JSON.parse(stdout) as { runId: string; failures: readonly unknown[] };
      expect(failures).toHaveLength(100);
      const list = await rewrap(['report', runId, '--failures', '-', '--json'], { endpoint: aws.endpoint });
      const lines = list.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as { locator: string });
      const named = new Set(
        lines.map(({ locator }) => locator).filter(locator => locator.includes('broken-')),
      );
      expect(named.size).toBe(400);
      expect(list.stderr).toContain('all that the report counts');
    },
  );
});
