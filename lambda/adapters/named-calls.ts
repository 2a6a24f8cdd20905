import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { remember } from './said-by.ts';

/**
 * Every error of a client says which call it was, on what, after how many tries, and its own name. That name stays, so
 * that whoever matches on it does as before.
 */
export function withNamedCalls<Client extends DynamoDBClient | S3Client>(
  client: Client,
  service: string,
): Client {
  // The stacks of all clients are alike; their types differ in the inputs that they take.
  const stack = client.middlewareStack as DynamoDBClient['middlewareStack'];
  stack.add(
    (next, context) => async args => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error)
          name(error, `${service}:${operationOf(context)}${resourceOf(args.input)}`);
        throw error;
      }
    },
    { step: 'initialize', name: 'kmsRewrapNamedCalls' },
  );
  return client;
}

function name(error: Error, call: string): void {
  const { attempts } = (error as { readonly $metadata?: { readonly attempts?: number } }).$metadata ?? {};
  remember(error);
  const tries = attempts === undefined || attempts < 2 ? '' : ` after ${attempts} tries`;
  error.message = `${call}${tries}: ${error.name}: ${error.message}`;
}

function operationOf({ commandName }: { readonly commandName?: string }): string {
  return (commandName ?? 'call').replace(/Command$/, '');
}

/** The table, or the bucket and key. */
function resourceOf(input: object): string {
  const { TableName, Bucket, Key, RequestItems } = input as Readonly<Record<string, unknown>>;
  if (typeof RequestItems === 'object' && RequestItems !== null)
    return ` on table ${Object.keys(RequestItems).join(', ')}`;
  if (typeof TableName === 'string') return ` on table ${TableName}`;
  if (typeof Bucket !== 'string') return '';
  return ` in bucket ${Bucket}${typeof Key === 'string' ? ` of ${Key}` : ''}`;
}
