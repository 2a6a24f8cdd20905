/** What KMS tells of the last use of a key. Times are milliseconds since 1970. */
export type KeyUsage =
  | { readonly kind: 'used'; readonly at: number; readonly operation: string; readonly eventId: string }
  /** Not since then; and whether the key is older than that. */
  | { readonly kind: 'unused'; readonly since: number; readonly olderThanThat: boolean }
  | { readonly kind: 'not-told'; readonly reason: string };

/** What a follower has seen, as the ledger keeps it. */
export interface SeenByFollower {
  readonly job: string;
  readonly state: {
    /** When a data key under a source key was last seen, milliseconds since 1970. */
    readonly lateAt?: number;
    /** Data keys seen under each source key. */
    readonly late: Readonly<Record<string, number>>;
  };
}
