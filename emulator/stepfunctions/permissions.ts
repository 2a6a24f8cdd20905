import type { Permission } from '../protocol/authorization.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';

type Input = Readonly<Record<string, unknown>>;

/** Each operation has one action, on what its input names: a map run, an execution or a state machine. */
export function permissionsOf(
  operation: string,
  input: Input,
  { caller }: OperationContext,
): readonly Permission[] {
  const named = [input['mapRunArn'], input['executionArn'], input['stateMachineArn']];
  const resource = named.find(arn => typeof arn === 'string') ?? '*';
  return [{ action: `states:${operation}`, resource, resourceAccountId: caller.accountId }];
}
