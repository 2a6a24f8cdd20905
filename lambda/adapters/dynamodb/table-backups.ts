import {
  DescribeBackupCommand,
  ListBackupsCommand,
  type BackupSummary,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { TableBackup, TableBackups } from '../../core/stores/dynamodb/table-backups.ts';
import { isDenied, messageOf, nameOf } from '../aws/errors.ts';

/** DynamoDB describes ten a second (API reference, DescribeBackup): these take two minutes. */
const MOST = 1_000;

/** The on-demand backups of a caller's account in a Region, with the key of each. A list does not tell keys. */
export async function tableBackups(client: DynamoDBClient): Promise<TableBackups> {
  const listed = await allBackups(client);
  const asked = listed.slice(0, MOST);
  const told: TableBackup[] = [];
  const refusals: string[] = [];
  for (const one of asked) {
    const found = await described(client, one);
    if (typeof found === 'string') refusals.push(found);
    else if (found !== undefined) told.push(found);
  }
  const [words] = refusals;
  return {
    backups: told,
    beyond: listed.length - asked.length,
    ...(words !== undefined && { untold: { many: refusals.length, words } }),
  };
}

async function allBackups(client: DynamoDBClient): Promise<readonly BackupSummary[]> {
  const all: BackupSummary[] = [];
  let ExclusiveStartBackupArn: string | undefined;
  do {
    const start = ExclusiveStartBackupArn !== undefined && { ExclusiveStartBackupArn };
    const page = await client.send(new ListBackupsCommand({ BackupType: 'ALL', ...start }));
    all.push(...(page.BackupSummaries ?? []));
    ExclusiveStartBackupArn = page.LastEvaluatedBackupArn;
  } while (ExclusiveStartBackupArn !== undefined);
  return all;
}

/** The backup; nothing if it has gone; or why it may not be described. */
async function described(
  client: DynamoDBClient,
  { BackupArn, BackupName = '', TableName = '', BackupCreationDateTime }: BackupSummary,
): Promise<TableBackup | string | undefined> {
  try {
    const { BackupDescription } = await client.send(new DescribeBackupCommand({ BackupArn }));
    const keyArn = BackupDescription?.SourceTableFeatureDetails?.SSEDescription?.KMSMasterKeyArn;
    return {
      ...{ table: TableName, name: BackupName, arn: BackupArn ?? '' },
      createdAt: (BackupCreationDateTime ?? new Date(0)).toISOString(),
      ...(keyArn !== undefined && { keyArn }),
    };
  } catch (error) {
    if (nameOf(error) === 'BackupNotFoundException') return undefined;
    if (isDenied(error)) return messageOf(error);
    throw error;
  }
}
