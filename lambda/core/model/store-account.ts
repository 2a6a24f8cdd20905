import { accountOfRole } from './arn.ts';
import type { Store } from './job.ts';

/** The account whose role is assumed for a store, and which has its copy, too; `undefined` where no role is assumed. */
export function accountOf({ assumeRole }: Pick<Store, 'assumeRole'>): string | undefined {
  return assumeRole && accountOfRole(assumeRole.roleArn);
}
