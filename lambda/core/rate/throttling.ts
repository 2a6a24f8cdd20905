/** What a worker has learned of a store that throttles it. Absent as long as nobody has. */
export interface Throttled {
  /** When it was throttled last, in milliseconds. */
  readonly at: number;
  /** The units per second that it came down to then. */
  readonly ceiling: number;
  /** Its share or, if it has none, the most that it used when it was throttled: the measure of its recovery. */
  readonly from: number;
}

/** Calls that were in flight together are throttled together, so all throttles of a second are one event. */
const ONE_EVENT_MS = 1_000;
/** From half of what it was, a worker is back after ten seconds without a throttle: 0.5 / 0.05. */
const RECOVERY_PER_SECOND = 0.05;
/** The largest item, of 400 KB, is 400 units: at one a second it is written within an invocation of 900 s. */
const SLOWEST = 1;

/**
 * How a worker slows down by itself: half of what it used whenever it is throttled, and then a twentieth of its share more
 * each second. Workers that know nothing of each other, and the store's applications, so come to share what the store takes.
 *
 * @param used units per second that the worker was using
 * @param share what it may use at most; infinite if there is no limit
 */
export function afterThrottle(
  before: Throttled | undefined,
  { now, used, share }: { readonly now: number; readonly used: number; readonly share: number },
): Throttled {
  if (before !== undefined && now - before.at < ONE_EVENT_MS) return before;
  const held = Math.min(used, share, ceilingAt(before, now));
  const from = share < Number.POSITIVE_INFINITY ? share : Math.max(before?.from ?? 0, held);
  return { at: now, ceiling: Math.max(SLOWEST, held / 2), from: Math.max(from, SLOWEST) };
}

/** Units per second that a worker may use by what it has learned; infinite if it has learned nothing. */
export function ceilingAt(throttled: Throttled | undefined, now: number): number {
  if (throttled === undefined) return Number.POSITIVE_INFINITY;
  const { at, ceiling, from } = throttled;
  return ceiling + (RECOVERY_PER_SECOND * from * Math.max(0, now - at)) / 1000;
}

/** Whether it has not come back yet to what it may use, or used. */
export function isRecovering(throttled: Throttled | undefined, now: number): boolean {
  return throttled !== undefined && ceilingAt(throttled, now) < throttled.from;
}
