import type { Busy } from '../ports.ts';

/** What is known when a store still refuses a call after all retries of the SDK. */
export interface Tried {
  readonly busy: Busy;
  /** How often the store has refused it. */
  readonly times: number;
  /** Milliseconds since the call was first sent. */
  readonly waitedMs: number;
  /** Milliseconds until the invocation is killed. */
  readonly remainingMs: number;
  /** The store has taken other writes in the meantime, so the problem is this record. */
  readonly takesOthers: boolean;
}

export type NextTry =
  | { readonly kind: 'after'; readonly waitMs: number }
  /** No time is left, and the record has been tried long enough. */
  | { readonly kind: 'never' }
  /** No time is left in this invocation. The next one may find the store less busy. */
  | { readonly kind: 'next-invocation' };

/** Reserved for journalling and accounting for what was written. */
const RESERVE_MS = 10_000;

/** First and longest wait. Capacity comes back each second, or with a partition that splits in minutes; a conflict is over in milliseconds. */
const WAITS_MS: Readonly<Record<Busy, { readonly first: number; readonly longest: number }>> = {
  throttled: { first: 500, longest: 30_000 },
  contended: { first: 200, longest: 5_000 },
};

/**
 * How long a record that alone is refused is tried before it may be given up. An application may keep one record, or its
 * partition, busy for longer than any run would wait. 10 minutes are most of the 15 that an invocation has.
 */
const PATIENCE_MS: Readonly<Record<Busy, number>> = { throttled: 600_000, contended: 60_000 };

/**
 * If a store is busy, that is not the record's fault: the call is repeated, after growing waits, as long as the invocation
 * lasts. It is given up only then, and only if this record was tried for long while others were taken. Otherwise the next
 * invocation tries again, so that no data key fails because its table was throttled for some minutes.
 *
 * @param random from 0 to 1: workers that were refused together must not come back together
 */
export function nextTry(tried: Tried, random: number): NextTry {
  const { busy, times, waitedMs, remainingMs, takesOthers } = tried;
  const { first, longest } = WAITS_MS[busy];
  const most = Math.min(longest, first * 2 ** (times - 1));
  const waitMs = Math.round(most / 2 + (random * most) / 2);
  if (remainingMs - waitMs > RESERVE_MS) return { kind: 'after', waitMs };
  const alone = takesOthers || busy === 'contended';
  return alone && waitedMs >= PATIENCE_MS[busy] ? { kind: 'never' } : { kind: 'next-invocation' };
}
