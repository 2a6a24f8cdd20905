import type { KeyUser } from './key-user.ts';

/** A worker of a deployment has called KMS itself. `ownRoles`: ARNs of the roles of its workers. */
export function isOwn(
  { principal, via }: Pick<KeyUser, 'principal' | 'via'>,
  ownRoles: readonly string[],
): boolean {
  return via === undefined && ownRoles.some(role => isSameRole(role, principal));
}

/** Names of roles are unique in an account, whatever their paths. */
function isSameRole(a: string, b: string): boolean {
  const [one, other] = [a, b].map(arn =>
    /^(arn:[^:]+:iam::\d+:role\/)(?:.*\/)?([^/]+)$/.exec(arn)?.slice(1).join(''),
  );
  return one !== undefined && one === other;
}
