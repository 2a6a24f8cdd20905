import type { ScanRange } from '../model/run.ts';
import { compareUtf8 } from '../scan/utf8-order.ts';
import { commonStart, KeySpace } from './key-space.ts';
import type { KeyListing } from './ports.ts';

/** Keys in a unit at most: about 100 pages, minutes of work. */
const KEYS_PER_UNIT = 50_000;
/** Below this a unit is not worth its state transitions. */
const MIN_KEYS_PER_UNIT = 250;
/** Units for each worker, so that uneven guesses even out while the map runs. */
const UNITS_PER_WORKER = 4;
/** Listings that planning may spend: 2,000 x $0.005 / 1,000 = 1 cent, and well within the planning function's time. */
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
  /** No text lies between the page's last key and the upper bound. */
  readonly whole: boolean;
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

  const stretches: Stretch[] = [{ page: first, whole: false }];
  for (let probes = 1; probes < MAX_PROBES; probes++) {
    const sizes = stretches.map(stretch => estimateKeys(stretch, space));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const target = Math.max(MIN_KEYS_PER_UNIT, Math.min(KEYS_PER_UNIT, total / (UNITS_PER_WORKER * workers)));
    const largest = indexOfLargest(sizes, stretches);
    const stretch = stretches[largest];
    if (stretch === undefined || (sizes[largest] ?? 0) <= target) break;
    stretches.splice(largest, 1, ...(await halve(stretch, space, list)));
  }
  const keys = Math.round(stretches.reduce((sum, stretch) => sum + estimateKeys(stretch, space), 0));
  return { ranges: stretches.map(({ after, upTo }) => keyRange(after, upTo)), keys };
}

function indexOfLargest(sizes: readonly number[], stretches: readonly Stretch[]): number {
  let largest = -1;
  for (const [index, size] of sizes.entries()) {
    if (stretches[index]?.whole === true || isCounted(stretches[index])) continue;
    if (largest === -1 || size > (sizes[largest] ?? 0)) largest = index;
  }
  return largest;
}

/** The page reaches the end of the stretch, so its keys are all there are. */
function isCounted(stretch: Stretch | undefined): boolean {
  if (stretch === undefined) return true;
  const last = stretch.page.keys.at(-1);
  return (
    !stretch.page.truncated ||
    last === undefined ||
    (stretch.upTo !== undefined && compareUtf8(last, stretch.upTo) >= 0)
  );
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

async function halve(stretch: Stretch, space: KeySpace, list: ListAfter): Promise<readonly Stretch[]> {
  const middle = space.midpoint(stretch.page.keys.at(-1) ?? '', stretch.upTo ?? END_OF_KEYS);
  if (middle === undefined) return [{ ...stretch, whole: true }];
  const page = await list({ startAfter: middle });
  space.learn(page.keys);
  const [next] = page.keys;
  // Nothing lies above the middle: the keys end before it, and only the bound moves.
  if (next === undefined || (stretch.upTo !== undefined && compareUtf8(next, stretch.upTo) > 0))
    return [{ ...stretch, upTo: middle }];
  return [
    { ...stretch, upTo: middle },
    { after: middle, ...(stretch.upTo !== undefined && { upTo: stretch.upTo }), page, whole: false },
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
