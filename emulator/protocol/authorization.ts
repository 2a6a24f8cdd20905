/** Condition keys by name; a list for a multivalued key. Absent values count as missing. */
export type ConditionKeys = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What an operation needs: an action on a resource, and the resource's own word. */
export interface Permission {
  /** `SERVICE:ACTION`. */
  readonly action: string;
  /** ARN, or `*` for an action without a resource type. */
  readonly resource: string;
  readonly resourceAccountId: string;
  /** Condition keys of the service; those of the caller and of every request are added. */
  readonly conditions?: ConditionKeys;
  /** JSON. */
  readonly resourcePolicy?: string | undefined;
  /** The role whose trust policy is the resource's word. */
  readonly trustOf?: string;
  /** Without the word of the resource, nobody gets in: key policies. @default false */
  readonly resourceDecides?: boolean;
  /** The principals of a grant that allows this, by ARN. */
  readonly grantees?: readonly string[];
}

/** Asks IAM on behalf of the caller of one request. */
export interface Authorization {
  /** @throws AwsError if the caller does not have the permission */
  need(permission: Permission): void;
  has(permission: Permission): boolean;
}

/** What CloudFormation does for a stack: the person who deploys is not asked here. */
export const EVERYTHING: Authorization = { need: () => undefined, has: () => true };
