import { ownAccountRoles } from '../job/own-account-roles.ts';
import type { AssumedRole, Store } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { refuse } from '../model/refuse.ts';
import { storeName } from '../stores/places.ts';
import type { StoreCatalogs } from '../stores/registry.ts';

interface Asking {
  readonly catalogs: Pick<StoreCatalogs, 'mayAssume'>;
  /** Of the deployment, if there is one. */
  readonly account: string | undefined;
}

/**
 * Makes sure that each role of another account can be assumed, before anything is asked with it, so that the refusal names the role.
 *
 * @throws RunRefused
 */
export async function needRoles(stores: readonly Store[], asking: Asking): Promise<void> {
  const problems = await checkRoles(stores, asking);
  if (problems.length > 0) throw refuse('plan.roles', problems);
}

async function checkRoles(
  stores: readonly Store[],
  { catalogs, account }: Asking,
): Promise<readonly Problem[]> {
  const own = account === undefined ? [] : ownAccountRoles({ stores }, account);
  if (own.length > 0) return own;
  const asked = new Map<string, ReturnType<StoreCatalogs['mayAssume']>>();
  const answerOf = (role: AssumedRole) => {
    const name = JSON.stringify([role.roleArn, role.externalId]);
    const answer = asked.get(name) ?? catalogs.mayAssume(role);
    asked.set(name, answer);
    return answer;
  };
  const problems = await Promise.all(
    stores.map(async ({ assumeRole }, index): Promise<readonly Problem[]> => {
      if (assumeRole === undefined) return [];
      const answer = await answerOf(assumeRole);
      const path = `stores[${index}].assumeRole`;
      return answer.kind === 'allowed'
        ? []
        : [{ path, value: assumeRole.roleArn, words: `cannot be assumed: ${answer.message}` }];
    }),
  );
  return problems.flat();
}

/** A role that was assumed without an external id asks for none. */
export function roleWarnings(stores: readonly Store[]): readonly string[] {
  return stores.flatMap(store => {
    const { assumeRole } = store;
    return assumeRole === undefined || assumeRole.externalId !== undefined
      ? []
      : [
          `${storeName(store)}: ${assumeRole.roleArn} asks for no external id, so that whoever can make a job here can have it used (the confused deputy of the IAM user guide); name an externalId, and let its trust policy ask for it`,
        ];
  });
}
