import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
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
import type { FollowState } from '../../lambda/core/follow/ports.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { createKey, embedded, errorName, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';

const TableName = 'Letters';
const ITEMS = 12;

interface Call {
  readonly operation: string;
  readonly path: string;
  readonly body: string;
  /** Of a write to the table by the follower. */
  readonly moves: boolean;
}

/** The tests are one story, told in order. */
describe('a table that is followed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-follow-'));
  const logs = join(folder, 'logs');
  let aws: Embedded;
  let [source, destination] = ['', ''];
  let migration: string;
  let book: LedgerFollowBook;
  let locks: LedgerStoreLocks;
  let [ledgerTable, journalBucket] = ['', ''];
  /** What KMS was asked to re-encrypt, by the function that did. */
  let asked: string[] = [];
  let inject: (call: Call) => Injection | undefined = () => undefined;

  beforeAll(async () => {
    aws = await embedded({ waitScale: 0, logFolder: logs });
    [source, destination] = [await createKey(aws.kms), await createKey(aws.kms)];
    const { TableDescription } = await aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      }),
    );
    const job = {
      name: 'letters',
      source: { keys: [source] },
      destination: { key: destination },
      stores: [{ type: 'dynamodb', table: TableName, format: { type: 'attribute', dataKey: 'edk' } }],
      follow: { streams: [TableDescription!.LatestStreamArn!] },
    };
    mkdirSync(join(folder, 'jobs'));
    writeFileSync(join(folder, 'jobs', 'letters.json'), JSON.stringify(job));
    for (let id = 0; id < ITEMS; id++) await write(`${id}`);
    await synthesize({ jobs: join(folder, 'jobs'), outdir: join(folder, 'cdk.out') });
    await aws.aws.deploy(join(folder, 'cdk.out'));
    const place = { endpoint: aws.endpoint, region: 'us-east-1' };
    ({ ledgerTable, journalBucket } = await findDeployment('KmsRewrap', place));
    book = new LedgerFollowBook(aws.dynamodb, ledgerTable);
    locks = new LedgerStoreLocks(aws.dynamodb, ledgerTable);
    aws.aws.faults.injectBy((request, operation) => {
      const isFollower = request.caller.arn.includes('FollowTable');
      if (operation === 'ReEncrypt') asked.push(isFollower ? 'follower' : 'run');
      const body = request.body.toString('utf8');
      const moves = isFollower && operation === 'UpdateItem' && body.includes(`"TableName":"${TableName}"`);
      return inject({ operation, body, moves, path: request.path });
    });
  }, 120_000);
  afterAll(() => aws.stop());
  beforeEach(() => {
    asked = [];
    inject = () => undefined;
  });

  async function dataKey(): Promise<Uint8Array> {
    const { CiphertextBlob } = await aws.kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: source, KeySpec: 'AES_256' }),
    );
    return CiphertextBlob!;
  }
  /** As an application does that has not heard of the new key. */
  async function write(id: string): Promise<void> {
    await aws.dynamodb.send(
      new PutItemCommand({ TableName, Item: { id: { S: id }, edk: { B: await dataKey() } } }),
    );
  }
  const followed = () => aws.aws.streamed.mappings.idle();
  const givenUp = () => aws.aws.streamed.mappings.left.length;
  const byFollower = () => asked.filter(who => who === 'follower').length;
  const state = (): Promise<FollowState> => book.state('letters');
  /** Whether what is stored is under the destination key. */
  async function isMoved(id: string): Promise<boolean> {
    const { Item } = await aws.dynamodb.send(
      new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true }),
    );
    const asked = new DecryptCommand({ CiphertextBlob: Item!['edk']!.B!, KeyId: destination });
    return (await errorName(aws.kms.send(asked))) === 'none';
  }
  /** As if so much time had passed that an invocation that was killed cannot be writing any more. Until then, a run waits in Plan. */
  async function outliveKilled(): Promise<void> {
    const resource = `dynamodb:us-east-1:${TableName}`;
    const { version, followers = [] } = await locks.read(resource);
    expect(followers).toHaveLength(2);
    await locks.replaceFollowers(
      resource,
      version,
      followers.map(follower => ({ ...follower, until: 0 })),
    );
  }
  /** As if so much time had passed since a run was told to stop. */
  async function outliveFence(runId: string): Promise<void> {
    await aws.dynamodb.send(
      new UpdateItemCommand({
        ...{
          TableName: ledgerTable,
          Key: ledgerKey.control(runId),
          UpdateExpression: 'SET fencedAt = :then',
        },
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
    await followed();
    expect([await isMoved('0'), byFollower(), (await state()).late]).toEqual([false, 0, {}]);
  });

  it('is migrated by its run, and costs no request of the follower meanwhile', async () => {
    const { code, report } = await run('run', 'letters');
    await followed();
    expect([code, report.verdict]).toEqual([0, 'proven']);
    migration = report.runId;
    expect([byFollower(), (await state()).late]).toEqual([0, {}]);
  });

  it('has a data key moved that comes under the old key, journalled like a run, counted, and asked about once', async () => {
    await write('late');
    await followed();
    expect([await isMoved('late'), byFollower(), (await state()).late]).toEqual([true, 1, { [source]: 1 }]);
    const archive = new S3OutcomeArchive(aws.s3, { bucket: journalBucket, job: 'letters' });
    const lines = [];
    for await (const line of archive.outcomesOf({ runId: `${migration}-follow`, unitId: 'follow-0' }))
      lines.push(line);
    expect(lines).toMatchObject([
      {
        locator: '{"id":{"S":"late"}}',
        outcome: 'rewrapped',
        source: { keyArn: source },
        destination: { keyArn: destination },
      },
    ]);
    const log = readdirSync(logs).find(name => name.includes('FollowTable'))!;
    expect(readFileSync(join(logs, log), 'utf8')).toMatch(/"LateWrites":1/);
  });

  it('is shown by rewrap status, with what was late', async () => {
    const { stdout } = await rewrap(['status', '--json'], { endpoint: aws.endpoint });
    expect(JSON.parse(stdout)).toMatchObject({
      followers: [{ job: 'letters', tables: [TableName], stage: 'follows', late: { [source]: 1 } }],
    });
    const shown = await rewrap(['status'], { endpoint: aws.endpoint });
    expect(shown.stdout).toMatch(
      /^Letters followed for letters since .* UTC, ends at .* if none is late until then\n {2}late data keys: 1, the last one at/m,
    );
  });

  it('costs KMS nothing when something else of a record changes', async () => {
    const change = new UpdateItemCommand({
      ...{ TableName, Key: { id: { S: 'late' } }, UpdateExpression: 'SET note = :note' },
      ExpressionAttributeValues: { ':note': { S: 'read' } },
    });
    await aws.dynamodb.send(change);
    await followed();
    expect([await isMoved('late'), byFollower()]).toEqual([true, 0]);
  });

  it.each(['lost-request', 'lost-response'] as const)(
    'is followed to the end by the next try, if the function is killed at its write (%s)',
    async kind => {
      let killed = 0;
      inject = ({ moves }) => {
        if (!moves || killed > 0) return undefined;
        killed = aws.aws.lambda.killBusy('FollowTable');
        return { kind };
      };
      await write(kind);
      await followed();
      expect([killed, await isMoved(kind), givenUp()]).toEqual([1, true, 0]);
    },
  );

  it('is left to the next run, and an alarm rings, if another job holds the table for as long as there are tries', async () => {
    const resource = `dynamodb:us-east-1:${TableName}`;
    const { version, holders } = await locks.read(resource);
    const other = { runId: 'other-1', job: 'other', mode: 'migrate', prefix: '', since: '' } as const;
    expect(await locks.replace(resource, version, [...holders, other])).toBe(true);
    await write('given-up');
    await followed();
    expect([await isMoved('given-up'), byFollower()]).toEqual([false, 0]);
    expect(aws.aws.streamed.mappings.left.map(({ input }) => JSON.parse(input) as object)).toMatchObject([
      { requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 21 } },
    ]);
    expect(aws.aws.operations.alarms.evaluate(Date.now())).toMatchObject({
      'KmsRewrap-FollowGaveUp': 'ALARM',
    });
    expect(await locks.replace(resource, version + 1, holders)).toBe(true);
    await write('behind');
    await followed();
    expect(await isMoved('behind')).toBe(true);
    aws.aws.streamed.mappings.left.splice(0);
  });

  it('is followed while a run is at its verify pass', async () => {
    await outliveKilled();
    let [wrote, moved, held] = [false, false, 0];
    inject = ({ operation, path, body, moves }) => {
      moved ||= moves;
      // A worker of the pass takes its share of the rate: it is about to read for the first time.
      if (operation === 'UpdateItem' && body.includes('verify#') && !wrote) {
        wrote = true;
        void write('meanwhile');
      }
      // The run does not come to its end before the follower has written.
      const reports = operation === 'PutObject' && path.endsWith('report.json');
      return reports && !moved && held++ < 10 ? { kind: 'error', error: 'SlowDown', status: 503 } : undefined;
    };
    const { report } = await run('run', 'letters');
    migration = report.runId;
    const movedBeforeTheEnd = moved;
    await followed();
    expect([movedBeforeTheEnd, await isMoved('meanwhile'), givenUp()]).toEqual([true, true, 0]);
    expect(await isMoved('given-up')).toBe(true);
  });

  it('has what was followed put back by a rollback of its own, as soon as no follower can be writing', async () => {
    const refused = await rewrap(['rollback', `${migration}-follow`], { endpoint: aws.endpoint });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('start the rollback again')]);
    await outliveFence(`${migration}-follow`);
    const { code, report } = await run('rollback', `${migration}-follow`);
    expect([code, report.mode, await isMoved('meanwhile'), await isMoved('0')]).toEqual([
      0,
      'rollback',
      false,
      true,
    ]);
    await followed();
    expect(await isMoved('meanwhile')).toBe(false);
  });

  it('is not followed any more once its migration is rolled back', async () => {
    const { code } = await run('rollback', migration);
    await write('after');
    await followed();
    expect([code, await isMoved('after'), byFollower()]).toEqual([0, false, 0]);
  });
});
