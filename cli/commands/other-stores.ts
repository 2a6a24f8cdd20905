import { callerIdentity } from '../../lambda/adapters/aws/caller-identity.ts';
import { callerTrouble } from '../../lambda/adapters/aws/caller-trouble.ts';
import type { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { wordsForCaller } from '../../lambda/adapters/aws/failure.ts';
import { storesIn } from '../../lambda/adapters/stores/registry.ts';
import type { OthersPort } from '../../lambda/core/retire/other-stores.ts';
import type { CommandContext } from '../context/command-context.ts';

/** The tables and buckets of the caller's account in a Region, as far as the caller may list them. */
export async function othersIn(
  region: string,
  clients: AwsClients,
  { aws, caller }: Pick<CommandContext, 'aws' | 'caller'>,
): Promise<OthersPort> {
  const identity = await callerIdentity({ ...aws, region });
  return {
    ...{ ...identity, region },
    namesOf: async type => {
      try {
        return { kind: 'seen', value: await storesIn(type, clients, region) };
      } catch (error) {
        if (callerTrouble(error, caller) !== undefined) throw error;
        return { kind: 'unseen', words: wordsForCaller(error, caller) };
      }
    },
  };
}
