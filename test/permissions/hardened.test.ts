import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ListAliasesCommand } from '@aws-sdk/client-kms';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import { findDeployment, type Deployment } from '../../lambda/adapters/run/deployment.ts';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { GrantWatch, shortName } from '../support/granted.ts';
import { Mutants } from '../support/mutants.ts';
import { Account } from './account.ts';
import { outsidersAtQueue, tellEvents, writeLateObjects } from './late-objects.ts';
import { jobsOf } from './jobs.ts';
import { KEPT_OF_ALL, NONE_UNEXPLAINED, unexplained, type Kept } from './kept.ts';
import { Planted } from './planted.ts';

const READER = 'arn:aws:iam::111122223333:user/auditor';

/** Here two jobs run. What needs no key of the deployment is played in granted.test.ts. */
const KEPT: Kept = [
  ...KEPT_OF_ALL,
  [
    /(MigrateUnit|RollbackUnit|FollowBucket): Allow s3:(AbortMultipartUpload|ListObjectAnnotations|[GP]etObjectAnnotation|PutObjectAnnotation) /,
    'Objects over 5 GB, and bodies that are put as a whole: granted.test.ts.',
  ],
  [
    /Plan: Allow s3:ListBucket on .* without StringEquals s3:prefix =( a\/)?$/,
    'Nothing is under the prefix: granted.test.ts.',
  ],
  [
    /Unit\w*: Allow s3:PutObject on \S+\/unproven/,
    'Nothing is left there: test/stories/operations.test.ts has a census and a verify run that leave something, under the roles of MigrateUnit and VerifyUnit. MigrateUnitPlaintext is the same code.',
  ],
  [/^Scheduler: Allow/, 'Schedules fire in granted.test.ts.'],
];

const JOBS: readonly string[] = ['in-place', 'followed'];
const BUCKETS = ['plain', 'tagged', 'versioned', 'sealed', 'followed'].map(kind => `${kind}-documents`);

