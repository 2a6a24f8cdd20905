import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import type { Session } from '../protocol/request.ts';

const HOUR_S = 3_600;
/** API reference, AssumeRole: the bounds of its parameters. */
const MAX_POLICY_CHARACTERS = 2_048;
const LENGTHS = {
  RoleArn: { from: 20, to: 2_048 },
  RoleSessionName: { from: 2, to: 64 },
  ExternalId: { from: 2, to: 1_224 },
};
const SECONDS = { from: 900, to: 43_200 };

/** The role and the session that a request asks for. */
export function sessionOf(
  parameters: URLSearchParams,
  { caller }: Pick<OperationContext, 'caller'>,
  now: () => number,
): { readonly roleArn: string; readonly session: Session } {
  const roleArn = textOf(parameters, 'RoleArn');
  const name = textOf(parameters, 'RoleSessionName', /^[\w+=,.@-]*$/);
  if (parameters.has('ExternalId')) textOf(parameters, 'ExternalId', /^[\w+=,.@:/-]*$/);
  const seconds = secondsOf(parameters, caller.arn.includes(':role/'));
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(roleArn)) throw invalid(`${roleArn} is invalid`);
  if (parameters.has('PolicyArns.member.1.arn'))
    throw new AwsError('NotImplemented', 'the embedded AWS does not have managed session policies');
  const policy = parameters.get('Policy') ?? undefined;
  if (policy !== undefined && policy.length > MAX_POLICY_CHARACTERS)
    throw invalid(`a session policy has ${MAX_POLICY_CHARACTERS} characters at most`);
  needTags(parameters);
  const session = { name, expiresAt: now() + seconds * 1_000, ...(policy !== undefined && { policy }) };
  return { roleArn, session };
}

function textOf(parameters: URLSearchParams, name: keyof typeof LENGTHS, pattern?: RegExp): string {
  const value = parameters.get(name);
  const at = `at '${lower(name)}'`;
  if (value === null) throw broken(`null ${at}`, 'Member must not be null');
  const { from, to } = LENGTHS[name];
  if (value.length < from)
    throw broken(`'${value}' ${at}`, `Member must have length greater than or equal to ${from}`);
  if (value.length > to)
    throw broken(`'${value}' ${at}`, `Member must have length less than or equal to ${to}`);
  if (pattern?.test(value) === false)
    throw broken(
      `'${value}' ${at}`,
      // AWS shows it without anchors.
      `Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`,
    );
  return value;
}

function secondsOf(parameters: URLSearchParams, chained: boolean): number {
  const text = parameters.get('DurationSeconds') ?? String(HOUR_S);
  const seconds = Number(text);
  const where = `'${text}' at 'durationSeconds'`;
  if (!(seconds >= SECONDS.from))
    throw broken(where, `Member must have value greater than or equal to ${SECONDS.from}`);
  if (seconds > SECONDS.to) throw broken(where, `Member must have value less than or equal to ${SECONDS.to}`);
  if (seconds > HOUR_S)
    throw invalid(
      chained
        ? 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining'
        : 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  return seconds;
}

function needTags(parameters: URLSearchParams): void {
  const of = (pattern: RegExp): readonly string[] =>
    [...parameters].filter(([name]) => pattern.test(name)).map(([, value]) => value.toLowerCase());
  const keys = of(/^Tags\.member\.\d+\.Key$/);
  if (new Set(keys).size < keys.length)
    throw new AwsError(
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
  if (of(/^TransitiveTagKeys\.member\.\d+$/).some(key => !keys.includes(key)))
    throw new AwsError(
      'InvalidParameterValue',
      'The specified transitive tag key must be included in the requested tags.',
    );
}

function broken(where: string, constraint: string): AwsError {
  return invalid(`1 validation error detected: Value ${where} failed to satisfy constraint: ${constraint}`);
}

function lower(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
