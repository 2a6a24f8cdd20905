import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { PoliciesOfJob } from '../../cli/deployment/policies.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';
import { simpleTable } from '../support/simple-table.ts';

const OWNER = '444455556666';
const HERE = '111122223333';
const WITH_CONTEXT = { EncryptionContext: { purpose: 'notes' } };

/** Two keys of another account, whose policies let nobody but their owner use them. */
describe('rewrap plan --policies', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-policies-'));
  const file = join(folder, 'jobs', 'notes.json');
  let aws: Embedded;
  let owner: KMSClient;
  let policies: PoliciesOfJob;
  let keys: readonly string[];

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0.001 });
    const credentials = { accessKeyId: OWNER, secretAccessKey: 'x' };
    owner = new KMSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
    const create = async () => (await owner.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
    keys = [await create(), await create()];
    await simpleTable(aws.dynamodb, 'Notes');
    const { CiphertextBlob } = await owner.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: keys[0], NumberOfBytes: 32, ...WITH_CONTEXT }),
    );
    await aws.dynamodb.send(
      new PutItemCommand({ TableName: 'Notes', Item: { id: { S: 'n' }, edk: { B: CiphertextBlob! } } }),
    );
    const format = { type: 'attribute', dataKey: 'edk', encryptionContext: WITH_CONTEXT.EncryptionContext };
    const stores = [{ type: 'dynamodb', table: 'Notes', format }];
    const job = { name: 'notes', source: { keys: [keys[0]] }, destination: { key: keys[1] }, stores };
    mkdirSync(join(folder, 'jobs'));
    writeFileSync(file, JSON.stringify(job));
    await synthesize({ jobs: join(folder, 'jobs'), outdir: join(folder, 'cdk.out') });
    await aws.aws.deploy(join(folder, 'cdk.out'));
    const { stdout } = await rewrap(['plan', 'notes', '--policies', '--json'], { endpoint: aws.endpoint });
    policies = JSON.parse(stdout) as PoliciesOfJob;
  });
  afterAll(async () => {
    owner.destroy();
    await aws.stop();
  });

  const runs = (mode: string) =>
    rewrap(['run', 'notes', '--mode', mode, '--json'], { endpoint: aws.endpoint });
  const allow = async (without?: string): Promise<void> => {
    const Statement = { Sid: 'Owner', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OWNER}:root` } };
    for (const { key, statements } of policies.keys) {
      const kept = statements.map(one => ({
        ...one,
        Action: one.Action.filter(action => action !== without),
      }));
      const added = [{ ...Statement, Action: 'kms:*', Resource: '*' }, ...kept];
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: added });
      await owner.send(new PutKeyPolicyCommand({ KeyId: key, Policy }));
    }
  };

  it('names each key with its owner, and the deployment’s roles alone', () => {
    expect([policies.account, policies.accountAssumed]).toEqual([HERE, false]);
    expect(
      policies.keys.map(({ key, account, ofAnotherAccount }) => [key, account, ofAnotherAccount]),
    ).toEqual([...keys].sort().map(key => [key, OWNER, true]));
    for (const { Condition, Principal } of policies.keys.flatMap(({ statements }) => statements))
      expect([Principal, Condition]).toEqual([
        { AWS: `arn:aws:iam::${HERE}:root` },
        { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${HERE}:role/KmsRewrap-*` } },
      ]);
  });

  it('says the same of a job that is not deployed, with the account that it takes', async () => {
    const { code, stdout } = await rewrap(['plan', file, '--policies', '--json', '--deployment', 'Else'], {
      endpoint: aws.endpoint,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ account: OWNER, accountAssumed: true, keys: [{}, {}] });
  });

  it('lets a run do all of its work with exactly what it prints, and not without it', async () => {
    await allow('kms:ReEncryptTo');
    expect((await runs('migrate')).code).toBe(2);
    await allow();
    for (const mode of ['census', 'migrate', 'verify'])
      expect([mode, (await runs(mode)).code]).toEqual([mode, 0]);
  });
});
