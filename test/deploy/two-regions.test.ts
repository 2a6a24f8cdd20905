import { ListStacksCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedded, type Embedded } from '../support/embedded.ts';
import { fresh } from '../support/fresh.ts';
import { DEPLOY_LINES, ROOT } from '../support/readme.ts';

/** The reader of YAML that aws-cdk-lib ships: the CDK CLI sends its bootstrap template in YAML. */
const { parse } = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib'))('yaml') as {
  readonly parse: (text: string) => unknown;
};
const [HERE, THERE] = ['us-east-1', 'eu-west-1'] as const;
const MINUTES = 60_000;

describe('the CDK CLI, by the lines of README.md, for jobs of two Regions, a bridge and replicas', () => {
  const folder = fresh();
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  let aws: Embedded;
  let there: KMSClient;
  let multiRegion = '';

  beforeAll(async () => {
    aws = await embedded({ readYaml: parse, logFolder: join(folder, 'logs') });
    there = new KMSClient({ endpoint: aws.endpoint, region: THERE });
    writeFileSync(join(home, '.cdk.json'), JSON.stringify({ requireApproval: 'never' }));
    const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({ MultiRegion: true }));
    multiRegion = KeyMetadata!.Arn!;
  });
  afterAll(async () => {
    there.destroy();
    await aws.stop();
  });

  async function run(start: string): Promise<void> {
    const line = DEPLOY_LINES.find(one => one.startsWith(start))!;
    const child = spawn('sh', ['-c', line], {
      cwd: folder,
      env: {
        ...process.env,
        ...{ AWS_ENDPOINT_URL: aws.endpoint, HOME: home, CDK_HOME: home, NO_COLOR: '1' },
        ...{ CDK_VALIDATION: 'false', CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_NOTICES_TIMEOUT: '1' },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
    const code = await new Promise(resolve => child.on('close', resolve));
    if (code !== 0) throw new Error(`'${line}' ended with ${String(code)}: ${words}`);
  }

  async function stacks(region: string): Promise<readonly string[]> {
    const client = new CloudFormationClient({ endpoint: aws.endpoint, region });
    const { StackSummaries = [] } = await client.send(new ListStacksCommand({}));
    client.destroy();
    return StackSummaries.map(one => `${one.StackName} ${one.StackStatus}`).sort();
  }

  it(
    'makes the stacks of both Regions, the members of the bridge and the replica of the source key',
    async () => {
      await run('mkdir');
      const jobs = join(folder, 'jobs');
      cpSync(join(ROOT, 'examples/jobs/region-migration.json'), join(jobs, 'region-migration.json'));
      const job = JSON.parse(readFileSync(join(jobs, 'region-migration.json'), 'utf8')) as {
        readonly destination: object;
        readonly stores: readonly object[];
      };
      const { destination } = job;
      const stores = [{ type: 'dynamodb', table: 'Shared', format: { type: 'attribute', dataKey: 'edk' } }];
      const route = { type: 'multi-region', deployReplicas: true };
      const replicas = { name: 'replicas', source: { keys: [multiRegion] }, destination, route, stores };
      writeFileSync(join(jobs, 'replicas.json'), JSON.stringify(replicas));
      await run('npx cdk bootstrap');
      await run('npx cdk deploy');
      const made = (...names: readonly string[]) => names.map(name => `${name} CREATE_COMPLETE`);
      const bridge = 'KmsRewrapBridge-kms-rewrap-bridge';
      expect(await stacks(HERE)).toEqual(expect.arrayContaining(made('CDKToolkit', 'KmsRewrap', bridge)));
      expect(await stacks(THERE)).toEqual(
        expect.arrayContaining(made('CDKToolkit', 'KmsRewrap', bridge, 'KmsRewrapReplicas')),
      );
      const alias = { KeyId: 'alias/kms-rewrap-bridge' };
      const members = [aws.kms, there].map(kms => kms.send(new DescribeKeyCommand(alias)));
      const [first, second] = (await Promise.all(members)).map(({ KeyMetadata }) => KeyMetadata!);
      expect(first!.KeyId).toBe(second!.KeyId);
      const KeyId = multiRegion.replace(HERE, THERE);
      const { KeyMetadata } = await there.send(new DescribeKeyCommand({ KeyId }));
      expect(KeyMetadata).toMatchObject({ MultiRegion: true, KeyState: 'Enabled' });
    },
    10 * MINUTES,
  );
});
