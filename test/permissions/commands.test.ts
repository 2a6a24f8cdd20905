import { CreateBackupCommand } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { SFNClient, StartExecutionCommand, DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateBucketCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { Credentials } from '../../emulator/protocol/callers.ts';
import { findDeployment, type Deployment } from '../../lambda/adapters/run/deployment.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { GrantWatch } from '../support/granted.ts';
import { rewrap, type CliResult } from '../support/rewrap-cli.ts';
import { Account } from './account.ts';
import { jobsOf } from './jobs.ts';

interface Permit {
  readonly actions: readonly string[];
  readonly on: string;
}
interface Commands {
  readonly commands: readonly string[];
  readonly permissions: readonly Permit[];
  readonly like?: readonly string[];
  /** It does not need what every command needs. */
  readonly alone?: boolean;
}

/** What docs/permissions.md says: Jest loads no ES module, so another process reads it. */
function documented(): { readonly EVERY: readonly Permit[]; readonly COMMANDS: readonly Commands[] } {
  const page = fileURLToPath(new URL('../../.ci/pages/cli-permissions.mjs', import.meta.url));
  const script = `import { EVERY, COMMANDS } from ${JSON.stringify(page)}; console.log(JSON.stringify({ EVERY, COMMANDS }))`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  ) as ReturnType<typeof documented>;
}

