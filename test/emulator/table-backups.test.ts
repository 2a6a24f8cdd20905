import {
  CreateBackupCommand,
  DeleteBackupCommand,
  DeleteTableCommand,
  DescribeBackupCommand,
  DescribeTableCommand,
  ListBackupsCommand,
  UpdateTableCommand,
  type ListBackupsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { embedded, type Embedded } from '../support/embedded.ts';
import { simpleTable } from '../support/simple-table.ts';

describe('on-demand backups of tables', () => {
  let aws: Embedded;
  let key: string;
  beforeAll(async () => {
    aws = await embedded();
    key = (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
    await simpleTable(aws.dynamodb, 'Plain');
    await simpleTable(aws.dynamodb, 'Sealed');
    await encrypt('Sealed', key);
  });
  afterAll(() => aws.stop());

  async function encrypt(TableName: string, KMSMasterKeyId: string): Promise<void> {
    const SSESpecification = { Enabled: true, SSEType: 'KMS', KMSMasterKeyId } as const;
    await aws.dynamodb.send(new UpdateTableCommand({ TableName, SSESpecification }));
    // Whoever has seen the change sees next that it is over.
    await aws.dynamodb.send(new DescribeTableCommand({ TableName }));
  }

  async function backup(TableName: string, BackupName: string): Promise<string> {
    const { BackupDetails } = await aws.dynamodb.send(new CreateBackupCommand({ TableName, BackupName }));
    expect(BackupDetails).toMatchObject({ BackupName, BackupStatus: 'CREATING', BackupType: 'USER' });
    return BackupDetails!.BackupArn!;
  }

  const describeBackup = async (BackupArn: string) =>
    (await aws.dynamodb.send(new DescribeBackupCommand({ BackupArn }))).BackupDescription!;
  const list = async (input: ListBackupsCommandInput = {}) =>
    aws.dynamodb.send(new ListBackupsCommand(input));

  it('keep the key that their table had, whatever becomes of it', async () => {
    const arn = await backup('Sealed', 'before');
    const other = (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
    await encrypt('Sealed', other);
    const after = await backup('Sealed', 'after');
    await aws.dynamodb.send(new DeleteTableCommand({ TableName: 'Sealed' }));
    const described = await describeBackup(arn);
    expect(described).toMatchObject({
      BackupDetails: {
        BackupArn: arn,
        BackupStatus: 'AVAILABLE',
        BackupCreationDateTime: expect.any(Date) as Date,
      },
      SourceTableDetails: {
        TableName: 'Sealed',
        TableArn: expect.stringMatching(/:table\/Sealed$/) as string,
      },
      SourceTableFeatureDetails: { SSEDescription: { SSEType: 'KMS', KMSMasterKeyArn: key } },
    });
    expect((await describeBackup(after)).SourceTableFeatureDetails?.SSEDescription?.KMSMasterKeyArn).toBe(
      other,
    );
  });

  it('of a table under a key of DynamoDB name no key', async () => {
    const { SourceTableFeatureDetails } = await describeBackup(await backup('Plain', 'plain'));
    expect(SourceTableFeatureDetails?.SSEDescription).toBeUndefined();
  });

  it('are listed in pages, of one table or all, and of users unless others are asked for', async () => {
    for (const name of ['one', 'two', 'three']) await backup('Plain', name);
    const names: (string | undefined)[] = [];
    let start: string | undefined;
    do {
      const page = await list({
        ...{ TableName: 'Plain', Limit: 2 },
        ...(start !== undefined && { ExclusiveStartBackupArn: start }),
      });
      expect(page.BackupSummaries!.length).toBeLessThanOrEqual(2);
      names.push(...page.BackupSummaries!.map(({ BackupName }) => BackupName));
      start = page.LastEvaluatedBackupArn;
    } while (start !== undefined);
    expect(names).toEqual(expect.arrayContaining(['one', 'two', 'three']));
    expect(names).not.toContain('before');
    expect((await list({ BackupType: 'ALL' })).BackupSummaries).toHaveLength(names.length + 2);
    expect((await list({ BackupType: 'SYSTEM' })).BackupSummaries).toEqual([]);
  });

  it('are gone once they are deleted', async () => {
    const BackupArn = await backup('Plain', 'gone');
    const { BackupDescription } = await aws.dynamodb.send(new DeleteBackupCommand({ BackupArn }));
    expect(BackupDescription?.BackupDetails?.BackupStatus).toBe('DELETED');
    await expect(describeBackup(BackupArn)).rejects.toThrow(
      expect.objectContaining({ name: 'BackupNotFoundException' }) as Error,
    );
  });

  it('need a table', async () => {
    await expect(backup('Nothing', 'none')).rejects.toThrow(
      expect.objectContaining({ name: 'TableNotFoundException' }) as Error,
    );
  });
});
