import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { PoliciesOfJob } from '../../cli/deployment/policies.ts';
import type { Asked } from '../../emulator/iam/iam.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { changeStack } from '../support/change-stack.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';
import { simpleTable } from '../support/simple-table.ts';

const TABLES = '222222222222';
const BUCKETS = '333333333333';
const TABLE_ROLE = `arn:aws:iam::${TABLES}:role/rewrap-tables`;
const BUCKET_ROLE = `arn:aws:iam::${BUCKETS}:role/rewrap-buckets`;
const CONTEXT = { purpose: 'notes' };

type Owner = PoliciesOfJob['owners'][number];

/** The deployment, the owner of a table, and the owner of a bucket and of the keys. */
describe('a job with stores of two other accounts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-accounts-'));
  let aws: Embedded;
  let asked: Asked[] = [];
  let keys: readonly string[];
  let policies: PoliciesOfJob;
  const of = (account: string) => ({
    ...{ endpoint: aws.endpoint, region: 'us-east-1' },
    credentials: { accessKeyId: account, secretAccessKey: 'x' },
  });
  const dataKey = async (): Promise<Uint8Array> => {
    const { CiphertextBlob } = await new KMSClient(of(BUCKETS)).send(
      new GenerateDataKeyWithoutPlaintextCommand({
        ...{ KeyId: keys[0], NumberOfBytes: 32, EncryptionContext: CONTEXT },
      }),
    );
    return CiphertextBlob!;
  };
  const note = async (dynamodb: DynamoDBClient): Promise<void> => {
    await simpleTable(dynamodb, 'Notes');
    const Item = { id: { S: 'n' }, edk: { B: await dataKey() } };
    await dynamodb.send(new PutItemCommand({ TableName: 'Notes', Item }));
  };
  const noteIn = async (dynamodb: DynamoDBClient): Promise<Uint8Array> => {
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: 'Notes', Key: { id: { S: 'n' } } }));
    return Item!['edk']!.B!;
  };
  const deploy = async (externalId: string): Promise<void> => {
    const format = { type: 'attribute', dataKey: 'edk', encryptionContext: CONTEXT };
    const stores = [
      { type: 'dynamodb', table: 'Notes', format },
      { type: 'dynamodb', table: 'Notes', format, assumeRole: { roleArn: TABLE_ROLE, externalId } },
      {
        ...{ type: 's3', bucket: 'notes-of-others', prefix: 'a/', assumeRole: { roleArn: BUCKET_ROLE } },
        format: { type: 'object-metadata', dataKey: 'edk', encryptionContext: CONTEXT },
      },
    ];
    const job = { name: 'notes', source: { keys: [keys[0]] }, destination: { key: keys[1] }, stores };
    mkdirSync(join(folder, 'jobs'), { recursive: true });
    writeFileSync(join(folder, 'jobs', 'notes.json'), JSON.stringify(job));
    const outdir = join(folder, `cdk.out-${externalId}`);
    await synthesize({ jobs: join(folder, 'jobs'), outdir });
    await aws.aws.deploy(outdir);
    const { stdout } = await rewrap(['plan', 'notes', '--policies', '--json'], { endpoint: aws.endpoint });
    policies = JSON.parse(stdout) as PoliciesOfJob;
  };
  /** As its owner adds it: the template that the command prints, deployed into that account. */
  const add = async ({ account, template }: Owner): Promise<void> => {
    await changeStack(new CloudFormationClient(of(account)), 'RewrapRole', template);
  };
  const addWithout = (owner: Owner, action: string): Promise<void> => {
    const text = JSON.stringify(owner.template).replaceAll(`"${action}"`, '"iam:GetUser"');
    return add({ ...owner, template: JSON.parse(text) as Owner['template'] });
  };
  /** As the owner of the keys adds it to their policies. */
  const allow = async (more: readonly object[] = []): Promise<void> => {
    for (const { key, statements } of policies.keys) {
      const Owner = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${BUCKETS}:root` } };
      const Statement = [{ ...Owner, Action: 'kms:*', Resource: '*' }, ...statements, ...more];
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
      await new KMSClient(of(BUCKETS)).send(new PutKeyPolicyCommand({ KeyId: key, Policy }));
    }
  };
  const run = (mode: string) =>
    rewrap(['run', 'notes', '--mode', mode, '--json'], { endpoint: aws.endpoint });
  const owner = (account: string): Owner => policies.owners.find(one => one.account === account)!;

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0.001 });
    aws.aws.iam.watch = one => asked.push(one);
    const kms = new KMSClient(of(BUCKETS));
    const create = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
    keys = [await create(), await create()];
    await note(aws.dynamodb);
    await note(new DynamoDBClient(of(TABLES)));
    const s3 = new S3Client({ ...of(BUCKETS), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'notes-of-others' }));
    const Metadata = { edk: Buffer.from(await dataKey()).toString('base64') };
    await s3.send(new PutObjectCommand({ Bucket: 'notes-of-others', Key: 'a/n', Body: 'x', Metadata }));
    await deploy('deployment-7');
    await allow();
  });
  afterAll(() => aws.stop());

  it('is refused by Plan, with the role, the account and the cure, until the owners have added theirs', async () => {
    const { code, stderr } = await run('migrate');
    expect(code).toBe(2);
    expect(stderr).toContain(`stores[1].assumeRole = "${TABLE_ROLE}": cannot be assumed:`);
    expect(stderr).toContain(`the owner of account ${TABLES} has to let the functions assume ${TABLE_ROLE}`);
    expect(stderr).toContain('rewrap plan JOB --policies prints');
    expect(stderr).toContain(`stores[2].assumeRole = "${BUCKET_ROLE}"`);
  });

  it('is refused where a role asks for another external id', async () => {
    const template = JSON.stringify(owner(TABLES).template).replace('deployment-7', 'deployment-8');
    await add({ ...owner(TABLES), template: JSON.parse(template) as Owner['template'] });
    await add(owner(BUCKETS));
    const { code, stderr } = await run('migrate');
    expect(code).toBe(2);
    expect(stderr).toContain(`stores[1].assumeRole = "${TABLE_ROLE}"`);
    expect(stderr).not.toContain('stores[2]');
  });

  it.each(['dynamodb:DescribeTable', 'dynamodb:Scan'])(
    'is refused by Plan without %s, with the account of the store',
    async action => {
      await addWithout(owner(TABLES), action);
      const { code, stderr } = await run('migrate');
      expect(code).toBe(2);
      expect(stderr).toContain(`assumed-role/rewrap-tables/`);
      expect(stderr).toContain(action);
      expect(stderr).toMatch(/rewrap plan (JOB|notes) --policies/);
    },
  );

  it('is done with exactly what is printed, and its report tells the stores of all accounts apart', async () => {
    await add(owner(TABLES));
    const there = new DynamoDBClient(of(TABLES));
    const before = { here: await noteIn(aws.dynamodb), there: await noteIn(there) };
    asked = [];
    const { code, stdout } = await run('migrate');
    const report = JSON.parse(stdout) as Report;
    expect([code, report.state, report.remaining]).toEqual([0, 'succeeded', 0]);
    expect(
      report.stores.map(({ store, account, proven, dataKeys }) => [store, account, dataKeys, proven]),
    ).toEqual([
      ['dynamodb:Notes', undefined, 1, 1],
      [`dynamodb:${TABLES}:Notes`, TABLES, 1, 1],
      [`s3:${BUCKETS}:notes-of-others/a/`, BUCKETS, 1, 1],
    ]);
    expect(await noteIn(aws.dynamodb)).not.toEqual(before.here);
    expect(await noteIn(there)).not.toEqual(before.there);
    const { Metadata } = await new S3Client({ ...of(BUCKETS), forcePathStyle: true }).send(
      new HeadObjectCommand({ Bucket: 'notes-of-others', Key: 'a/n' }),
    );
    expect(Metadata!['edk']).toBeDefined();
    expect(report.warnings.filter(words => words.includes('external id'))).toEqual([
      expect.stringContaining(`s3:${BUCKETS}:notes-of-others/a/: ${BUCKET_ROLE} asks for no external id`),
    ]);
  });

  it('reads in Plan and in the verify pass by sessions that may not write, and asks KMS with its own roles', () => {
    const sessions = asked.filter(({ request }) => request.principal.sessionArn?.includes('/rewrap-'));
    expect(sessions.length).toBeGreaterThan(4);
    const writes = ['dynamodb:UpdateItem', 's3:PutObject'];
    for (const { request, policies: evaluated } of sessions) {
      expect(request.action).not.toMatch(/^kms:ReEncrypt/);
      // Whoever writes has no session policy; all others have one.
      if (writes.includes(request.action)) expect(evaluated.session).toBeUndefined();
    }
    expect(sessions.filter(({ policies: { session } }) => session !== undefined).length).toBeGreaterThan(4);
    expect(sessions.some(({ request }) => writes.includes(request.action))).toBe(true);
    expect(asked.filter(({ decision }) => decision.kind === 'denied')).toEqual([]);
  });

  it('verifies, counts and rolls back with the same roles', async () => {
    const { stdout } = await rewrap(['status', '--json'], { endpoint: aws.endpoint });
    const migrated = (
      JSON.parse(stdout) as { runs: { runId: string; mode: string; state: string }[] }
    ).runs.find(({ mode, state }) => mode === 'migrate' && state === 'succeeded')!;
    for (const mode of ['census', 'verify']) expect([mode, (await run(mode)).code]).toEqual([mode, 0]);
    const rolledBack = await rewrap(['rollback', migrated.runId, '--json'], { endpoint: aws.endpoint });
    expect(rolledBack.code).toBe(0);
  });

  it('is named with its account by retire-check', async () => {
    await allow([
      {
        ...{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Resource: '*' },
        Action: ['kms:DescribeKey', 'kms:GetKeyLastUsage'],
      },
    ]);
    const { stdout } = await rewrap(['retire-check', keys[0]!, '--jobs', join(folder, 'jobs'), '--json'], {
      endpoint: aws.endpoint,
    });
    const about = (JSON.parse(stdout) as { findings: { about: string }[] }).findings.map(one => one.about);
    expect(about).toEqual(
      expect.arrayContaining([
        'dynamodb:us-east-1:Notes edk',
        `dynamodb:us-east-1:${TABLES}:Notes edk`,
        `s3:us-east-1:${BUCKETS}:notes-of-others/a/ edk`,
      ]),
    );
  });
});
