import { wordsOfError } from './waiting.ts';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';

/** The first call of all, and the last one if it does not answer the account that was named. */
export async function accountProblem(sts: STSClient, account: string): Promise<string | undefined> {
  let Account: string | undefined;
  try {
    ({ Account } = await sts.send(new GetCallerIdentityCommand({})));
  } catch (error) {
    return `STS does not say whose credentials these are (${wordsOfError(error)}): nothing was made`;
  }
  if (Account === account) return undefined;
  return `these credentials are of the account ${Account ?? '(none)'}, and --account names ${account}: nothing was made`;
}
