import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { httpTo, UNHEARD, type ClientConfig } from './client-config.ts';
import { withNamedCalls } from './named-calls.ts';

export interface CallerIdentity {
  readonly account: string;
  readonly partition: string;
}

/** Whose account the caller works in. STS tells everybody that, whatever policies say (STS API reference, GetCallerIdentity). */
export async function callerIdentity(config: ClientConfig): Promise<CallerIdentity> {
  const settings = { logger: UNHEARD, requestHandler: httpTo('api'), ...config };
  const client = withNamedCalls(new STSClient(settings), 'sts', config);
  try {
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
    return { account: Account ?? '', partition: Arn?.split(':')[1] ?? 'aws' };
  } finally {
    client.destroy();
  }
}
