/** What the live test makes, or what a stack of it leaves behind. */
export type ThingKind = 'key' | 'replica' | 'table' | 'bucket' | 'stack' | 'log-group';

export interface Thing {
  readonly kind: ThingKind;
  readonly region: string;
  /** Of tables, buckets, stacks and log groups: AWS's name of it. Of keys, whose names AWS chooses: what the tag `Name` says. */
  readonly name: string;
}

/** All that a run makes has this tag, with the id of the run. */
export const TAG = 'kms-rewrap-live';

/** Ten characters, so that it also is a qualifier of the CDK's bootstrap. */
export const ID = /^[0-9a-f]{10}$/;

/** The names that a run gives to tables, buckets and keys. */
export function named(id: string, what: string): string {
  return `kms-rewrap-live-${id}-${what}`;
}

/** Short, because S3 and CloudFormation cut the names that they make of it. */
export function stackNamed(id: string, what: string): string {
  return `RewrapLive${id}${what}`;
}

/**
 * Whether a name is one that this run has given, or that CloudFormation and the CDK have made of it. Nothing else is ever removed. Keys
 * have no names: their tags tell.
 */
export function isNameOf(id: string, name: string): boolean {
  if (!ID.test(id)) return false;
  const beginnings = [`kms-rewrap-live-${id}-`, `cdk-${id}-`];
  return (
    beginnings.some(beginning => name.startsWith(beginning)) || name.toLowerCase().includes(`rewraplive${id}`)
  );
}

export function isSame(one: Thing, other: Thing): boolean {
  return one.kind === other.kind && one.region === other.region && one.name === other.name;
}

export function wordsOf({ kind, name, region }: Thing): string {
  return `${kind} ${name} in ${region}`;
}
