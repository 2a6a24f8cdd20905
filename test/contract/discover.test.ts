import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { DiscoveredStore, Discovery } from '../../lambda/core/discover/discovery.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { rewrap, type CliResult } from '../support/rewrap-cli.ts';

interface Told extends Discovery {
  readonly most: { readonly requests: number; readonly usd: number };
  readonly notChecked: readonly string[];
  readonly drafts: readonly { readonly store: string; readonly file: string }[];
  readonly nextSteps: readonly { readonly command: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'rewrap-discover-'));
const jobs = join(folder, 'jobs');
let aws: Embedded;
let key: string;
let other: string;

beforeAll(async () => {
  aws = await embedded();
  [key, other] = [await createKey(aws.kms), await createKey(aws.kms)];
  await table('Orders', { edk: { B: await dataKey() }, arn: { S: key } });
  await table('Forgotten', { envelope: { M: { edk: { B: await dataKey() }, arn: { S: key } } } });
  await table('Notes', { note: { S: 'nothing to see' } });
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'files' }));
  const edk = (await dataKey()).toString('base64');
  for (const Key of ['app/1', 'app/2', 'other/1'])
    await aws.s3.send(
      new PutObjectCommand({ Bucket: 'files', Key, Body: 'x', Metadata: { edk, 'key-arn': key } }),
    );
  writeJob('orders', { type: 'dynamodb', table: 'Orders', format: { type: 'attribute', dataKey: 'edk' } });
  writeJob('files', {
    ...{ type: 's3', bucket: 'files', prefix: 'app/' },
    format: { type: 'object-metadata', dataKey: 'edk', keyArn: 'key-arn' },
  });
});
afterAll(async () => {
  await aws.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function dataKey(): Promise<Buffer> {
  const command = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key, NumberOfBytes: 32 });
  return Buffer.from((await aws.kms.send(command)).CiphertextBlob!);
}

async function table(TableName: string, attributes: Record<string, AttributeValue>): Promise<void> {
  await aws.dynamodb.send(
    new CreateTableCommand({
      ...{ TableName, BillingMode: 'PAY_PER_REQUEST' },
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  for (const id of ['a', 'b'])
    await aws.dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id }, ...attributes } }));
}

function writeJob(name: string, store: object): void {
  if (!existsSync(jobs)) mkdirSync(jobs);
  const job = { name, source: { keys: [key] }, destination: { key: other }, stores: [store] };
  writeFileSync(join(jobs, `${name}.json`), JSON.stringify(job));
}

const discover = (...args: readonly string[]): Promise<CliResult> =>
  rewrap(['discover', '--jobs', jobs, ...args], { endpoint: aws.endpoint });
const told = ({ stdout }: CliResult): Told => JSON.parse(stdout) as Told;
/** To tables and buckets; the two calls that list them are not among what a sample takes. */
const storeRequests = (): number =>
  aws.aws.meter
    .read()
    .requests.filter(
      ({ service, operation }) =>
        /^(dynamodb|s3)$/.test(service) && !/^List(Tables|Buckets)$/.test(operation),
    )
    .reduce((sum, { requests }) => sum + requests, 0);
const summary = ({ stores }: Discovery): unknown =>
  stores.map(({ name, coverage, jobs: of }: DiscoveredStore) => [name, coverage, of]);

