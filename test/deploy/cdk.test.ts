import {
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../../emulator/protocol/callers.ts';
import { clients } from '../../examples/orders-app/clients.ts';
import { createKeys } from '../../examples/orders-app/create-keys.ts';
import { writeOrders } from '../../examples/orders-app/write-orders.ts';
import { stackNamed } from '../support/change-stack.ts';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { fresh } from '../support/fresh.ts';
import { queryCall } from '../support/raw-call.ts';
import { blockOf, commandsIn, DEPLOY_LINES } from '../support/readme.ts';

/** The reader of YAML that aws-cdk-lib ships: the CDK CLI sends its bootstrap template in YAML. */
const { parse } = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib'))('yaml') as {
  readonly parse: (text: string) => unknown;
};

const UPGRADE_LINES = commandsIn(blockOf('docs/upgrade.md', 'Upgrading kms-rewrap'));
const MINUTES = 60_000;
/** What docs/permissions.md says of the person who deploys, and nothing else. */
const DEPLOYER = {
  Version: '2012-10-17',
  Statement: ['deploy', 'file-publishing'].map(role => ({
    ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
    Resource: `arn:aws:iam::111122223333:role/cdk-*-${role}-role-*`,
  })),
};

/** The CDK CLI asks before it widens permissions, and has nobody to ask here. */
function home(): string {
  const folder = mkdtempSync(join(tmpdir(), 'home-'));
  writeFileSync(join(folder, '.cdk.json'), JSON.stringify({ requireApproval: 'never' }));
  return folder;
}

/** The call that a line of the AWS CLI makes. */
function callOf(line: string): Readonly<Record<string, string>> {
  const pascal = (words: string): string =>
    words.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const [, operation = '', rest = ''] = /^aws cloudformation (\S+)(.*)$/.exec(line) ?? [];
  const options = [...rest.matchAll(/--(no-)?(\S+)(?: (?!--)(\S+))?/g)].map(
    ([, no, name = '', value]): readonly [string, string] => [
      pascal(name),
      value ?? String(no === undefined),
    ],
  );
  const { Region: _, ...parameters } = Object.fromEntries(options);
  return { Action: pascal(operation), ...parameters };
}

