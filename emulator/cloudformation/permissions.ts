import type { Permission } from '../protocol/authorization.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import type { CloudFormation } from './cloudformation.ts';
import { invalid } from './template-text.ts';

/** Operations that are about no stack. */
const OF_NO_STACK = ['ListStacks', 'ListExports', 'ValidateTemplate'];

/** A stack is named without its id, so that a permission must leave the id open. */
export function permissionsOf(
  operation: string,
  parameters: URLSearchParams,
  { region, caller: { accountId } }: OperationContext,
): readonly Permission[] {
  const name = OF_NO_STACK.includes(operation) ? null : parameters.get('StackName');
  const stack = name?.startsWith('arn:')
    ? name
    : `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/*`;
  return [
    {
      action: `cloudformation:${operation}`,
      resource: name === null ? '*' : stack,
      resourceAccountId: accountId,
    },
  ];
}

/** Whoever lets CloudFormation act as a role must be allowed to pass it, and the role must trust CloudFormation. */
export function needUsableRole(
  cloudFormation: CloudFormation,
  roleArn: string,
  { iam, caller: { accountId } }: OperationContext,
): void {
  iam.need({
    ...{ action: 'iam:PassRole', resource: roleArn, resourceAccountId: accountId },
    conditions: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
  });
  if (!cloudFormation.trusts(roleArn)) throw invalid(`Role ${roleArn} is invalid or cannot be assumed`);
}
