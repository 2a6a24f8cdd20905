import type { Credentials } from '../protocol/callers.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import { escapeXml, queryService } from '../protocol/query-protocol.ts';
import { sessionArn, type Caller, type Service, type Session } from '../protocol/request.ts';
import { sessionOf } from './session.ts';
import { uniqueId } from './unique-id.ts';

/** Issues credentials of a role. @throws AwsError MalformedPolicyDocument for a session policy that is none */
export type IssueFor = (roleArn: string, session: Session) => Credentials;

/** STS: who am I, and let me be somebody else. behaviour.md says what it does and does not do. */
export function stsService(issueFor: IssueFor, now: () => number = Date.now): Service {
  return queryService({
    GetCallerIdentity: (_, { caller }) =>
      `<Arn>${escapeXml(sessionArn(caller))}</Arn><UserId>${escapeXml(userId(caller))}</UserId><Account>${caller.accountId}</Account>`,
    AssumeRole: (parameters, context) => assumeRole(parameters, context, { issueFor, now }),
  });
}

interface Issuing {
  readonly issueFor: IssueFor;
  readonly now: () => number;
}

/** The trust policy has the first word; it may leave the rest to the identity policies of the caller's account. */
function assumeRole(
  parameters: URLSearchParams,
  { iam, caller }: OperationContext,
  { issueFor, now }: Issuing,
): string {
  const { roleArn, session } = sessionOf(parameters, { caller }, now);
  const actions = ['sts:AssumeRole', ...(parameters.has('Tags.member.1.Key') ? ['sts:TagSession'] : [])];
  for (const action of actions)
    iam.need({
      ...{ action, resource: roleArn, resourceAccountId: roleArn.split(':')[4] ?? '' },
      conditions: {
        'sts:ExternalId': parameters.get('ExternalId') ?? undefined,
        'sts:RoleSessionName': session.name,
      },
      ...{ trustOf: roleArn, resourceDecides: true },
    });
  const { accessKeyId, secretAccessKey, sessionToken } = issueFor(roleArn, session);
  const expiration = new Date(session.expiresAt).toISOString();
  const arn = sessionArn({ arn: roleArn, session });
  const user = `<AssumedRoleUser><Arn>${escapeXml(arn)}</Arn><AssumedRoleId>${escapeXml(userId({ arn: roleArn, session }))}</AssumedRoleId></AssumedRoleUser>`;
  return `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>${expiration}</Expiration></Credentials>${user}`;
}

/** Of a session, the id of its role and its own name. */
function userId({ arn, session }: Pick<Caller, 'arn' | 'session'>): string {
  return arn.includes(':role/') ? `${uniqueId(arn)}:${session?.name ?? 'embedded'}` : uniqueId(arn);
}
