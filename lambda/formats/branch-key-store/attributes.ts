/** The attributes of a branch key store that have a meaning of their own. All others are the context that its owner has chosen. */
export const ID = 'branch-key-id';
export const TYPE = 'type';
export const BRANCH_KEY = 'enc';
export const KEY_ARN = 'kms-arn';
export const HIERARCHY_VERSION = 'hierarchy-version';
/** Stands in contexts only. */
export const LOGICAL_NAME = 'tablename';

/** The active version, one that only decrypts, or the key of beacons. */
const OF_A_BRANCH_KEY = /^(?:branch:ACTIVE|beacon:ACTIVE|branch:version:[^]+)$/;

export function isBranchKeyType(type: string): boolean {
  return OF_A_BRANCH_KEY.test(type);
}

/** A mutation of a branch key has items of these types, from its beginning to its end. */
export const MUTATION_TYPES: readonly string[] = ['branch:MUTATION_COMMITMENT', 'branch:MUTATION_INDEX'];

export const IN_FLIGHT =
  'a mutation of this branch key is in flight; let the administrator of the key store end it (DescribeMutation and ApplyMutation of the Key Store Admin), then start the job again';
