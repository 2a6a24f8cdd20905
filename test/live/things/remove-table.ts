import { DeleteTableCommand, DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { errorNameOf, until } from '../waiting.ts';
import type { Clients } from '../world.ts';
import type { Removal } from './outcome.ts';

/** A table that is being made or changed is waited for. */
export async function removeTable({ dynamodb }: Clients, TableName: string): Promise<Removal> {
  const described = async () => {
    try {
      return (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table;
    } catch (error) {
      if (errorNameOf(error) === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  };
  const table = await described();
  if (table === undefined) return { kind: 'not-there' };
  const settled = async (): Promise<true | undefined> =>
    (await described())?.TableStatus === 'ACTIVE' ? true : undefined;
  await until(`the table ${TableName} is active`, settled, { seconds: 120 });
  if (table.DeletionProtectionEnabled === true) {
    await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await until(`the table ${TableName} is active`, settled, { seconds: 120 });
  }
  await dynamodb.send(new DeleteTableCommand({ TableName }));
  const gone = async (): Promise<true | undefined> => ((await described()) === undefined ? true : undefined);
  await until(`the table ${TableName} is gone`, gone, { seconds: 300 });
  return { kind: 'removed' };
}
