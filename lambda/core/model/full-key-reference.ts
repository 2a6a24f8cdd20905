interface Owner {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** The ARN that `alias/NAME` or a key id stands for in an account and Region; an ARN is itself. */
export function fullKeyReference(named: string, { partition, region, account }: Owner): string {
  if (named.startsWith('arn:')) return named;
  const resource = named.startsWith('alias/') ? named : `key/${named}`;
  return `arn:${partition}:kms:${region}:${account}:${resource}`;
}
