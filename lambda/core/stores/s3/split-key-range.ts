import type { ScanRange } from '../../model/run.ts';
import { compareUtf8 } from '../../model/utf8-order.ts';
import { commonStart, KeySpace } from './key-space.ts';
import type { KeyListing } from './catalog.ts';

/** Keys in a unit at most: about 100 pages, minutes of work. */
const KEYS_PER_UNIT = 50_000;
/** Below this a unit is not worth its state transitions. */
const MIN_KEYS_PER_UNIT = 250;
/** Units for each worker, so that uneven guesses even out while the map runs. */
const UNITS_PER_WORKER = 4;
/**
 * Listings that planning may spend: 2,000 x $0.005 / 1,000 = 1 cent, and well within the planning function's time. A bucket
 * of one page costs one listing, $0.000005: as much as moving half an object.
 */
const MAX_PROBES = 2_000;

export type ListAfter = (query: { readonly startAfter?: string }) => Promise<KeyListing>;

export interface SplitRange {
  readonly ranges: readonly ScanRange[];
  /** Keys counted or, where the listing is longer than the probes, estimated. */
  readonly keys: number;
}

/** A stretch of the listing between two bounds, with what its first page shows. */
interface Stretch {
  readonly after?: string;
  readonly upTo?: string;
  readonly page: KeyListing;
  /** It was probed in the middle, without a surprise. */
  readonly settled: boolean;
  /** No text lies between the page's last key and the upper bound. */
  readonly indivisible?: boolean;
}

/**
 * Cuts a listing into ranges of about equal numbers of keys without walking it: each probe lists one page at the
 * middle of the stretch that seems to hold most keys, which also tells how dense the keys are there.
 */
export async function splitKeyRange(list: ListAfter, workers: number): Promise<SplitRange> {
  const space = new KeySpace();
  const first = await list({});
  if (!first.truncated) return splitKnown(first.keys, workers);
  space.learn(first.keys);

  const stretches: Stretch[] = [{ page: first, settled: false }];
  for (let probes = 1; probes < MAX_PROBES; probes++) {
    const sizes = stretches.map(stretch => estimateKeys(stretch, space));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const target = Math.max(MIN_KEYS_PER_UNIT, Math.min(KEYS_PER_UNIT, total / (UNITS_PER_WORKER * workers)));
    const next = nextToHalve(stretches, sizes, target);
    if (next === undefined) break;
    const replacement = await halve(next.stretch, { space, list, small: next.size <= target });
    stretches.splice(stretches.indexOf(next.stretch), 1, ...replacement);
  }
  const keys = Math.round(stretches.reduce((sum, stretch) => sum + estimateKeys(stretch, space), 0));
  return { ranges: openEnded(stretches), keys };
}

/** The last stretch may have been cut off above its last key. What is written there until a worker comes is visited all the same. */
function openEnded(stretches: readonly Stretch[]): readonly ScanRange[] {
  return stretches.map(({ after, upTo }, index) =>
    keyRange(after, index === stretches.length - 1 ? undefined : upTo),
  );
}

/** The largest stretch above the target; then, one after the other, those that only seem to be small enough. */
function nextToHalve(
  stretches: readonly Stretch[],
  sizes: readonly number[],
  target: number,
): { readonly stretch: Stretch; readonly size: number } | undefined {
  const open = stretches.flatMap((stretch, index) =>
    isCounted(stretch) ? [] : [{ stretch, size: sizes[index] ?? 0 }],
  );
  const candidates = open.filter(
    ({ stretch, size }) => stretch.indivisible !== true && (size > target || !stretch.settled),
  );
  return candidates.reduce<(typeof candidates)[number] | undefined>(
    (largest, one) => (largest === undefined || one.size > largest.size ? one : largest),
    undefined,
  );
}

/** The page reaches the end of the stretch, so its keys are all there are. */
function isCounted({ page, upTo }: Stretch): boolean {
  const last = page.keys.at(-1);
  return !page.truncated || last === undefined || (upTo !== undefined && compareUtf8(last, upTo) >= 0);
}

function estimateKeys(stretch: Stretch, space: KeySpace): number {
  const { page, upTo } = stretch;
  if (isCounted(stretch))
    return page.keys.filter(key => upTo === undefined || compareUtf8(key, upTo) <= 0).length;
  const [firstKey = '', lastKey = ''] = [page.keys[0], page.keys.at(-1)];
  const end = upTo ?? END_OF_KEYS;
  const start = commonStart(firstKey, end);
  const shown = space.width(firstKey, lastKey, start);
  const all = space.width(firstKey, end, start);
  return shown === 0 ? Number.MAX_SAFE_INTEGER : Math.max(page.keys.length, page.keys.length * (all / shown));
}

/** Above every key: the last character of Unicode. */
const END_OF_KEYS = '\u{10FFFF}';

interface Halving {
  readonly space: KeySpace;
  readonly list: ListAfter;
  /** The stretch seems small enough, and is only looked into once: unknown characters would hide keys from the estimate. */
  readonly small: boolean;
}

async function halve(stretch: Stretch, { space, list, small }: Halving): Promise<readonly Stretch[]> {
  const middle = space.midpoint(stretch.page.keys.at(-1) ?? '', stretch.upTo ?? END_OF_KEYS);
  if (middle === undefined) return [{ ...stretch, settled: true, indivisible: true }];
  const page = await list({ startAfter: middle });
  const surprised = space.learn(page.keys);
  const [next] = page.keys;
  const { upTo } = stretch;
  // There are no keys above the middle, so only the upper bound moves.
  if (next === undefined || (upTo !== undefined && compareUtf8(next, upTo) > 0))
    return [{ ...stretch, upTo: middle, settled: small && upTo !== undefined }];
  if (small && !surprised) return [{ ...stretch, settled: true }];
  return [
    { ...stretch, upTo: middle, settled: false },
    { after: middle, ...(upTo !== undefined && { upTo }), page, settled: false },
  ];
}

/** All keys are on the table: cut them evenly. */
function splitKnown(keys: readonly string[], workers: number): SplitRange {
  const count = Math.max(1, Math.min(workers, Math.floor(keys.length / MIN_KEYS_PER_UNIT)));
  const bounds = Array.from(
    { length: count - 1 },
    (_, index) => keys[Math.ceil(((index + 1) * keys.length) / count) - 1] as string,
  );
  const ranges = Array.from({ length: count }, (_, index) => keyRange(bounds[index - 1], bounds[index]));
  return { ranges, keys: keys.length };
}

function keyRange(startAfter: string | undefined, endAt: string | undefined): ScanRange {
  return {
    type: 'key-range',
    ...(startAfter !== undefined && { startAfter }),
    ...(endAt !== undefined && { endAt }),
  };
}
