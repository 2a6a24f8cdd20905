import type { Consumed } from '../model/consumed.ts';
import type { Pace } from '../model/pace.ts';
import { addConsumed } from '../rate/consumed.ts';

/** Of one page: what was counted from `from` to `to`, milliseconds since 1970. */
export interface PaceOfPage {
  readonly from: number;
  readonly to: number;
  readonly dataKeys: number;
  readonly kms: { readonly requests: number; readonly throttled: number };
}

/** As in core/rate/consumed.ts: 60 numbers at most, which are some 300 bytes of a checkpoint. */
const MOST_SLOTS = 60;

/**
 * A page is counted when it is accounted for, but was worked on since the one before it. What it counts is spread evenly over
 * that time: a single worker would otherwise seem to do nothing for seconds, and then everything at once.
 */
export function paceOf({ from, to, dataKeys, kms }: PaceOfPage): Pace | undefined {
  if (dataKeys === 0 && kms.requests === 0) return undefined;
  // A clock that was set back.
  const time = { from: Math.min(from, to), to };
  return {
    dataKeys: spread(dataKeys, time),
    requests: spread(kms.requests, time),
    ...(kms.throttled > 0 && { throttled: spread(kms.throttled, time) }),
  };
}

export function addPace(a: Pace | undefined, b: Pace | undefined): Pace | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const throttled = addConsumed(a.throttled, b.throttled);
  return {
    dataKeys: addConsumed(a.dataKeys, b.dataKeys) ?? a.dataKeys,
    requests: addConsumed(a.requests, b.requests) ?? a.requests,
    ...(throttled !== undefined && { throttled }),
  };
}

/** In slots of a second, or as many times twice as long as the page needs. The slots add up to the count exactly. */
function spread(count: number, { from, to }: Pick<PaceOfPage, 'from' | 'to'>): Consumed {
  let seconds = 1;
  const slotOf = (ms: number): number => Math.floor(ms / 1000 / seconds);
  while (slotOf(to) - slotOf(from) >= MOST_SLOTS) seconds *= 2;
  const first = slotOf(from);
  const last = slotOf(to);
  const until = (slot: number): number =>
    slot >= last ? count : Math.round((count * ((slot + 1) * seconds * 1000 - from)) / (to - from));
  const units = Array.from(
    { length: last - first + 1 },
    (_, index) => until(first + index) - (index === 0 ? 0 : until(first + index - 1)),
  );
  return { units: count, over: { seconds, first, units } };
}
