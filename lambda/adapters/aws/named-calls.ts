import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { visible } from '../../core/model/visible.ts';
import type { ClientConfig } from './client-config.ts';
import { withFreshIdentity, type AnyClient } from './fresh-identity.ts';
import { heardFromAws } from './heard-from-aws.ts';
import { remember, saidBy } from './said-by.ts';

/**
 * Makes every error of a client say which call failed, on what, after how many tries, and under which name. The name
 * itself stays, so that code that matches on it still works. Inside this wrapper, fresh-identity.ts handles a caller whom
 * AWS does not recognise.
 */
export function withNamedCalls<Client extends AnyClient>(
  client: Client,
  service: string,
  { identityPatienceMs }: Pick<ClientConfig, 'identityPatienceMs'> = {},
): Client {
  const stack = client.middlewareStack as DynamoDBClient['middlewareStack'];
  stack.add(naming(service), { step: 'initialize', name: 'kmsRewrapNamedCalls' });
  stack.add(heardFromAws, { step: 'deserialize', priority: 'low', name: 'kmsRewrapHeardFromAws' });
  return withFreshIdentity(client, identityPatienceMs);
}

/** The same as a step of its own, for requests that go without the SDK's middleware. */
export function naming(service: string) {
  return <Args extends { readonly input: object }, Result>(
      next: (args: Args) => Promise<Result>,
      context: { readonly commandName?: string },
    ) =>
    async (args: Args): Promise<Result> => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error)
          name(error, `${service}:${operationOf(context)}${visible(resourceOf(args.input))}`);
        throw error;
      }
    };
}

function name(error: Error, call: string): void {
  const { attempts } = (error as { readonly $metadata?: { readonly attempts?: number } }).$metadata ?? {};
  remember(error);
  const tries = attempts === undefined || attempts < 2 ? '' : ` after ${attempts} tries`;
  error.message = `${call}${tries}: ${error.name}: ${saidBy(error)}`;
}

function operationOf({ commandName }: { readonly commandName?: string }): string {
  return (commandName ?? 'call').replace(/Command$/, '');
}

/** The resource of a call, taken from its input. Never a ciphertext or a context. */
function resourceOf(input: object): string {
  const { Bucket, Key, RequestItems, SourceKeyId, DestinationKeyId, ...members } = input as Readonly<
    Record<string, unknown>
  >;
  if (typeof RequestItems === 'object' && RequestItems !== null)
    return ` on table ${Object.keys(RequestItems).join(', ')}`;
  if (typeof Bucket === 'string') return ` in bucket ${Bucket}${typeof Key === 'string' ? ` of ${Key}` : ''}`;
  if (typeof SourceKeyId === 'string' && typeof DestinationKeyId === 'string')
    return ` from ${SourceKeyId} to ${DestinationKeyId}`;
  for (const [member, words] of NAMED_BY) {
    const value = members[member];
    if (typeof value === 'string') return ` on ${words}${value}`;
  }
  return '';
}

const NAMED_BY: readonly (readonly [member: string, words: string])[] = [
  ['TableName', 'table '],
  ['KeyId', 'key '],
  ['RoleArn', 'role '],
  ['StackName', 'stack '],
  ['executionArn', ''],
  ['stateMachineArn', ''],
];
