import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { App, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../../emulator/protocol/callers.ts';
import { findDeployment, type Deployment } from '../../lambda/adapters/run/deployment.ts';
import { loadJobs } from '../../lib/jobs/load-jobs.ts';
import { KeyRewrap } from '../../lib/key-rewrap.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { GrantWatch } from '../support/granted.ts';
import { rewrap, type CliResult } from '../support/rewrap-cli.ts';
import { Account } from './account.ts';
import { jobsOf } from './jobs.ts';

const VERBS = ['grantReadReports', 'grantStart', 'grantOperate'] as const;
type Verb = (typeof VERBS)[number];

/** The refusal of AWS, in the words of the CLI. */
const REFUSED = /not authorized|AccessDenied/;

describe.each([
  ['keys of AWS', false],
  ['a key of its own', true],
])('roles to which a KeyRewrap that stores under %s grants a verb', (_, customerManagedKey) => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-verbs-'));
  let aws: Embedded;
  let account: Account;
  let deployment: Deployment;
  let watch: GrantWatch;
  const run = 'in-place-census-held';

  beforeAll(async () => {
    aws = await embedded({ waitScale: 0.001 });
    account = new Account(aws);
    await account.fill();
    const app = new App({ outdir: join(folder, 'cdk.out'), builtinCloudFormationValidation: false });
    const stack = new Stack(app, 'Theirs', { env: { region: 'us-east-1', account: '111122223333' } });
    writeFileSync(join(folder, 'in-place.json'), JSON.stringify(jobsOf(account)[0]));
    const jobs = loadJobs(join(folder, 'in-place.json'));
    const made = new KeyRewrap(stack, 'Rewrap', { jobs, customerManagedKey });
    for (const verb of VERBS) made[verb](roleFor(stack, verb));
    app.synth();
    await aws.aws.deploy(join(folder, 'cdk.out'));
    deployment = await findDeployment('Theirs', { endpoint: aws.endpoint, region: 'us-east-1' });
    watch = new GrantWatch(aws.aws);
    // No function finds a slot: the run stays under way, before its plan.
    aws.aws.lambda.limitTo(0);
    const states = new SFNClient({ endpoint: aws.endpoint, region: 'us-east-1' });
    const input = JSON.stringify({ job: 'in-place', mode: 'census' });
    const { stateMachineArn, runBucket } = deployment;
    await states.send(new StartExecutionCommand({ stateMachineArn, name: run, input }));
    states.destroy();
    const Key = 'runs/reported/report.json';
    await aws.s3.send(new PutObjectCommand({ Bucket: runBucket, Key, Body: '{}' }));
  });
  afterAll(async () => {
    account.destroy();
    await aws.stop();
  });

  function roleFor(stack: Stack, verb: Verb): IGrantable {
    return new Role(stack, verb, { roleName: verb, assumedBy: new AccountRootPrincipal() });
  }

  const arnOf = (verb: Verb): string => `arn:aws:iam::111122223333:role/${verb}`;

  function as(verb: Verb, ...args: readonly string[]): Promise<CliResult> {
    const credentials: Credentials = aws.aws.assume(arnOf(verb));
    return rewrap([...args, '--deployment', 'Theirs'], { endpoint: aws.endpoint, credentials });
  }

  const READS = [
    ['status'],
    ['status', run],
    ['report', run],
    ['report', 'reported'],
    ['report', 'not-there'],
  ];
  const OPERATES = [
    ['pause', run],
    ['rate', run, '5'],
    ['resume', run],
    ['stop', run],
  ];
  /** Without a plan, `rate` and `rollback` are refused before AWS is asked for what they would do. */
  const WRITES = OPERATES.filter(([command]) => command !== 'rate');
  const STARTS = [
    ['run', 'in-place', '--mode', 'census', '--detach', '--json'],
    ['rollback', run, '--json'],
  ];
  const allowed: Readonly<Record<Verb, readonly string[][]>> = {
    grantReadReports: READS,
    grantOperate: [...READS, ...OPERATES],
    grantStart: [...READS, ...STARTS],
  };

  it.each(VERBS)('may do by %s what its commands do, and needs each permission of it', async verb => {
    for (const args of allowed[verb]) {
      const { stderr, stdout } = await as(verb, ...args);
      expect({ args, said: stderr + stdout }).toEqual({
        args,
        said: expect.not.stringMatching(REFUSED) as string,
      });
    }
    expect(watch.unneeded([arnOf(verb)])).toEqual([]);
    expect([...watch.missed]).toEqual([]);
  });

  it.each([
    ['grantReadReports', [...WRITES, ...STARTS.slice(0, 1)]],
    ['grantOperate', STARTS.slice(0, 1)],
    ['grantStart', WRITES],
  ] as const)('may do nothing else by %s', async (verb, commands) => {
    for (const args of commands) {
      const { stderr } = await as(verb, ...args);
      expect({ args, refused: REFUSED.test(stderr) }).toEqual({ args, refused: true });
    }
    watch.missed.clear();
  });
});
