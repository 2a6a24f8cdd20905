/** What a service says of one of its tables or buckets. */
export type Lookup<Description> =
  | { readonly kind: 'found'; readonly description: Description }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'denied'; readonly message: string };

/** `unseen`: this role may not see it, or the service has not answered. No run depends on it. */
export type Seen<T> =
  { readonly kind: 'seen'; readonly value: T } | { readonly kind: 'unseen'; readonly words: string };

interface Where {
  readonly region: string;
  /** Of the role that is assumed for the store. */
  readonly account: string | undefined;
}

/** The message about a store that cannot be looked at, the same for every kind. `what`: table, bucket. */
export function missing(
  what: string,
  { region, account }: Where,
  lookup: Exclude<Lookup<unknown>, { readonly kind: 'found' }>,
): string {
  if (lookup.kind === 'not-found')
    return `there is no such ${what} in ${account === undefined ? 'this account' : `account ${account}`} and ${region}; create it, or correct the name`;
  return account !== undefined
    ? `its role may not look at the ${what} (${lookup.message}); the owner of account ${account} has to allow the role what rewrap plan JOB --policies prints`
    : `this role may not look at the ${what} (${lookup.message}); deploy the job, so that the role is granted it`;
}
