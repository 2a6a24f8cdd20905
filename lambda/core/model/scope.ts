/** Part of a table: a trial, or the items that a run is about. */
export interface TableScope {
  /** A Scan FilterExpression, its values in DynamoDB's own typed JSON; binary values as base64. */
  readonly filter?: {
    readonly expression: string;
    readonly names?: Readonly<Record<string, string>>;
    readonly values?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  /** A sparse index as the source of keys: only items that it holds. */
  readonly index?: string;
  /** Some segments of a parallel scan: a sample spread over the table. */
  readonly segments?: { readonly total: number; readonly only: readonly number[] };
  /** The operator asserts that no item of this part is in another store of the job. */
  readonly disjoint?: true;
}

/** Part of a bucket. Times are ISO 8601. */
export interface BucketScope {
  readonly prefixes?: readonly string[];
  readonly suffix?: string;
  readonly modifiedAfter?: string;
  readonly modifiedBefore?: string;
}