describe('rewrap discover', () => {
  it('needs no folder of jobs, unless it is told of one', async () => {
    // A fresh clone has none.
    const fresh = await rewrap(['discover', '--json'], { endpoint: aws.endpoint });
    expect([fresh.code, told(fresh).counts.unnamed]).toEqual([1, 3]);
    const named = await rewrap(['discover', '--jobs', join(folder, 'none')], { endpoint: aws.endpoint });
    expect([named.code, named.stderr]).toEqual([2, expect.stringContaining('is not a readable folder')]);
  });

  it('names every table and bucket, what it holds, and which job moves it', async () => {
    const result = await discover('--json');
    expect(result.stderr).toMatch(
      /^4 stores in us-east-1: at most [\d,]+ requests that only read, for at most \$0\.01$/m,
    );
    expect(result.code).toBe(1);
    const found = told(result);
    expect(summary(found)).toEqual([
      ['Forgotten', 'unnamed', []],
      ['files', 'in-part', ['files']],
      ['Orders', 'named', ['orders']],
      ['Notes', 'none', []],
    ]);
    expect(found.keys).toEqual([
      {
        ...{ keyArn: key, standing: 'sampled', stores: 3, storesNotNamed: 2, records: 7 },
        ...{ jobs: ['files', 'orders'], serverSide: [] },
      },
    ]);
    // The samples are all that there is.
    expect(found.notChecked.join()).not.toContain('records beyond');
    expect(found.notChecked[0]).toBe('stores of other accounts, and of other Regions than us-east-1');
    expect(found.nextSteps[0]?.command).toContain('npx rewrap init Forgotten');
  });

  it('writes a job for each store without one, to be completed, and leaves files as they are', async () => {
    const written = join(folder, 'written');
    const first = told(await discover('--json', '--write', written));
    expect(first.drafts).toEqual([{ store: 'Forgotten', file: join(written, 'rewrap-forgotten.json') }]);
    expect(readdirSync(written)).toEqual(['rewrap-forgotten.json']);
    const file = join(written, 'rewrap-forgotten.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ source: { keys: [key] } });
    writeFileSync(file, 'mine');
    expect(told(await discover('--json', '--write', written)).drafts).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('tells people what is open, in words', async () => {
    const { stdout, code } = await discover();
    expect(code).toBe(1);
    expect(stdout).toContain('Forgotten: 2 of 2 records: attribute at envelope.edk');
    expect(stdout).toContain(
      's3://files/: 3 of 3 records: object-metadata at metadata.edk; job files: keys below app/',
    );
    expect(stdout).toContain('Open: 1 store with data keys and no job, 1 store that jobs name in part only.');
    expect(stdout).not.toMatch(/AQ[EI]CA/);
  });

  it('looks at one kind of store where asked, and ends well where jobs name all that holds data keys', async () => {
    writeJob('forgotten', {
      ...{ type: 'dynamodb', table: 'Forgotten' },
      format: { type: 'attribute', dataKey: 'envelope.edk' },
    });
    const result = await discover('--json', '--only', 'tables');
    expect(result.code).toBe(0);
    expect(told(result).counts).toEqual({ unnamed: 0, 'in-part': 0, unread: 0, named: 2, none: 1 });
    rmSync(join(jobs, 'forgotten.json'));
  });

  it('names a store that its caller may not read, with the reason, and goes on', async () => {
    const credentials = aws.aws.createUser('auditor', [
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            // docs/permissions.md
            Action: [
              ...['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
              ...['dynamodb:ListTables', 's3:ListAllMyBuckets', 'dynamodb:DescribeTable', 'dynamodb:Scan'],
              ...['s3:GetBucketOwnershipControls', 's3:ListBucket', 's3:GetObject'],
              ...['s3:GetEncryptionConfiguration', 'kms:DescribeKey'],
            ],
            Resource: '*',
          },
          { Effect: 'Deny', Action: 'dynamodb:Scan', Resource: 'arn:aws:dynamodb:*:*:table/Forgotten' },
        ],
      },
    ]);
    const result = await rewrap(['discover', '--jobs', jobs, '--json'], {
      endpoint: aws.endpoint,
      credentials,
    });
    expect(result.code).toBe(1);
    expect(summary(told(result))).toEqual([
      ['files', 'in-part', ['files']],
      ['Forgotten', 'unread', []],
      ['Orders', 'named', ['orders']],
      ['Notes', 'none', []],
    ]);
    expect(told(result).stores[1]?.reason).toMatch(/not authorized to perform: dynamodb:Scan/);
  });

  it('asks stores for no more than it has said before', async () => {
    const before = storeRequests();
    const found = told(await discover('--json', '--sample', '2'));
    const asked = storeRequests() - before;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(found.most.requests);
  });

  it('reads nothing where that could cost more than the budget', async () => {
    const { code, stdout, stderr } = await discover('--sample', '1000000', '--budget', '0.50');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/for at most \$\d+\.\d\d; the budget is \$0\.5: raise --budget, lower --sample/);
  });
});
