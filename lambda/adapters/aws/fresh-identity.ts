import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isOfIdentity } from './errors.ts';

/**
 * Waits before a request whose sender was not recognised is sent again. The SDK itself does so only where a signature is
 * said to have expired, or where it has found its clock to be off by four minutes.
 */
const IDENTITY_PATIENCE_MS: readonly number[] = [100, 1_000];

/** Any client of the SDK: all of them have these, in types of their own. */
export interface AnyClient {
  readonly middlewareStack: unknown;
  readonly config: unknown;
}

interface Identity {
  readonly credentials?: (options: { readonly forceRefresh: boolean }) => Promise<unknown>;
  /** What the SDK adds to its clock, as the date of the last answer has it. */
  systemClockOffset?: number;
}

/**
 * A client that sends a request again where AWS does not recognise its signature, token or time: with credentials asked for
 * anew, first by the time that AWS itself has answered with, then by the clock as it is. It stands around the SDK's own
 * retries, as these sign every try with the same credentials.
 */
export function withFreshIdentity<Client extends AnyClient>(
  client: Client,
  patienceMs: readonly number[] = IDENTITY_PATIENCE_MS,
): Client {
  const stack = client.middlewareStack as DynamoDBClient['middlewareStack'];
  stack.add(
    next => async args => {
      for (const [index, wait] of patienceMs.entries()) {
        try {
          return await next(args);
        } catch (error) {
          if (!isOfIdentity(error)) throw error;
          await sleep(wait);
          await renew(client.config as Identity, { clock: index === patienceMs.length - 1 });
        }
      }
      return next(args);
    },
    { step: 'initialize', priority: 'low', name: 'kmsRewrapFreshIdentity' },
  );
  return client;
}

async function renew(identity: Identity, { clock }: { readonly clock: boolean }): Promise<void> {
  // Whoever gives no credentials now is asked again by the request itself, and says why.
  await identity.credentials?.({ forceRefresh: true }).catch(() => undefined);
  if (clock) identity.systemClockOffset = 0;
}