describe('whoever runs a command of the CLI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-commands-'));
  const { EVERY, COMMANDS } = documented();
  let aws: Embedded;
  let account: Account;
  let deployment: Deployment;
  let watch: GrantWatch;
  let states: SFNClient;
  let evidenceKey: string;

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0.001 });
    account = new Account(aws);
    await account.fill();
    mkdirSync(join(folder, 'jobs'));
    const [job] = jobsOf(account);
    writeFileSync(join(folder, 'jobs', 'in-place.json'), JSON.stringify(job));
    // Runs are signed, and whoever packs them may read intents.
    const settings = { evidence: true, journalReaders: [arnOf('attest pack')] };
    await synthesize({ jobs: join(folder, 'jobs'), outdir: join(folder, 'cdk.out'), settings });
    await aws.aws.deploy(join(folder, 'cdk.out'));
    const config = { endpoint: aws.endpoint, region: 'us-east-1' };
    deployment = await findDeployment('KmsRewrap', config);
    evidenceKey = (await aws.kms.send(new DescribeKeyCommand({ KeyId: 'alias/KmsRewrap-evidence' })))
      .KeyMetadata!.Arn!;
    states = new SFNClient(config);
    watch = new GrantWatch(aws.aws);
  });
  afterAll(async () => {
    states.destroy();
    account.destroy();
    await aws.stop();
  });

  function resourcesOf(on: string): readonly string[] {
    const { stateMachineArn, runBucket, journalBucket, ledgerTable } = deployment;
    const arn = (service: string, resource: string): string =>
      `arn:aws:${service}:us-east-1:111122223333:${resource}`;
    const known: Readonly<Record<string, readonly string[]>> = {
      stack: [arn('cloudformation', 'stack/KmsRewrap/*')],
      'state machine': [stateMachineArn],
      executions: [`${stateMachineArn.replace(':stateMachine:', ':execution:')}:*`],
      'run files': [`arn:aws:s3:::${runBucket}/runs/*`],
      'run bucket': [`arn:aws:s3:::${runBucket}`],
      'journal bucket': [`arn:aws:s3:::${journalBucket}`],
      outcomes: [`arn:aws:s3:::${journalBucket}/outcomes/*`],
      intents: [`arn:aws:s3:::${journalBucket}/intents/*`],
      'keys of the run': [account.keys.source, account.keys.destination, evidenceKey],
      ledger: [arn('dynamodb', `table/${ledgerTable}`)],
      'keys of the jobs': [account.keys.source, account.keys.destination],
      'source keys': [account.keys.source],
      account: ['*'],
      'tables of the account': [arn('dynamodb', 'table/*')],
      'backups of the account': [arn('dynamodb', 'table/*/backup/*')],
      'buckets of the account': ['arn:aws:s3:::*'],
      'tables of the jobs': ['Plain', 'Indexed', 'BranchKeys'].map(table =>
        arn('dynamodb', `table/${table}`),
      ),
      'buckets of the jobs': ['plain', 'tagged', 'versioned', 'sealed'].map(
        kind => `arn:aws:s3:::${kind}-documents`,
      ),
    };
    const found = {
      ...known,
      'trail bucket': ['arn:aws:s3:::trail'],
      'trail files': ['arn:aws:s3:::trail/*'],
    }[on];
    if (found === undefined) throw new Error(`the test does not know what ${on} is`);
    return found;
  }

  function arnOf(command: string): string {
    return `arn:aws:iam::111122223333:role/who-may-${command.replaceAll(' ', '-')}`;
  }

  let trailed = false;
  /** From here on, a trail has all calls of KMS. */
  async function trail(): Promise<void> {
    if (trailed) return;
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'trail' }));
    aws.aws.trails.create({ accountId: '111122223333', bucket: 'trail' });
    trailed = true;
  }

  /** A role with what the page says of a command, and nothing else. The inline policies of a user would have no room for all of it. */
  function roleFor(command: string): { readonly arn: string; readonly credentials: Credentials } {
    const group = COMMANDS.find(({ commands }) => commands.includes(command))!;
    const like = COMMANDS.find(({ commands }) => commands[0] === group.like?.[0])?.permissions ?? [];
    const Statement = [...(group.alone === true ? [] : EVERY), ...group.permissions, ...like].map(
      ({ actions, on }) => ({
        Effect: 'Allow',
        Action: actions,
        Resource: resourcesOf(on),
        ...(on === 'run bucket' && { Condition: { StringLikeIfExists: { 's3:prefix': 'runs/*' } } }),
      }),
    );
    const arn = arnOf(group.commands[0]!);
    const { identities } = aws.aws.iam;
    identities.create(arn);
    identities.putInline(arn, 'documented', { Version: '2012-10-17', Statement });
    return { arn, credentials: aws.aws.assume(arn) };
  }

  const call = (
    args: readonly string[],
    { credentials }: { readonly credentials: Credentials },
  ): Promise<CliResult> => rewrap(args, { endpoint: aws.endpoint, credentials });

  /** Every one of a group's own permissions was needed. What it shares with another group is checked there. */
  function expectNeeded(arn: string, command: string): void {
    const { permissions: own, alone } = COMMANDS.find(({ commands }) => commands.includes(command))!;
    const actions = [...(alone === true ? [] : EVERY), ...own].flatMap(permit => permit.actions);
    expect(
      watch.unneeded([arn]).filter(one => actions.some(action => one.includes(`: ${action} on`))),
    ).toEqual([]);
    expect([...watch.missed]).toEqual([]);
  }

  it('may start a run, see it and roll it back with the documented permissions, and needs each of them', async () => {
    const starter = roleFor('run');
    // The others see it under way.
    const ran = await call(['run', 'in-place', '--detach', '--json'], starter);
    const id = /in-place-migrate-[\w-]+/.exec(ran.stdout)![0];
    expect(ran.stderr).not.toContain('not authorized');
    const reader = roleFor('status');
    for (const args of [['status'], ['status', id], ['watch', id], ['report', id]])
      expect((await call(args, reader)).stderr).not.toContain('not authorized');
    // Who may not list the bucket is refused here, and does not learn that the report is missing.
    expect((await call(['report', 'not-there'], reader)).stderr).toContain('there is no run not-there');
    expectNeeded(reader.arn, 'status');
    expect((await call(['rollback', id], starter)).stderr).not.toContain('not authorized');
    expectNeeded(starter.arn, 'run');
  });

  it('may hold and stop a run with the documented permissions, and needs each of them', async () => {
    const name = 'in-place-census-held';
    const input = JSON.stringify({ job: 'in-place', mode: 'census' });
    const { executionArn } = await states.send(
      new StartExecutionCommand({ stateMachineArn: deployment.stateMachineArn, name, input }),
    );
    const planned = { Bucket: deployment.runBucket, Key: `runs/${name}/plan.json` };
    while (!(await aws.s3.send(new HeadObjectCommand(planned)).catch(() => false))) await sleep(5);
    // No worker finds a slot from here on.
    aws.aws.lambda.limitTo(0);
    const operator = roleFor('stop');
    for (const args of [
      ['pause', name],
      ['rate', name, '5'],
      ['resume', name],
      ['stop', name],
    ])
      expect(await call(args, operator)).toMatchObject({ code: 0 });
    aws.aws.lambda.limitTo(8);
    for (;;) {
      const { status } = await states.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') break;
      await sleep(20);
    }
    expectNeeded(operator.arn, 'stop');
  });

  it('may ask whether a key may go with the documented permissions, and needs each of them', async () => {
    await trail();
    await aws.dynamodb.send(new CreateBackupCommand({ TableName: 'Plain', BackupName: 'before' }));
    const keeper = roleFor('retire-check');
    const { stdout, stderr } = await call(
      ['retire-check', account.keys.source, '--jobs', join(folder, 'jobs'), '--trail', 's3://trail'],
      keeper,
    );
    expect(stderr).toMatch(/of \d+ log files? read/);
    expect(stdout + stderr).not.toContain('not authorized');
    expectNeeded(keeper.arn, 'retire-check');
  });

  it('may pack the evidence of a run with the documented permissions, and needs each of them', async () => {
    await trail();
    const ran = await rewrap(['run', 'in-place', '--json'], { endpoint: aws.endpoint });
    const { runId } = JSON.parse(ran.stdout) as { readonly runId: string };
    const packer = roleFor('attest pack');
    const out = join(folder, 'pack.tar.gz');
    const packed = await call(
      ['attest', 'pack', runId, '--out', out, '--intents', '--trail', 's3://trail'],
      packer,
    );
    expect([packed.code, packed.stderr]).toEqual([0, expect.not.stringContaining('not authorized')]);
    // What KMS or CloudFormation refuse stands in the pack.
    const inPack = execFileSync('tar', ['xzOf', out], { encoding: 'utf8' });
    expect(inPack).not.toContain('AccessDenied');
    expect(inPack).toContain(evidenceKey);
    // Who may not list the bucket is refused here, and does not learn that the report is missing.
    expect((await call(['attest', 'pack', 'not-there'], packer)).stderr).toContain(
      'there is no run not-there',
    );
    expectNeeded(packer.arn, 'attest pack');
  });

  it('may have requests to S3 written with the documented permissions, and needs each of them', async () => {
    const [{ name } = { name: '' }] = jobsOf(account);
    const writer = roleFor('s3-batch');
    const role = 'arn:aws:iam::111122223333:role/Batch';
    const out = join(folder, 's3-batch');
    const { code, stderr } = await call(
      ['s3-batch', name, '--jobs', join(folder, 'jobs'), '--role', role, '--out', out],
      writer,
    );
    expect([code, stderr]).toEqual([0, '']);
    expectNeeded(writer.arn, 's3-batch');
  });

  it('may do nothing else', async () => {
    const nobody = { credentials: aws.aws.createUser('nobody', []) };
    const { code, stderr } = await call(['status'], nobody);
    expect(code).toBe(2);
    expect(stderr).toContain('cloudformation:DescribeStacks');
  });
});
