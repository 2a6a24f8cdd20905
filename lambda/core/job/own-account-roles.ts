import { accountOfRole } from '../model/arn.ts';
import type { Job } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';

/**
 * Roles of the account of the deployment itself. A table that is named with such a role would be the same as one that is named
 * without it, and have another name: two locks, and two proofs.
 */
export function ownAccountRoles({ stores }: Pick<Job, 'stores'>, account: string): readonly Problem[] {
  return stores.flatMap(({ assumeRole }, index) =>
    assumeRole === undefined || accountOfRole(assumeRole.roleArn) !== account
      ? []
      : [
          {
            path: `stores[${index}].assumeRole.roleArn`,
            value: assumeRole.roleArn,
            words: `is a role of ${account}, the account of the deployment itself, whose stores the functions use without one; remove assumeRole`,
          },
        ],
  );
}
