import type { Credentials } from '../protocol/callers.ts';
import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import { escapeXml, queryService } from '../protocol/query-protocol.ts';
import { sessionArn, type Service, type Session } from '../protocol/request.ts';

/** Issues credentials of a role. @throws AwsError MalformedPolicyDocument for a session policy that is none */
export type IssueFor = (roleArn: string, session: Session) => Credentials;

const HOUR_S = 3_600;
/** API reference, AssumeRole, Policy. */
const MAX_POLICY_CHARACTERS = 2_048;

/** STS: who am I, and let me be somebody else. behaviour.md says what it does and does not do. */
export function stsService(issueFor: IssueFor, now: () => number = Date.now): Service {
  return queryService({
    GetCallerIdentity: (_, { caller }) =>
      `<Arn>${escapeXml(sessionArn(caller))}</Arn><UserId>${caller.arn.split('/').at(-1)}</UserId><Account>${caller.accountId}</Account>`,
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
  const roleArn = parameters.get('RoleArn') ?? '';
  const session = sessionOf(parameters, { chained: caller.arn.includes(':role/'), now });
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
  const user = `<AssumedRoleUser><Arn>${escapeXml(arn)}</Arn><AssumedRoleId>${accessKeyId}:${escapeXml(session.name)}</AssumedRoleId></AssumedRoleUser>`;
  return `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>${expiration}</Expiration></Credentials>${user}`;
}

function sessionOf(
  parameters: URLSearchParams,
  { chained, now }: { readonly chained: boolean; readonly now: () => number },
): Session {
  const name = parameters.get('RoleSessionName') ?? '';
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) throw invalid(`the session name '${name}' is not valid`);
  const externalId = parameters.get('ExternalId');
  if (externalId !== null && !/^[\w+=,.@:/-]{2,1224}$/.test(externalId))
    throw invalid('the external id is not valid');
  if (parameters.has('PolicyArns.member.1.arn'))
    throw new AwsError('NotImplemented', 'the embedded AWS does not have managed session policies');
  const policy = parameters.get('Policy') ?? undefined;
  if (policy !== undefined && policy.length > MAX_POLICY_CHARACTERS)
    throw invalid(`a session policy has ${MAX_POLICY_CHARACTERS} characters at most`);
  const seconds = Number(parameters.get('DurationSeconds') ?? HOUR_S);
  if (!(seconds >= 900 && seconds <= HOUR_S))
    throw invalid(
      chained && seconds > HOUR_S
        ? 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining'
        : 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role, or is less than 900',
    );
  return { name, expiresAt: now() + seconds * 1_000, ...(policy !== undefined && { policy }) };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
