import type { Busy } from '../ports.ts';

/** What is known when a store did not take a call, though it was sent as often as the SDK sends it. */
export interface Tried {
  readonly busy: Busy;
  /** How often the store has answered so. */
  readonly times: number;
  /** Milliseconds since the call was first sent. */
  readonly waitedMs: number;
  /** Milliseconds until the invocation is killed. */
  readonly remainingMs: number;
  /** The store has taken other writes in the meantime: it is this record that it does not take. */
  readonly takesOthers: boolean;
}

export type NextTry =
  | { readonly kind: 'after'; readonly waitMs: number }
  /** No time is left, and the record has had its share of it. */
  | { readonly kind: 'never' }
  /** No time is left for this invocation; the next one may find the store at rest. */
  | { readonly kind: 'next-invocation' };

/** Kept back for what was written to be journalled and accounted for. */
const RESERVE_MS = 10_000;

/** First and longest wait. Capacity comes back each second, or with a partition that splits in minutes; a conflict is over in milliseconds. */
const WAITS_MS: Readonly<Record<Busy, { readonly first: number; readonly longest: number }>> = {
  throttled: { first: 500, longest: 30_000 },
  contended: { first: 200, longest: 5_000 },
};

/**
 * So long a record that is refused alone is tried before it may be given up: an application may hold one record, or the
 * partition that it lies in, for longer than any run would wait. 10 minutes are most of the 15 of an invocation.
 */
const PATIENCE_MS: Readonly<Record<Busy, number>> = { throttled: 600_000, contended: 60_000 };

/**
 * A store that takes no more for now is no fault of the record: its call is made again, after waits that grow, as long as
 * the invocation lasts. Only then is it given up, and only where the record has been tried for long while others were
 * taken. Else the next invocation tries: no data key fails because its table was throttled for some minutes.
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
