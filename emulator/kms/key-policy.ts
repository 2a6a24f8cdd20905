import { AwsError } from '../protocol/aws-error.ts';
import { text } from './members.ts';

type Input = Readonly<Record<string, unknown>>;

const MAX_CHARACTERS = 32_768;

/** The policy of a request; `undefined` if it has none. What IAM would not read is refused. */
export function keyPolicy(input: Input): string | undefined {
  if (input['Policy'] === undefined) return undefined;
  const policy = text(input, 'Policy');
  if (policy.length > MAX_CHARACTERS)
    throw new AwsError('LimitExceededException', `A key policy has ${MAX_CHARACTERS} bytes at most.`);
  if (!hasStatement(policy))
    throw new AwsError('MalformedPolicyDocumentException', 'The key policy is no JSON with a Statement.');
  return policy;
}

function hasStatement(policy: string): boolean {
  try {
    const document = JSON.parse(policy) as Readonly<Record<string, unknown>> | null;
    return typeof document?.['Statement'] === 'object';
  } catch {
    return false;
  }
}

/** A key has one policy, of one name. */
export function needPolicyName({ PolicyName = 'default' }: Input): void {
  if (PolicyName !== 'default') throw new AwsError('NotFoundException', 'No such policy exists');
}
