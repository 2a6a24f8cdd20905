import type { Credentials } from '../protocol/callers.ts';
import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import { escapeXml, queryService } from '../protocol/query-protocol.ts';
import type { Service } from '../protocol/request.ts';

/** Issues credentials of a role. */
export type IssueFor = (roleArn: string) => Credentials;

const HOUR_MS = 3_600_000;

/** STS: who am I, and let me be somebody else. behaviour.md says what it does and does not do. */
export function stsService(issueFor: IssueFor): Service {
  return queryService({
    GetCallerIdentity: (_, { caller }) =>
      `<Arn>${shownArn(caller.arn)}</Arn><UserId>${caller.arn.split('/').at(-1)}</UserId><Account>${caller.accountId}</Account>`,
    AssumeRole: (parameters, context) => assumeRole(parameters, context, issueFor),
  });
}

/** The trust policy has the first word; it may leave the rest to the identity policies of the caller's account. */
function assumeRole(parameters: URLSearchParams, { iam }: OperationContext, issueFor: IssueFor): string {
  const roleArn = parameters.get('RoleArn') ?? '';
  const session = parameters.get('RoleSessionName') ?? '';
  if (!/^[\w+=,.@-]{2,64}$/.test(session))
    throw new AwsError('ValidationError', `the session name '${session}' is not valid`);
  if (parameters.has('Policy') || parameters.has('PolicyArns.member.1.arn'))
    throw new AwsError('NotImplemented', 'the embedded AWS does not have session policies');
  const actions = ['sts:AssumeRole', ...(parameters.has('Tags.member.1.Key') ? ['sts:TagSession'] : [])];
  for (const action of actions)
    iam.need({
      ...{ action, resource: roleArn, resourceAccountId: roleArn.split(':')[4] ?? '' },
      conditions: {
        'sts:ExternalId': parameters.get('ExternalId') ?? undefined,
        'sts:RoleSessionName': session,
      },
      ...{ trustOf: roleArn, resourceDecides: true },
    });
  const { accessKeyId, secretAccessKey, sessionToken } = issueFor(roleArn);
  const expiration = new Date(Date.now() + HOUR_MS).toISOString();
  const user = `<AssumedRoleUser><Arn>${escapeXml(shownArn(roleArn, session))}</Arn><AssumedRoleId>${accessKeyId}:${escapeXml(session)}</AssumedRoleId></AssumedRoleUser>`;
  return `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>${expiration}</Expiration></Credentials>${user}`;
}

/** A role calls by a session. Its name is not kept. */
function shownArn(arn: string, session = 'embedded'): string {
  const [, account, name] = /^arn:aws:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return account === undefined ? arn : `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
}
