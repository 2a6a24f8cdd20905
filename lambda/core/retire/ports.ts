/** What KMS tells of the last use of a key. Times are milliseconds since 1970. */
export type KeyUsage =
  | { readonly kind: 'used'; readonly at: number; readonly operation: string; readonly eventId: string }
  /** Not since then; and whether the key is older than that. */
  | { readonly kind: 'unused'; readonly since: number; readonly olderThanThat: boolean }
  | { readonly kind: 'not-told'; readonly reason: string };
