import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  DecryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  ListAliasesCommand,
} from '@aws-sdk/client-kms';
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
import { Account, jobsOf } from './account.ts';

const READER = 'arn:aws:iam::111122223333:user/auditor';

const DENIED_TWICE = ['AccessDeniedException', 'AccessDeniedException'];

/** What no answer here depends on, and why it stays. */
const UNEXERCISED: readonly (readonly [RegExp, string])[] = [
  [/states:(Redrive|Describe)Execution/, 'Another run, or an operator: test/e2e/long-units.test.ts.'],
  [/s3:ListBucket on \S+( \S+)?$/, 'What is missing is 404, and not 403.'],
  [
    /(Plan|VerifyUnit): Allow kms:Decrypt on \S+$/,
    'Their HEAD of an object: AWS does not say that it needs no key.',
  ],
  [/LogGroupsOfThisStack/, 'Nobody here is CloudWatch Logs: test/infra/customer-key.test.ts.'],
  [/^Scheduler:/, 'Schedules fire in test/permissions/granted.test.ts.'],
  [/s3:\* kms:\*/, 'The users of this test.'],
];

describe('a deployment of the profile hardened', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-hardened-'));
  const ended: Record<string, string> = {};
  let aws: Embedded;
  let account: Account;
  let deployment: Deployment;
  let journalBucket: string;
  let watch: GrantWatch;
  let key: string;
  const mutants = new Mutants();

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0 });
    account = new Account(aws);
    await account.fill();
    mkdirSync(join(folder, 'jobs'));
    writeFileSync(join(folder, 'jobs', 'in-place.json'), JSON.stringify(jobsOf(account)[0]));
    const settings = { profile: 'hardened', journalReaders: [READER] };
    await synthesize({ jobs: join(folder, 'jobs'), outdir: join(folder, 'cdk.out'), settings });
    watch = new GrantWatch(aws.aws);
    const { watch: granted } = aws.aws.iam;
    aws.aws.iam.watch = asked => {
      granted?.(asked);
      mutants.saw(asked);
    };
    await aws.aws.deploy(join(folder, 'cdk.out'));
    deployment = await findDeployment('KmsRewrap', { endpoint: aws.endpoint, region: 'us-east-1' });
    const { Aliases = [] } = await aws.kms.send(new ListAliasesCommand({}));
    const { TargetKeyId = '' } = Aliases.find(({ AliasName }) => AliasName === 'alias/KmsRewrap') ?? {};
    key = `arn:aws:kms:us-east-1:111122223333:key/${TargetKeyId}`;
    ({ journalBucket } = deployment);
    for (const mode of ['migrate', 'verify']) await run(mode);
    await run('rollback', 'in-place-migrate');
  }, 600_000);
  afterAll(async () => {
    account.destroy();
    await aws.stop();
  });

  async function run(mode: string, of?: string): Promise<void> {
    const { stateMachineArn } = deployment;
    const input = JSON.stringify({ job: 'in-place', mode, ...(of !== undefined && { run: of }) });
    const name = `in-place-${mode}`;
    const { executionArn } = await aws.states.send(
      new StartExecutionCommand({ stateMachineArn, name, input }),
    );
    for (;;) {
      const { status, cause } = await aws.states.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') {
        ended[mode] = status === 'SUCCEEDED' ? status : `${status}: ${cause}`;
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

  const roles = (): readonly string[] => aws.aws.iam.identities.arns().filter(arn => arn.includes(':role/'));

  const reading = async (name: string, Key: string, Bucket = journalBucket): Promise<string> => {
    const s3 = as(name);
    const error = await errorName(s3.send(new GetObjectCommand({ Bucket, Key })));
    s3.destroy();
    return error;
  };

  it('migrates, verifies and rolls back', () => {
    expect(ended).toEqual({ migrate: 'SUCCEEDED', verify: 'SUCCEEDED', rollback: 'SUCCEEDED' });
    expect([...watch.missed]).toEqual([]);
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

  it('shows old data keys to the readers that it names, and to no administrator', async () => {
    const { Contents = [] } = await aws.s3.send(
      new ListObjectsV2Command({ Bucket: journalBucket, Prefix: 'intents/' }),
    );
    const Key = Contents[0]!.Key!;
    expect(await reading('auditor', Key)).toBe('none');
    expect(await reading('administrator', Key)).toBe('AccessDenied');
  });

  it('shows its report to whoever may read the run bucket and use the key', async () => {
    expect(await reading('operator', 'runs/in-place-migrate/report.json', deployment.runBucket)).toBe('none');
  });

  it('gives no role its key by any other way than through S3 or DynamoDB', async () => {
    const { bucketEncryption, tableEncryption } = account.keys;
    const keys = [key, bucketEncryption, tableEncryption];
    for (const role of roles()) {
      const kms = new KMSClient({
        ...{ endpoint: aws.endpoint, region: 'us-east-1' },
        credentials: aws.aws.assume(role),
      });
      for (const KeyId of keys) {
        const made = new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' });
        const { CiphertextBlob } = await aws.kms.send(made);
        const calls = [
          kms.send(new DecryptCommand({ CiphertextBlob })),
          kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })),
        ];
        expect([role, ...(await Promise.all(calls.map(errorName)))]).toEqual([role, ...DENIED_TWICE]);
      }
      kms.destroy();
    }
  });

  it('lets no role list what is not its business', async () => {
    expect(roles().map(shortName)).toEqual(expect.arrayContaining(['StateMachine', 'Scheduler']));
    for (const role of roles()) {
      const s3 = new S3Client({
        ...{ endpoint: aws.endpoint, region: 'us-east-1' },
        credentials: aws.aws.assume(role),
      });
      for (const Bucket of [deployment.runBucket, journalBucket, 'plain-documents', 'tagged-documents'])
        expect([
          role,
          await errorName(s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'elsewhere/' }))),
        ]).toEqual([role, 'AccessDenied']);
      s3.destroy();
    }
  });

  it('answers nobody without TLS', () => {
    const [runs, journal] = [deployment.runBucket, journalBucket].map(name => mutants.withoutTls(name));
    expect(runs).toEqual(['denied']);
    expect(journal).toEqual(['denied']);
  });

  it('would be missed, whichever statement or condition of its policies were removed, or stands here with its reason', () => {
    const { tableEncryption, bucketEncryption } = account.keys;
    const survivors = mutants
      .survivors()
      .map(one => one.replaceAll(tableEncryption, 'TABLE').replaceAll(bucketEncryption, 'BUCKET'));
    expect(survivors.filter(one => !UNEXERCISED.some(([pattern]) => pattern.test(one)))).toEqual([]);
    expect(UNEXERCISED.filter(([pattern]) => !survivors.some(one => pattern.test(one)))).toEqual([]);
  });

  it('grants each function as much of the key as it needs: without any one grant, a call would be denied', () => {
    const ofKey = (grants: readonly string[]) => grants.filter(one => one.includes(key.split('/')[1]!));
    const holders = new Set(ofKey(watch.granted(roles())).map(one => one.split(':')[0]));
    expect([...holders].sort()).toEqual([
      'MigrateUnit',
      'Plan',
      'Report',
      'RollbackUnit',
      'StateMachine',
      'VerifyUnit',
    ]);
    expect(ofKey(watch.unneeded(roles()))).toEqual([]);
  });
});
