import { isDeepStrictEqual } from 'node:util';
import type { ScanRange, Unit } from '../model/run.ts';
import { compareUtf8 } from '../model/utf8-order.ts';

/** Ranges of the store of that index. */
interface StoreRange {
  readonly store: number;
  readonly range: ScanRange;
}

/**
 * Whether the units of an earlier run can take the place of those that a new cut would make: together they are all that the
 * new ones are, however keys and items have come and gone since.
 */
export function coverTheSame(earlier: readonly Unit[], now: readonly Unit[]): boolean {
  return storesOf(earlier, now).every(store =>
    isDeepStrictEqual(extent(rangesIn(earlier, store)), extent(rangesIn(now, store))),
  );
}

/** A store that has grown to more than this is cut anew: its units would take longer than they are meant to. */
const MOST_GROWTH = 2;

export function areOfLikeSize(earlier: readonly Unit[], now: readonly Unit[]): boolean {
  return storesOf(earlier, now).every(
    store => rangesIn(now, store).length <= MOST_GROWTH * rangesIn(earlier, store).length,
  );
}

function storesOf(...units: readonly (readonly Unit[])[]): readonly number[] {
  return [...new Set(units.flat().map(({ store }) => store))];
}

function rangesIn(units: readonly StoreRange[], store: number): readonly ScanRange[] {
  return units.filter(unit => unit.store === store).map(({ range }) => range);
}

/** What ranges are together: the same for two cuts of the same. Ranges that do not fit together are like no others. */
function extent(ranges: readonly ScanRange[]): unknown {
  const segments = ranges.flatMap(range => (range.type === 'segment' ? [range] : []));
  const keys = ranges.flatMap(range => (range.type === 'key-range' ? [range] : []));
  const prefixes = [...new Set(keys.map(({ prefix }) => prefix))].sort();
  return {
    segments: isWholeScan(segments)
      ? 'whole'
      : segments.map(({ segment, totalSegments }) => [segment, totalSegments]),
    keys: prefixes.map(prefix => {
      const of = keys.filter(range => range.prefix === prefix);
      return [prefix, isWholeListing(of) ? 'whole' : of];
    }),
  };
}

type Segment = Extract<ScanRange, { type: 'segment' }>;
type KeyRange = Extract<ScanRange, { type: 'key-range' }>;

function isWholeScan(segments: readonly Segment[]): boolean {
  const [first] = segments;
  if (first === undefined) return false;
  const { totalSegments } = first;
  const each = new Set(segments.map(({ segment }) => segment));
  return (
    each.size === totalSegments &&
    segments.every(one => one.totalSegments === totalSegments && one.segment < totalSegments)
  );
}

/** Each range begins where the one before it ends, and both ends are open. */
function isWholeListing(ranges: readonly KeyRange[]): boolean {
  const ordered = [...ranges].sort((a, b) => compareUtf8(a.startAfter ?? '', b.startAfter ?? ''));
  return (
    ordered.every(
      ({ startAfter }, index) => startAfter === (index === 0 ? undefined : ordered[index - 1]?.endAt),
    ) && ordered.at(-1)?.endAt === undefined
  );
}
