import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isOfIdentity } from './errors.ts';

/**
 * How long to wait before repeating a request whose sender AWS did not recognise. The SDK itself repeats it only if the
 * signature is said to have expired, or if the SDK has found its clock to be off by four minutes.
 */
const IDENTITY_PATIENCE_MS: readonly number[] = [100, 1_000];

/** Any client of the SDK. All clients have these members, each under types of its own. */
export interface AnyClient {
  readonly middlewareStack: unknown;
  readonly config: unknown;
}

interface Identity {
  readonly credentials?: (options: { readonly forceRefresh: boolean }) => Promise<unknown>;
  /** What the SDK adds to its clock, according to the date of the last answer. */
  systemClockOffset?: number;
}

/**
 * Makes a client repeat a request if AWS does not recognise its signature, token or time. It first uses fresh credentials
 * and the time of AWS's own answer, then the local clock. This wraps the SDK's retries, because these sign every try with
 * the same credentials.
 */
export function withFreshIdentity<Client extends AnyClient>(
  client: Client,
  patienceMs: readonly number[] = IDENTITY_PATIENCE_MS,
): Client {
  const stack = client.middlewareStack as DynamoDBClient['middlewareStack'];
  stack.add(despiteIdentity(client, patienceMs), {
    step: 'initialize',
    priority: 'low',
    name: 'kmsRewrapFreshIdentity',
  });
  return client;
}

/** The same as a step of its own, for requests that go without the SDK's middleware. */
export function despiteIdentity(
  { config }: Pick<AnyClient, 'config'>,
  patienceMs: readonly number[] = IDENTITY_PATIENCE_MS,
) {
  return <Args, Result>(next: (args: Args) => Promise<Result>) => {
    const send = async (args: Args, tries: number): Promise<Result> => {
      try {
        return await next(args);
      } catch (error) {
        const wait = patienceMs[tries];
        if (wait === undefined || !isOfIdentity(error)) throw error;
        await sleep(wait);
        await renew(config as Identity, { clock: tries === patienceMs.length - 1 });
        return send(args, tries + 1);
      }
    };
    return (args: Args): Promise<Result> => send(args, 0);
  };
}

async function renew(identity: Identity, { clock }: { readonly clock: boolean }): Promise<void> {
  // If there are no credentials now, the request asks for them again and reports why.
  await identity.credentials?.({ forceRefresh: true }).catch(() => undefined);
  if (clock) identity.systemClockOffset = 0;
}
