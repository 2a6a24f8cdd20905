import type { ActionUse, KeyUser } from '../key-users/key-user.ts';
import { isOwn } from '../key-users/own-roles.ts';

/** Whose calls they are, and since when nothing is known to need the key. */
export interface Coverage {
  /** Milliseconds since 1970; `undefined` while something is not proven. */
  readonly provenSince: number | undefined;
  /** ARNs of the roles of this deployment's workers. */
  readonly ownRoles: readonly string[];
}

export type CoveredUser = KeyUser &
  (
    | { readonly covered: true; readonly own: boolean }
    /** `since`: the uses that no proof answers for. */
    | { readonly covered: false; readonly own: false; readonly since: readonly ActionUse[] }
  );

/**
 * A user is covered if it has not used the key since every known store began to be read anew: what it needed until then has been moved, as far as
 * jobs name it. A worker of this deployment is covered by the report of its run. What a service does for that worker is not: it is the
 * server-side encryption of a store, which no run moves.
 */
export function coveredUser(user: KeyUser, { provenSince, ownRoles }: Coverage): CoveredUser {
  if (isOwn(user, ownRoles)) return { ...user, covered: true, own: true };
  const since = user.uses.filter(
    ({ lastAt }) => provenSince === undefined || Date.parse(lastAt) >= provenSince,
  );
  return since.length === 0
    ? { ...user, covered: true, own: false }
    : { ...user, covered: false, own: false, since };
}
