import { callerTrouble } from '../../lambda/adapters/aws/caller-trouble.ts';
import type { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { wordsForCaller } from '../../lambda/adapters/aws/failure.ts';
import { tableBackups } from '../../lambda/adapters/dynamodb/table-backups.ts';
import type { TableBackups } from '../../lambda/core/stores/dynamodb/table-backups.ts';
import type { Seen } from '../../lambda/core/stores/lookup.ts';
import type { CommandContext } from '../context/command-context.ts';

/** The on-demand backups of the caller's account in a Region, as far as the caller may see them. */
export async function backupsIn(
  region: string,
  clients: AwsClients,
  { caller }: Pick<CommandContext, 'caller'>,
): Promise<Seen<TableBackups>> {
  try {
    return { kind: 'seen', value: await tableBackups(clients.dynamodb(region)) };
  } catch (error) {
    if (callerTrouble(error, caller) !== undefined) throw error;
    return { kind: 'unseen', words: wordsForCaller(error, caller) };
  }
}
