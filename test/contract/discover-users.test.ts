import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyWithoutPlaintextCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketEncryptionCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { DiscoveredKey } from '../../lambda/core/discover/discovered-keys.ts';
import type { Discovery } from '../../lambda/core/discover/discovery.ts';
import type { ToldTrail } from '../../lambda/core/discover/told-trail.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { rewrap, type CliResult } from '../support/rewrap-cli.ts';

interface Told extends Discovery {
  readonly trail?: ToldTrail;
  readonly notChecked: readonly string[];
  readonly nextSteps: readonly { readonly command: string }[];
}

const ACCOUNT = '111122223333';
const APP = `arn:aws:iam::${ACCOUNT}:role/apps/billing`;
const TENANT = 'acme-secret';

/** A table of orders, a bucket that S3 encrypts with a key of the customer, and an application whose data keys lie nowhere here. */
describe('rewrap discover with a trail', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-discover-users-'));
  const jobs = join(folder, 'jobs');
  let aws: Embedded;
  const keys = { orders: '', hidden: '', sealed: '', table: '' };

  beforeAll(async () => {
    aws = await embedded();
    for (const name of Object.keys(keys) as (keyof typeof keys)[]) keys[name] = await createKey(aws.kms);
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'company-trail' }));
    aws.aws.trails.create({ accountId: ACCOUNT, bucket: 'company-trail' });
    mkdirSync(jobs);
    await fillOrders();
    await fillSealed();
    await useHidden();
  });
  afterAll(async () => {
    await aws.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function fillOrders(): Promise<void> {
    await aws.dynamodb.send(
      new CreateTableCommand({
        ...{ TableName: 'Orders', BillingMode: 'PAY_PER_REQUEST' },
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: keys.table },
      }),
    );
    const { CiphertextBlob } = await aws.kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: keys.orders, KeySpec: 'AES_256' }),
    );
    const Item = { id: { S: 'a' }, edk: { B: CiphertextBlob! }, key: { S: keys.orders } };
    await aws.dynamodb.send(new PutItemCommand({ TableName: 'Orders', Item }));
    const store = { type: 'dynamodb', table: 'Orders', format: { type: 'attribute', dataKey: 'edk' } };
    const job = { name: 'orders', source: { keys: [keys.orders] }, destination: { key: keys.table } };
    writeFileSync(join(jobs, 'orders.json'), JSON.stringify({ ...job, stores: [store] }));
  }

  async function fillSealed(): Promise<void> {
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'sealed' }));
    const ApplyServerSideEncryptionByDefault = {
      SSEAlgorithm: 'aws:kms',
      KMSMasterKeyID: keys.sealed,
    } as const;
    await aws.s3.send(
      new PutBucketEncryptionCommand({
        Bucket: 'sealed',
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault }] },
      }),
    );
    await aws.s3.send(new PutObjectCommand({ Bucket: 'sealed', Key: 'a', Body: 'x' }));
  }

  async function useHidden(): Promise<void> {
    const { identities } = aws.aws.iam;
    identities.create(APP);
    const Statement = [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }];
    identities.putInline(APP, 'kms', { Version: '2012-10-17', Statement });
    const app = new KMSClient({
      endpoint: aws.endpoint,
      region: 'us-east-1',
      credentials: aws.aws.assume(APP),
    });
    const EncryptionContext = { tenant: TENANT };
    const { CiphertextBlob } = await app.send(
      new GenerateDataKeyWithoutPlaintextCommand({
        ...{ KeyId: keys.hidden, KeySpec: 'AES_256', EncryptionContext },
      }),
    );
    await app.send(new DecryptCommand({ CiphertextBlob: CiphertextBlob!, EncryptionContext }));
    app.destroy();
  }

  const TRAIL = ['--trail', 's3://company-trail'];
  const discover = (...args: readonly string[]): Promise<CliResult> =>
    rewrap(['discover', '--jobs', jobs, ...args], { endpoint: aws.endpoint });
  const told = ({ stdout }: CliResult): Told => JSON.parse(stdout) as Told;
  const keyOf = (found: Told, keyArn: string): DiscoveredKey | undefined =>
    found.keys.find(one => one.keyArn === keyArn);

  it('names the users of a key that no store was seen to have data keys under, by role, action and names of contexts', async () => {
    const result = await discover('--json', ...TRAIL);
    const found = told(result);
    expect(keyOf(found, keys.hidden)).toMatchObject({
      ...{ standing: 'elsewhere', stores: 0 },
      users: [
        {
          ...{ principal: APP, own: false, contextNames: ['tenant'] },
          uses: [
            { action: 'Decrypt', calls: 1 },
            { action: 'GenerateDataKeyWithoutPlaintext', calls: 1 },
          ],
        },
      ],
    });
    expect(result.stdout).not.toContain(TENANT);
    expect(found.trail).toMatchObject({ trail: 's3://company-trail', unreadable: 0, gaps: [] });
    expect(found.nextSteps.at(-1)?.command).toContain(
      `retire-check ${keys.hidden} --trail s3://company-trail`,
    );
  });

  it('puts users beside the stores of a key, and tells what S3 and DynamoDB themselves encrypt', async () => {
    const found = told(await discover('--json', ...TRAIL));
    expect(keyOf(found, keys.orders)).toMatchObject({
      ...{ standing: 'sampled', jobs: ['orders'] },
      users: [{ principal: `arn:aws:iam::${ACCOUNT}:user/local` }],
    });
    expect(keyOf(found, keys.sealed)).toMatchObject({
      ...{ standing: 'services', users: [{ service: 's3.amazonaws.com' }] },
      serverSide: [
        { type: 's3', name: 'sealed', of: 'new-objects' },
        { type: 's3', name: 'sealed', of: 'objects', objects: 1 },
      ],
    });
    expect(keyOf(found, keys.table)).toMatchObject({
      ...{ standing: 'of-jobs', serverSide: [{ type: 'dynamodb', name: 'Orders', of: 'items' }] },
    });
  });

  it('says it to people, with what no run moves; the exit code is about stores', async () => {
    const page = join(folder, 'found.html');
    const { stdout, stderr, code } = await discover(...TRAIL, '--html', page);
    expect(code).toBe(0);
    expect(readFileSync(page, 'utf8')).toContain(`<code>${APP}</code></th><td><code>${keys.hidden}</code>`);
    expect(stderr).toMatch(
      /s3:\/\/company-trail: \d+ log files? of account 111122223333 in us-east-1, .* requests/,
    );
    expect(stdout).toContain(`✗ ${keys.hidden}: no store that was looked at has a data key that names it`);
    expect(stdout).toMatch(
      /role\/apps\/billing: first seen \S+, Decrypt once, .*encryption contexts name tenant/,
    );
    expect(stdout).toContain('server-side encryption of new objects in s3://sealed/');
    expect(stdout).toContain('1 key is used by somebody whose data keys nobody has found');
    expect(stdout).not.toContain(TENANT);
  });

  it('shows values of contexts in JSON only, and only when asked', async () => {
    expect((await discover('--json', ...TRAIL, '--context-values')).stdout).toContain(TENANT);
    expect(await discover(...TRAIL, '--context-values')).toMatchObject({ code: 2, stdout: '' });
  });

  it('reads nothing where stores and trail together could cost more than the budget', async () => {
    // The table is $0.00999375, and the listing of the trail $0.00001.
    const just = ['--only', 'tables', '--sample', '1599', '--budget', '0.01'];
    expect((await discover(...just)).code).toBe(0);
    const { code, stdout, stderr } = await discover(...just, ...TRAIL);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /the budget is \$0\.01, with \$0\.01 for the stores: raise --budget, lower --trail-days/,
    );
  });

  it('without a trail says that nobody has asked who uses the keys', async () => {
    const { notChecked, keys: found } = told(await discover('--json'));
    expect(notChecked).toContain(
      'who uses these keys, and keys that no sample names: name your trail with --trail',
    );
    expect(found.map(({ keyArn }) => keyArn)).not.toContain(keys.hidden);
  });
});
