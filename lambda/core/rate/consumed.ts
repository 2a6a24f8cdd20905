import type { Consumed, ConsumedCapacity, UnitsOverTime } from '../model/consumed.ts';

/** The bound of the limits holds within any ten seconds, so that is what is shown beside them. */
const SLOT_SECONDS = 10;
/**
 * Sixty numbers are some 300 bytes of a checkpoint. Ten minutes fit into slots of ten seconds; each time twice as long does not
 * fit any more, two slots become one. Eight hours have slots of eight minutes.
 */
const MOST_SLOTS = 60;

export function consumedAt(now: number, units: number): Consumed {
  const first = Math.floor(now / 1000 / SLOT_SECONDS);
  return { units, over: { seconds: SLOT_SECONDS, first, units: [units] } };
}

export function addConsumed(a: Consumed | undefined, b: Consumed | undefined): Consumed | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { units: a.units + b.units, over: addOverTime(a.over, b.over) };
}

export function addCapacity(
  a: ConsumedCapacity | undefined,
  b: ConsumedCapacity | undefined,
): ConsumedCapacity | undefined {
  const [read, write] = [addConsumed(a?.read, b?.read), addConsumed(a?.write, b?.write)];
  if (read === undefined && write === undefined) return undefined;
  return { ...(read !== undefined && { read }), ...(write !== undefined && { write }) };
}

/** Units per second in the busiest slot. */
export function mostPerSecond({ over: { seconds, units } }: Consumed): number {
  return Math.max(...units) / seconds;
}

function addOverTime(a: UnitsOverTime, b: UnitsOverTime): UnitsOverTime {
  const seconds = Math.max(a.seconds, b.seconds);
  const [one, other] = [inSlotsOf(seconds, a), inSlotsOf(seconds, b)];
  const first = Math.min(one.first, other.first);
  const end = Math.max(one.first + one.units.length, other.first + other.units.length);
  // Before the sum is made: between two workers may lie a pause of months.
  if (end - first > MOST_SLOTS)
    return addOverTime(inSlotsOf(2 * seconds, one), inSlotsOf(2 * seconds, other));
  const at = ({ first: from, units }: UnitsOverTime, slot: number): number => units[slot - from] ?? 0;
  const units = Array.from(
    { length: end - first },
    (_, index) => at(one, first + index) + at(other, first + index),
  );
  return { seconds, first, units };
}

/** The same in longer slots. Lengths are ten seconds times a power of two, so that every slot fits into a longer one. */
function inSlotsOf(seconds: number, over: UnitsOverTime): UnitsOverTime {
  const times = seconds / over.seconds;
  if (times === 1) return over;
  const first = Math.floor(over.first / times);
  const last = Math.floor((over.first + over.units.length - 1) / times);
  const units = Array.from({ length: last - first + 1 }, () => 0);
  for (const [index, one] of over.units.entries()) {
    const slot = Math.floor((over.first + index) / times) - first;
    units[slot] = (units[slot] ?? 0) + one;
  }
  return { seconds, first, units };
}