describe('the CDK CLI, by the lines of README.md', () => {
  const folder = fresh();
  const homeFolder = home();
  let aws: Embedded;
  let cloudFormation: CloudFormationClient;
  let deployer: Credentials;

  beforeAll(async () => {
    aws = await embedded({ readYaml: parse, logFolder: join(folder, 'logs') });
    cloudFormation = new CloudFormationClient({ endpoint: aws.endpoint, region: 'us-east-1' });
    deployer = aws.aws.createUser('deployer', [DEPLOYER]);
    const app = clients({ endpoint: aws.endpoint, region: 'us-east-1' });
    await writeOrders(app, await createKeys(app), { orders: 50, documents: 20, flaws: false });
    for (const client of [app.kms, app.dynamodb, app.s3]) client.destroy();
  });
  afterAll(async () => {
    cloudFormation.destroy();
    await aws.stop();
  });

  /** A line in a shell, by an administrator or with credentials of its own. */
  function shell(
    line: string,
    credentials?: Credentials,
  ): Promise<{ readonly code: number | null; readonly words: string }> {
    const child = spawn('sh', ['-c', line], {
      cwd: folder,
      env: {
        ...process.env,
        ...{ AWS_ENDPOINT_URL: aws.endpoint, HOME: homeFolder, CDK_HOME: homeFolder, NO_COLOR: '1' },
        // CloudFormation's own rules are test/infra/nag.test.ts's, and nothing here is told to anybody.
        ...{ CDK_VALIDATION: 'false', CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_NOTICES_TIMEOUT: '1' },
        ...(credentials !== undefined && {
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_SESSION_TOKEN: credentials.sessionToken,
        }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
    return new Promise(resolve => child.on('close', code => resolve({ code, words })));
  }

  /** Its words. @throws Error with them if it ends with another exit code */
  async function run(
    one: string,
    as: { readonly by?: Credentials; readonly code?: number } = {},
  ): Promise<string> {
    const { code, words } = await shell(one, as.by);
    if (code !== (as.code ?? 0)) throw new Error(`'${one}' ended with ${code}: ${words}`);
    return words;
  }

  const outputs = async (): Promise<Readonly<Record<string, string>>> => {
    const { Outputs = [] } = await stackNamed(cloudFormation, 'KmsRewrap');
    return Object.fromEntries(
      Outputs.map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!] as const),
    );
  };
  const physicalIds = async (): Promise<Readonly<Record<string, string>>> => {
    const { StackResourceSummaries = [] } = await cloudFormation.send(
      new ListStackResourcesCommand({ StackName: 'KmsRewrap' }),
    );
    return Object.fromEntries(
      StackResourceSummaries.map(one => [one.LogicalResourceId!, one.PhysicalResourceId!] as const),
    );
  };
  const line = (start: string): string => {
    const found = DEPLOY_LINES.find(one => one.startsWith(start));
    if (found === undefined) throw new Error(`README.md has no line '${start}'`);
    return found;
  };
  let runId = '';

  it(
    'makes what a deployment needs in an account that never saw the CDK, with the rights of its roles',
    async () => {
      await run(line('mkdir'));
      await run(line('npx cdk bootstrap'));
      expect((await stackNamed(cloudFormation, 'CDKToolkit')).StackStatus).toBe('CREATE_COMPLETE');
      await run(line('npx cdk deploy'), { by: deployer });
      expect(await stackNamed(cloudFormation, 'KmsRewrap')).toMatchObject({
        StackStatus: 'CREATE_COMPLETE',
        EnableTerminationProtection: true,
      });
      const { JournalBucketName: Bucket } = await outputs();
      expect(await errorName(aws.s3.send(new GetObjectLockConfigurationCommand({ Bucket })))).toBe('none');
    },
    10 * MINUTES,
  );

  it(
    'deploys what plans, counts and migrates',
    async () => {
      await run(line('npx rewrap plan'));
      await run(line('npx rewrap run orders --mode census'));
      const words = await run(DEPLOY_LINES.at(-1)!);
      runId = /runs\/(orders-migrate-[^/]+)\//.exec(words)?.[1] ?? '';
    },
    10 * MINUTES,
  );

  it(
    'changes a deployment in place, which keeps its data',
    async () => {
      const before = await physicalIds();
      const settings = JSON.parse(readFileSync(join(folder, 'deployment.json'), 'utf8')) as object;
      const changed = { ...settings, workerTimeoutSeconds: 600 };
      writeFileSync(join(folder, 'deployment.json'), JSON.stringify(changed));
      const differences = await run(UPGRADE_LINES.find(one => one.startsWith('npx cdk diff'))!);
      expect(differences).toContain('Timeout');
      expect(differences).not.toMatch(/\[[~-]\] AWS::.* (?:(?:may be )?replaced?|destroy|orphan)\b/);
      await run(line('npx cdk deploy'), { by: deployer });
      expect((await stackNamed(cloudFormation, 'KmsRewrap')).StackStatus).toBe('UPDATE_COMPLETE');
      expect(await physicalIds()).toEqual(before);
      expect(aws.aws.functions.all().map(({ timeoutSeconds }) => timeoutSeconds)).toContain(600);
      await run(`npx rewrap report ${runId}`);
    },
    10 * MINUTES,
  );

  it(
    'does not remove it by mistake; and as docs/uninstall.md says, all but what holds data',
    async () => {
      const { JournalBucketName: Bucket, LedgerTableName: TableName } = await outputs();
      const refused = await run('npx cdk destroy --all --force', { by: deployer, code: 1 });
      expect(refused).toContain('cannot be deleted while TerminationProtection is enabled');
      for (const one of blockOf('docs/uninstall.md', 'The last job of a Region')
        .replaceAll('\\\n', ' ')
        .trim()
        .split('\n'))
        await queryCall(
          { endpoint: aws.endpoint, service: 'cloudformation' },
          callOf(one.replace(/\s+/g, ' ')),
        );
      await expect(stackNamed(cloudFormation, 'KmsRewrap')).rejects.toThrow('does not exist');
      expect(aws.aws.functions.all()).toEqual([]);
      expect(aws.aws.schedules.all()).toEqual([]);
      expect(await errorName(aws.s3.send(new HeadBucketCommand({ Bucket })))).toBe('none');
      const { KeyCount } = await aws.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'intents/' }));
      expect(KeyCount).toBeGreaterThan(0);
      expect(await errorName(aws.dynamodb.send(new DescribeTableCommand({ TableName })))).toBe('none');
    },
    10 * MINUTES,
  );
});
