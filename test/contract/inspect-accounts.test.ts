import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Inspection } from '../../cli/render/recognition.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { rewrap, type CliResult } from '../support/rewrap-cli.ts';
import { simpleTable } from '../support/simple-table.ts';

const OWNER = '222222222222';
const ROLE = `arn:aws:iam::${OWNER}:role/rewrap-tables`;
const ASSUMING = ['--role', ROLE, '--external-id', 'deployment-7'];

type Told = Inspection & { readonly nextSteps: readonly { readonly command: string }[] };

describe('a store of another account', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-inspect-accounts-'));
  let aws: Embedded;
  let key: string;

  beforeAll(async () => {
    aws = await embedded();
    key = await createKey(aws.kms);
    const command = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key, KeySpec: 'AES_256' });
    const edk = Buffer.from((await aws.kms.send(command)).CiphertextBlob!);
    const theirs = {
      ...{ endpoint: aws.endpoint, region: 'us-east-1', forcePathStyle: true },
      credentials: { accessKeyId: OWNER, secretAccessKey: 'x' },
    };
    const tables = new DynamoDBClient(theirs);
    await simpleTable(tables, 'Notes');
    const Item = { id: { S: 'a' }, edk: { B: edk }, arn: { S: key } };
    await tables.send(new PutItemCommand({ TableName: 'Notes', Item }));
    const buckets = new S3Client(theirs);
    await buckets.send(new CreateBucketCommand({ Bucket: 'theirs' }));
    const Metadata = { edk: edk.toString('base64'), 'key-arn': key };
    await buckets.send(new PutObjectCommand({ Bucket: 'theirs', Key: 'a', Body: 'x', Metadata }));
    tables.destroy();
    buckets.destroy();
    trust();
  });
  afterAll(async () => {
    await aws.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function trust(): void {
    const { identities } = aws.aws.iam;
    const Version = '2012-10-17';
    const Statement = {
      ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '111122223333' } },
      Condition: { StringEquals: { 'sts:ExternalId': 'deployment-7' } },
    };
    identities.create(ROLE, { trust: { Version, Statement } });
    const all = { Effect: 'Allow', Action: ['dynamodb:*', 's3:*'], Resource: '*' };
    identities.putInline(ROLE, 'All', { Version, Statement: all });
  }

  const call = (...args: readonly string[]): Promise<CliResult> => rewrap(args, { endpoint: aws.endpoint });
  const told = ({ stdout }: CliResult): Told => JSON.parse(stdout) as Told;

  it('is inspected with its role, which the job names, and the next command as well', async () => {
    const found = told(await call('inspect', 'Notes', '--json', ...ASSUMING));
    expect(found).toMatchObject({
      ...{ records: 1, keys: [{ keyArn: key }], assumeRole: { roleArn: ROLE, externalId: 'deployment-7' } },
      job: { stores: [{ table: 'Notes', assumeRole: { roleArn: ROLE, externalId: 'deployment-7' } }] },
    });
    expect(found.nextSteps[0]?.command).toContain(`init Notes --role ${ROLE} --external-id deployment-7`);
  });

  it('may be a bucket, whose folders are listed with the role as well', async () => {
    const found = told(await call('inspect', 's3://theirs/', '--json', ...ASSUMING));
    expect(found).toMatchObject({ records: 1, formats: [{ what: 'object-metadata' }] });
  });

  it('is named by the job that init writes, with the role', async () => {
    const given = ['--name', 'notes', '--destination', await createKey(aws.kms), '--context', 'none'];
    const limits = ['--kms-requests-per-second', '10', '--max-concurrency', '1'];
    const { code, stderr } = await call('init', 'Notes', '--jobs', folder, ...given, ...limits, ...ASSUMING);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    expect(JSON.parse(readFileSync(join(folder, 'notes.json'), 'utf8'))).toMatchObject({
      stores: [{ table: 'Notes', assumeRole: { roleArn: ROLE, externalId: 'deployment-7' } }],
    });
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a role that does not trust the caller', ['--role', ROLE], /sts:AssumeRole/],
    [
      'what is no role',
      ['--role', 'rewrap-tables'],
      /is no ARN of a role; write arn:aws:iam::ACCOUNT:role\/NAME/,
    ],
    [
      'an external id without a role',
      ['--external-id', 'deployment-7'],
      /--external-id is for a role: name it with --role/,
    ],
  ])('is refused by %s', async (_, args, words) => {
    const { code, stdout, stderr } = await call('inspect', 'Notes', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
  });

  it('is another one than a table of that name here', async () => {
    const { code, stderr } = await call('inspect', 'Notes');
    expect([code, stderr]).toEqual([2, expect.stringContaining('Notes')]);
  });
});