describe('a deployment of the profile hardened', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-hardened-'));
  const ended: Record<string, string> = {};
  let aws: Embedded;
  let account: Account;
  let deployment: Deployment;
  let journalBucket: string;
  let watch: GrantWatch;
  let key: string;
  let mutants: Mutants;
  let planted: Planted;
  let missed: readonly string[] = [];
  let answers: Awaited<ReturnType<typeof plant>>;

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0 });
    account = new Account(aws);
    await account.fill();
    await tellEvents(account);
    mkdirSync(join(folder, 'jobs'));
    for (const job of jobsOf(account).filter(({ name }) => JOBS.includes(name)))
      writeFileSync(join(folder, 'jobs', `${job.name}.json`), JSON.stringify(job));
    const settings = { profile: 'hardened', journalReaders: [READER] };
    await synthesize({ jobs: join(folder, 'jobs'), outdir: join(folder, 'cdk.out'), settings });
    watch = new GrantWatch(aws.aws);
    mutants = new Mutants(aws.aws.iam);
    planted = new Planted(aws, mutants);
    await aws.aws.deploy(join(folder, 'cdk.out'));
    deployment = await findDeployment('KmsRewrap', { endpoint: aws.endpoint, region: 'us-east-1' });
    const { Aliases = [] } = await aws.kms.send(new ListAliasesCommand({}));
    const { TargetKeyId = '' } = Aliases.find(({ AliasName }) => AliasName === 'alias/KmsRewrap') ?? {};
    key = `arn:aws:kms:us-east-1:111122223333:key/${TargetKeyId}`;
    ({ journalBucket } = deployment);
    for (const mode of ['migrate', 'verify']) await run(mode);
    // It rests on the journal of the first one.
    await run('migrate', { name: 'in-place-migrate-again' });
    await run('rollback', { of: 'in-place-migrate' });
    await run('migrate', { job: 'followed' });
    await account.writeLate(() => aws.aws.streamed.mappings.idle());
    await writeLateObjects(aws, account);
    await run('rollback', { job: 'followed', of: 'followed-migrate' });
    missed = [...watch.missed];
    answers = await plant();
  }, 600_000);
  afterAll(async () => {
    account.destroy();
    await aws.stop();
  });

  async function run(
    mode: string,
    { job = 'in-place', of, name = `${job}-${mode}` }: Partial<Record<'job' | 'of' | 'name', string>> = {},
  ): Promise<void> {
    const { stateMachineArn } = deployment;
    const input = JSON.stringify({ job, mode, ...(of !== undefined && { run: of }) });
    const { executionArn } = await aws.states.send(
      new StartExecutionCommand({ stateMachineArn, name, input }),
    );
    for (;;) {
      const { status, cause } = await aws.states.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') {
        ended[name] = status === 'SUCCEEDED' ? status : `${status}: ${cause}`;
        return;
      }
      await sleep(50);
    }
  }

  const as = (name: string): S3Client =>
    new S3Client({
      endpoint: aws.endpoint,
      region: 'us-east-1',
      credentials: aws.aws.createUser(name, [
        { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: '*' }] },
      ]),
    });

  /** What some may do, and what nobody may. */
  async function plant() {
    const { bucketEncryption, tableEncryption } = account.keys;
    const [HERE, groups] = ['us-east-1', 'arn:aws:logs:us-east-1:111122223333:log-group:'];
    const { Contents = [] } = await aws.s3.send(
      new ListObjectsV2Command({ Bucket: journalBucket, Prefix: 'intents/' }),
    );
    await account.list(HERE, deployment.runBucket);
    return {
      auditor: await reading('auditor', Contents[0]!.Key!),
      administrator: await planted.readingIntents(HERE, journalBucket),
      keys: await planted.usingKeys(HERE, [key, bucketEncryption, tableEncryption]),
      listings: await planted.listingElsewhere(HERE, [deployment.runBucket, journalBucket, ...BUCKETS]),
      scheduler: planted.schedulerTrusts(),
      ownLogs: ['KmsRewrap-FunctionsPlanLogs', '/aws/vendedlogs/states/KmsRewrap-Pipeline'].flatMap(name =>
        planted.logsUsing(key, `${groups}${name}`),
      ),
      otherLogs: planted.logsUsing(key, `${groups}/aws/lambda/somebody-else`),
      alarms: planted.alarmsTelling(deployment.stateMachineArn, key),
      queue: outsidersAtQueue(mutants),
      withoutTls: [deployment.runBucket, journalBucket].flatMap(name => mutants.withoutTls(name)),
    };
  }

  const reading = async (name: string, Key: string, Bucket = journalBucket): Promise<string> => {
    const s3 = as(name);
    const error = await errorName(s3.send(new GetObjectCommand({ Bucket, Key })));
    s3.destroy();
    return error;
  };

  it('migrates, follows, verifies and rolls back', () => {
    expect(ended).toEqual({
      'in-place-migrate': 'SUCCEEDED',
      'in-place-verify': 'SUCCEEDED',
      'in-place-migrate-again': 'SUCCEEDED',
      'in-place-rollback': 'SUCCEEDED',
      'followed-migrate': 'SUCCEEDED',
      'followed-rollback': 'SUCCEEDED',
    });
    expect([...aws.aws.streamed.mappings.left, ...aws.aws.messaging.queues.waiting()]).toEqual([]);
    expect(missed).toEqual([]);
  });

  it('stores plans, reports and journal under its key', async () => {
    for (const Bucket of [deployment.runBucket, journalBucket]) {
      const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket }));
      const keys = new Set<string | undefined>();
      for (const { Key } of Contents.filter(one => !one.Key!.startsWith('intents/')))
        keys.add((await aws.s3.send(new GetObjectCommand({ Bucket, Key }))).SSEKMSKeyId);
      expect([Bucket, ...keys]).toEqual([Bucket, key]);
    }
  });

  it('shows old data keys to the readers that it names, and to no administrator', () => {
    const { auditor, administrator } = answers;
    expect({ auditor, administrator }).toEqual({
      auditor: 'none',
      administrator: ['AccessDenied', 'denied'],
    });
  });

  it('shows its report to whoever may read the run bucket and use the key', async () => {
    expect(await reading('operator', 'runs/in-place-migrate/report.json', deployment.runBucket)).toBe('none');
  });

  it('gives no role its key by any other way than through S3 or DynamoDB', () => {
    expect(answers.keys).toEqual(['AccessDeniedException']);
  });

  it('lets no role list what is not its business', () => {
    expect(planted.roles().map(shortName)).toEqual(expect.arrayContaining(['StateMachine', 'Scheduler']));
    expect(answers.listings).toEqual(['AccessDenied']);
  });

  it('answers nobody without TLS', () => {
    expect(answers.withoutTls).toEqual(['denied', 'denied']);
  });

  it('lets its own rule alone tell of new objects, and shows what it told over TLS only', () => {
    expect(answers.queue).toEqual(['denied', 'denied']);
  });

  it('lets CloudWatch Logs use its key for the log groups of this stack, and for no others', () => {
    const { ownLogs, otherLogs } = answers;
    expect({ ownLogs, otherLogs }).toEqual({ ownLogs: ['allowed', 'allowed'], otherLogs: ['denied'] });
  });

  it('lets CloudWatch use its key and its topic for the alarms of this stack over TLS, and for nothing else', () => {
    expect(answers.alarms).toEqual({ own: ['allowed'], others: ['denied', 'denied'] });
  });

  it('lets EventBridge Scheduler take its role for its own schedules only', () => {
    expect([...new Set(answers.scheduler)]).toEqual([false]);
  });

  it('would be missed, whichever statement, action, resource or condition were removed, or is kept for a reason', () => {
    const { survivors, ...sizes } = mutants.survey(aws.aws.iam, planted.roles());
    process.stdout.write(`${sizes.statements} statements, ${sizes.mutants} mutants\n`);
    expect(sizes.mutants).toBeGreaterThan(sizes.statements);
    expect(unexplained(survivors, KEPT)).toEqual(NONE_UNEXPLAINED);
  });

  it('grants each function as much of the key as it needs: without any one grant, a call would be denied', () => {
    const ofKey = (grants: readonly string[]) => grants.filter(one => one.includes(key.split('/')[1]!));
    const holders = new Set(ofKey(watch.granted(planted.roles())).map(one => one.split(':')[0]));
    expect([...holders].sort()).toEqual([
      'FollowBucket',
      'FollowTable',
      'MigrateUnit',
      'Plan',
      'Report',
      'RollbackUnit',
      'StateMachine',
      'VerifyUnit',
    ]);
    expect(ofKey(watch.unneeded(planted.roles()))).toEqual([]);
  });
});
