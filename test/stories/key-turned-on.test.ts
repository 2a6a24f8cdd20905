import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetBucketEncryptionCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import { createKeys } from '../../examples/orders-app/create-keys.ts';
import { writeOrders } from '../../examples/orders-app/write-orders.ts';
import { findDeployment, type Deployment } from '../../lambda/adapters/run/deployment.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { stackNamed } from '../support/change-stack.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { GrantWatch, shortName } from '../support/granted.ts';
import { snapshot } from '../support/orders.ts';
import { rewrap } from '../support/rewrap-cli.ts';

const MINUTES = 60_000;

/** A deployment that has run, and then gets a key of its own. The tests are one story, told in order. */
describe.each([
  ['customerManagedKey', { customerManagedKey: true }],
  ['the profile hardened', { profile: 'hardened', journalRetentionDays: 90 }],
])('a deployment that turns on %s', (_, settings) => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-key-on-'));
  const usedBy = new Set<string>();
  let aws: Embedded;
  let cloudFormation: CloudFormationClient;
  let watch: GrantWatch;
  let deployment: Deployment;
  let key: string;
  let original: ReadonlyMap<string, string>;
  let earlier: Report;
  let resources: Readonly<Record<string, string>>;

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0 });
    cloudFormation = new CloudFormationClient({ endpoint: aws.endpoint, region: 'us-east-1' });
    await writeOrders(aws, await createKeys(aws), { orders: 12, documents: 4, flaws: false });
    original = await snapshot(aws);
    await deploy({});
    deployment = await findDeployment('KmsRewrap', { endpoint: aws.endpoint, region: 'us-east-1' });
    earlier = await run('migrate');
    resources = await physicalIds();
    watch = new GrantWatch(aws.aws);
  }, 5 * MINUTES);
  afterAll(async () => {
    cloudFormation.destroy();
    await aws.stop();
  });

  const deploy = async (more: Readonly<Record<string, unknown>>): Promise<void> => {
    const outdir = mkdtempSync(join(folder, 'cdk.out-'));
    await synthesize({ jobs: 'examples/jobs', outdir, settings: more });
    await aws.aws.deploy(outdir);
  };
  const run = async (mode: string): Promise<Report> => reported('run', 'orders', '--mode', mode);
  const reported = async (...args: readonly string[]): Promise<Report> => {
    const { stdout, stderr } = await rewrap([...args, '--json'], { endpoint: aws.endpoint });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Report;
  };
  const physicalIds = async (): Promise<Readonly<Record<string, string>>> => {
    const { StackResourceSummaries = [] } = await cloudFormation.send(
      new ListStackResourcesCommand({ StackName: 'KmsRewrap' }),
    );
    return Object.fromEntries(
      StackResourceSummaries.map(one => [one.LogicalResourceId!, one.PhysicalResourceId!] as const),
    );
  };
  /** The keys of what a bucket holds: `AES256` for S3's own. */
  const keysIn = async (Bucket: string, Prefix: string): Promise<readonly string[]> => {
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const keys = new Set<string>();
    for (const { Key } of Contents) {
      const { SSEKMSKeyId, ServerSideEncryption } = await aws.s3.send(new HeadObjectCommand({ Bucket, Key }));
      keys.add(SSEKMSKeyId ?? String(ServerSideEncryption));
    }
    return [...keys].sort();
  };

  it('has migrated under keys of AWS', async () => {
    expect(earlier).toMatchObject({ state: 'succeeded', verdict: 'proven' });
    expect(await keysIn(deployment.journalBucket, 'outcomes/')).toEqual(['AES256']);
  });

  it(
    'puts nothing in the place of what it has, and its ledger and buckets under the key',
    async () => {
      await deploy(settings);
      expect((await stackNamed(cloudFormation, 'KmsRewrap')).StackStatus).toBe('UPDATE_COMPLETE');
      const after = await physicalIds();
      expect(after).toMatchObject(resources);
      const [logicalId] = Object.keys(after).filter(one => /^DeploymentKey[0-9A-F]{8}$/.test(one));
      key = `arn:aws:kms:us-east-1:111122223333:key/${after[logicalId!]}`;
      const { Table } = await aws.dynamodb.send(
        new DescribeTableCommand({ TableName: deployment.ledgerTable }),
      );
      expect([Table?.TableStatus, Table?.SSEDescription]).toEqual([
        'ACTIVE',
        { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: key },
      ]);
      for (const Bucket of [deployment.runBucket, deployment.journalBucket]) {
        const { ServerSideEncryptionConfiguration } = await aws.s3.send(
          new GetBucketEncryptionCommand({ Bucket }),
        );
        expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toEqual({
          SSEAlgorithm: 'aws:kms',
          KMSMasterKeyID: key,
        });
      }
      aws.aws.iam.watch = withUses(aws.aws.iam.watch!);
    },
    5 * MINUTES,
  );

  /** Tells apart who opened the ledger with the key. */
  function withUses(told: NonNullable<Embedded['aws']['iam']['watch']>): typeof told {
    return asked => {
      told(asked);
      const { principal, action, resource, context } = asked.request;
      const through = context.get('kms:viaservice') === 'dynamodb.us-east-1.amazonaws.com';
      if (resource === key && action === 'kms:Decrypt' && through && asked.decision.kind === 'allowed')
        usedBy.add(shortName(principal.arn));
    };
  }

  it('reports the run from before, which lies where it was', async () => {
    const { runId, stores, verdict } = earlier;
    expect(await reported('report', runId)).toMatchObject({ runId, stores, verdict });
    expect(await keysIn(deployment.runBucket, `runs/${runId}/`)).toEqual(['AES256']);
  });

  it('rolls the run from before back, byte for byte', async () => {
    const { code, stderr } = await rewrap(['rollback', earlier.runId], { endpoint: aws.endpoint });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(withoutTimes(await snapshot(aws))).toEqual(withoutTimes(original));
  });

  it('migrates again, and writes under the key from then on', async () => {
    const later = await run('migrate');
    expect(later).toMatchObject({ state: 'succeeded', verdict: 'proven' });
    expect(await keysIn(deployment.runBucket, `runs/${later.runId}/`)).toEqual([key]);
    expect(await keysIn(deployment.journalBucket, 'outcomes/')).toEqual(['AES256', key]);
  });

  it('lets every role open the ledger with the key, and refuses none', () => {
    expect([...watch.missed]).toEqual([]);
    expect([...usedBy]).toEqual(
      expect.arrayContaining(['Plan', 'MigrateUnit', 'VerifyUnit', 'RollbackUnit', 'Report']),
    );
  });
});

/** Without what each write to S3 makes anew. */
function withoutTimes(stores: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...stores].map(([name, text]) => [name, text.replace(/"(LastModified|VersionId)":"[^"]*",?/g, '')]),
  );
}
