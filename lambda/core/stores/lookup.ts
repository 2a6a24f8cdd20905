/** What a service says of one of its tables or buckets. */
export type Lookup<Description> =
  | { readonly kind: 'found'; readonly description: Description }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'denied'; readonly message: string };

/** The message about a store that cannot be looked at, the same for every kind. `what`: table, bucket. */
export function missing(
  what: string,
  region: string,
  lookup: Exclude<Lookup<unknown>, { readonly kind: 'found' }>,
): string {
  return lookup.kind === 'not-found'
    ? `there is no such ${what} in this account and ${region}; create it, or correct the name`
    : `this role may not look at the ${what} (${lookup.message}); deploy the job, so that the role is granted it`;
}
