import {
  CreateBackupCommand,
  DeleteBackupCommand,
  DynamoDBClient,
  ListBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableBackups } from '../../lambda/adapters/dynamodb/table-backups.ts';
import type { Discovery } from '../../lambda/core/discover/discovery.ts';
import type { RetireAdvice } from '../../lambda/core/retire/retire-check.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';
import { simpleTable } from '../support/simple-table.ts';

describe('on-demand backups of tables', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-backups-'));
  let aws: Embedded;
  let key: string;

  beforeAll(async () => {
    aws = await embedded();
    key = await createKey(aws.kms);
    await simpleTable(aws.dynamodb, 'Sealed', { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: key });
    await simpleTable(aws.dynamodb, 'Plain');
    await backup('Sealed', 'sealed');
    await backup('Plain', 'plain');
    mkdirSync(join(folder, 'jobs'));
    const format = { type: 'attribute', dataKey: 'edk', encryptionContext: {} };
    writeFileSync(
      join(folder, 'jobs', 'orders.json'),
      JSON.stringify({
        ...{ name: 'orders', source: { keys: [key] }, destination: { key: await createKey(aws.kms) } },
        stores: [{ type: 'dynamodb', table: 'Plain', format }],
      }),
    );
  });
  afterAll(async () => {
    await aws.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function backup(TableName: string, BackupName: string): Promise<string> {
    const { BackupDetails } = await aws.dynamodb.send(new CreateBackupCommand({ TableName, BackupName }));
    return BackupDetails!.BackupArn!;
  }

  async function told<Result>(...args: readonly string[]): Promise<Result> {
    const { stdout, stderr } = await rewrap([...args, '--jobs', join(folder, 'jobs'), '--json'], {
      endpoint: aws.endpoint,
    });
    if (!stdout.startsWith('{')) throw new Error(stderr);
    return JSON.parse(stdout) as Result;
  }

  it('are listed to the last page, with the key that each is under', async () => {
    const more: string[] = [];
    for (let index = 0; index < 101; index++) more.push(await backup('Plain', `nightly-${index}`));
    const { backups, beyond, untold } = await tableBackups(aws.dynamodb);
    expect([beyond, untold]).toEqual([0, undefined]);
    expect(backups).toHaveLength(103);
    expect(backups.filter(({ keyArn }) => keyArn !== undefined)).toEqual([
      {
        ...{ table: 'Sealed', name: 'sealed', keyArn: key },
        arn: expect.stringMatching(/:table\/Sealed\/backup\//) as string,
        createdAt: expect.stringMatching(/^20\d\d-.*Z$/) as string,
      },
    ]);
    for (const BackupArn of more) await aws.dynamodb.send(new DeleteBackupCommand({ BackupArn }));
    expect((await aws.dynamodb.send(new ListBackupsCommand({}))).BackupSummaries).toHaveLength(2);
  });

  it('that may not be described are counted, with the reason', async () => {
    const Statement = [{ Effect: 'Allow', Action: 'dynamodb:ListBackups', Resource: '*' }];
    const credentials = aws.aws.createUser('lister', [{ Version: '2012-10-17', Statement }]);
    const client = new DynamoDBClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
    expect(await tableBackups(client)).toEqual({
      ...{ backups: [], beyond: 0 },
      untold: { many: 2, words: expect.stringContaining('dynamodb:DescribeBackup') as string },
    });
    client.destroy();
  });

  it('make retire-check keep a key, and wait for those of tables that have data keys', async () => {
    const { verdict, findings, notChecked } = await told<RetireAdvice>('retire-check', key);
    expect(verdict).toBe('keep');
    const said = findings.map(({ weight, about, words }) => `${weight} ${about} ${words}`).join('\n');
    expect(said).toMatch(/blocks .*Sealed DynamoDB keeps 1 on-demand backup of it under this key/);
    expect(said).toMatch(/waits .*Plain 1 on-demand backup of it/);
    expect(notChecked.join()).toContain('recovery points of AWS Backup');
  });

  it('are named by discover as a use of the key', async () => {
    const { keys } = await told<Discovery>('discover');
    const uses = keys.find(({ keyArn }) => keyArn === key)?.serverSide;
    expect(uses).toContainEqual(
      expect.objectContaining({ type: 'dynamodb', name: 'Sealed', of: 'backups', backups: 1 }),
    );
  });
});
