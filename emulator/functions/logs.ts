import type { Iam } from '../iam/iam.ts';
import type { FunctionDefinition } from './functions.ts';

/** Whether a function's role may make a stream in its log group and write to it. */
export function mayLog(iam: Iam, { roleArn, logGroup, region }: FunctionDefinition): boolean {
  const accountId = roleArn.split(':')[4] ?? '';
  const role = iam.authorizationOf({ caller: { accountId, arn: roleArn }, region, service: 'logs' });
  const resource = `arn:aws:logs:${region}:${accountId}:log-group:${logGroup}:log-stream:embedded`;
  return ['CreateLogStream', 'PutLogEvents'].every(action =>
    role.has({ action: `logs:${action}`, resource, resourceAccountId: accountId }),
  );
}
