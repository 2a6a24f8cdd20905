import type { Keys } from '../aws/messages.ts';

/**
 * - `loop`: as documentation shows it: read, ReEncrypt, write, one at a time.
 * - `sixteen`: the same with 16 at once.
 * - `bare-pair`: ReEncrypt and write alone, with everything read and built before.
 * - `raw-http`: that pair without the SDK, over sockets that stay open.
 */
export const CONTENDERS = ['loop', 'sixteen', 'bare-pair', 'raw-http'] as const;
export type Contender = (typeof CONTENDERS)[number];

export type BenchStore =
  | { readonly kind: 'table'; readonly name: string }
  | { readonly kind: 'bucket'; readonly name: string; readonly prefix: string };

export interface Task {
  readonly contender: Contender;
  readonly endpoint: string;
  readonly store: BenchStore;
  readonly keys: Keys;
}

/** What some data keys took. */
export interface Took {
  readonly dataKeys: number;
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
}
