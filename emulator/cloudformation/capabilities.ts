import { AwsError } from '../protocol/aws-error.ts';
import { givenName } from './names.ts';
import type { Plan } from './plan.ts';

/** What a template may do only with the caller's word for it: roles and policies, and those with names of their own. */
export function needCapabilities({ content }: Plan, given: readonly string[]): void {
  const identities = content.resources.filter(({ type }) => type.startsWith('AWS::IAM::'));
  if (identities.length === 0 || given.includes('CAPABILITY_NAMED_IAM')) return;
  const named = identities.some(({ type, properties }) => givenName(type, properties) !== undefined);
  if (named || !given.includes('CAPABILITY_IAM'))
    throw new AwsError(
      'InsufficientCapabilitiesException',
      `Requires capabilities : [${named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'}]`,
    );
}
