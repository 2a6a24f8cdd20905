import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyWithoutPlaintextCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { RetireAdvice } from '../../lambda/core/retire/retire-check.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';
import { simpleTable } from '../support/simple-table.ts';

const ACCOUNT = '111122223333';
const APP = `arn:aws:iam::${ACCOUNT}:role/apps/orders-app`;
const TENANT = 'acme-secret';

/** An application that holds the old key in its configuration, and goes on using it. The trail alone shows it. */
describe('users of an old key, by its trail', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-users-'));
  const jobs = join(folder, 'jobs');
  let clock = (): number => Date.now();
  let aws: Embedded;
  let app: KMSClient;
  let source: string;
  let old: Uint8Array;

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0, now: () => clock() });
    source = await createKey(aws.kms);
    const destination = await createKey(aws.kms);
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'company-trail' }));
    aws.aws.trails.create({ accountId: ACCOUNT, bucket: 'company-trail', prefix: 'all' });
    app = new KMSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials: appCredentials() });
    mkdirSync(jobs);
    const format = { type: 'attribute', dataKey: 'edk', encryptionContext: { tenant: TENANT } };
    const job = {
      ...{ name: 'orders', source: { keys: [source] }, destination: { key: destination } },
      stores: [{ type: 'dynamodb', table: 'Orders', format }],
      limits: { kmsRequestsPerSecond: 100, maxConcurrency: 2 },
    };
    writeFileSync(join(jobs, 'orders.json'), JSON.stringify(job));
    await simpleTable(aws.dynamodb, 'Orders');
    old = await written('o-1');
    await synthesize({ jobs, outdir: join(folder, 'cdk.out') });
    await aws.aws.deploy(join(folder, 'cdk.out'));
  });
  afterAll(async () => {
    app.destroy();
    await aws.stop();
  });

  function appCredentials() {
    const { identities } = aws.aws.iam;
    identities.create(APP);
    const Statement = [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }];
    identities.putInline(APP, 'kms', { Version: '2012-10-17', Statement });
    return aws.aws.assume(APP);
  }

  async function written(id: string): Promise<Uint8Array> {
    const command = new GenerateDataKeyWithoutPlaintextCommand({
      ...{ KeyId: source, KeySpec: 'AES_256', EncryptionContext: { tenant: TENANT } },
    });
    const { CiphertextBlob } = await app.send(command);
    await aws.dynamodb.send(
      new PutItemCommand({ TableName: 'Orders', Item: { id: { S: id }, edk: { B: CiphertextBlob! } } }),
    );
    return CiphertextBlob!;
  }

  const tell = (args: readonly string[], hoursLater = 0) =>
    rewrap(args, { endpoint: aws.endpoint, hoursLater });
  /** A run, and when it began. */
  async function ran(mode: string): Promise<string> {
    const { code, stdout, stderr } = await tell(['run', 'orders', '--mode', mode, '--json']);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    return (JSON.parse(stdout) as { readonly startedAt: string }).startedAt;
  }
  async function advice(
    ...more: readonly string[]
  ): Promise<RetireAdvice & { readonly code: number | null }> {
    const args = ['retire-check', source, '--jobs', jobs, '--json', ...more];
    const { code, stdout, stderr } = await tell(args, 2);
    if (stdout === '') throw new Error(stderr);
    return { ...(JSON.parse(stdout) as RetireAdvice), code };
  }
  const TRAIL = ['--trail', 's3://company-trail/all/', '--trail-days', '2'];

  it('are all known while nothing is proven, and that is no reason of its own to keep the key', async () => {
    const { users, findings, verdict } = await advice(...TRAIL);
    expect([verdict, users!.known, users!.covered, users!.provenSince]).toEqual(['keep', 1, 0, null]);
    expect(findings).toContainEqual({
      weight: 'note',
      about: APP,
      words: expect.stringMatching(
        /^GenerateDataKeyWithoutPlaintext once, last at .*; encryption contexts name tenant/,
      ),
    });
  });

  it('are covered when all is proven and they have not been seen since; the worker of the deployment is one of them', async () => {
    await ran('migrate');
    await ran('verify');
    const { users, verdict, code, findings } = await advice(...TRAIL);
    expect([code, verdict]).toEqual([0, 'disable']);
    expect([users!.known, users!.covered]).toEqual([2, 2]);
    expect(users!.users.filter(({ own }) => own).map(({ uses }) => uses.map(({ action }) => action))).toEqual(
      [['ReEncryptFrom']],
    );
    expect(findings).toContainEqual({
      weight: 'note',
      about: 'users of the key',
      words: expect.stringContaining('2 of 2 known users of the key are covered'),
    });
  });

  it('are named with what to do when they go on using it, by each source of log files; names of contexts are shown, values only when asked', async () => {
    const begun = Date.parse(await ran('verify'));
    clock = () => begun;
    await app.send(new DecryptCommand({ CiphertextBlob: old, EncryptionContext: { tenant: TENANT } }));
    clock = () => Date.now();
    const { users, verdict, code, findings } = await advice(...TRAIL);
    expect([code, verdict, users!.known, users!.covered]).toEqual([1, 'keep', 2, 1]);
    const named = findings.find(({ about }) => about === APP);
    expect(named).toMatchObject({ weight: 'blocks', words: expect.stringContaining('Decrypt once') });
    expect(named!.words).toContain('find out which data keys it reads');
    expect(findings.map(({ words }) => words)).toContainEqual(
      expect.stringContaining('1 of 2 known users of the key is covered'),
    );
    expect(JSON.stringify({ users, findings })).not.toContain(TENANT);
    const shown = await advice(...TRAIL, '--context-values');
    expect(JSON.stringify(shown.users)).toContain(TENANT);
    expect((await tell(['retire-check', source, '--jobs', jobs, ...TRAIL, '--context-values'])).code).toBe(2);
    expect((await advice('--trail', await copied())).users).toEqual({
      ...users,
      trail: expect.anything(),
      from: expect.anything(),
    });
  });

  it('are covered again after they have stopped and all was verified anew, and who used the key last is known', async () => {
    await ran('verify');
    const { users, verdict, code, findings } = await advice(...TRAIL);
    expect([code, verdict, users!.known, users!.covered]).toEqual([0, 'disable', 2, 2]);
    expect(findings.find(({ about }) => about === 'last use')).toMatchObject({
      weight: 'note',
      words: expect.stringMatching(/^Decrypt at .*, which the trail has, before/),
    });
    // Without a trail nobody knows who that was, and it stays a doubt.
    expect(await advice()).toMatchObject({ code: 1, verdict: 'wait' });
  });

  it('are named if it is a service that uses the key for them, such as S3 for a bucket under the same key', async () => {
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'sealed' }));
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: source } as const;
    await aws.s3.send(
      new PutBucketEncryptionCommand({
        Bucket: 'sealed',
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault }] },
      }),
    );
    await aws.s3.send(new PutObjectCommand({ Bucket: 'sealed', Key: 'a', Body: 'x' }));
    const { findings, verdict } = await advice(...TRAIL);
    expect(verdict).toBe('keep');
    expect(findings).toContainEqual({
      weight: 'blocks',
      about: `arn:aws:iam::${ACCOUNT}:user/local through s3.amazonaws.com`,
      words: expect.stringContaining('server-side encryption by s3.amazonaws.com, which no run moves'),
    });
    // No job names that bucket, and no trail is needed to see it.
    const without = await advice();
    expect(without.verdict).toBe('keep');
    expect(without.findings).toContainEqual({
      ...{ weight: 'blocks', about: 's3:us-east-1:sealed' },
      words: expect.stringContaining('S3 encrypts new objects of this bucket with this key'),
    });
  });

  /** As `aws s3 sync` would copy the trail. */
  async function copied(): Promise<string> {
    const target = mkdtempSync(join(tmpdir(), 'rewrap-trail-'));
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: 'company-trail' }));
    for (const { Key } of Contents) {
      const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: 'company-trail', Key }));
      mkdirSync(join(target, Key!, '..'), { recursive: true });
      writeFileSync(join(target, Key!), await Body!.transformToByteArray());
    }
    return target;
  }
});
