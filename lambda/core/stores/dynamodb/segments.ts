import type { ScanRange } from '../../model/run.ts';

/** Items in a unit: about 100 pages, so that a unit is minutes of work and a state transition is paid once in 1,000s of items. */
const ITEMS_PER_SEGMENT = 50_000;
/** AWS advice for parallel scans is one segment for 2 GB; large items reach that before the count does. */
const BYTES_PER_SEGMENT = 2 * 1024 ** 3;
/** Below this a segment is not worth its state transitions. */
const MIN_ITEMS_PER_SEGMENT = 250;
/** Units a run may have for one store; a Scan takes up to 1,000,000 segments, the map up to 100,000,000 items. */
const MAX_SEGMENTS = 10_000;

/** Parallel-scan segments for a table. DynamoDB counts are up to six hours old: an unknown size gets a segment per worker. */
export function segments(
  table: { readonly itemCount: number; readonly sizeBytes: number },
  maxConcurrency: number,
): readonly ScanRange[] {
  const bySize = Math.max(
    Math.ceil(table.itemCount / ITEMS_PER_SEGMENT),
    Math.ceil(table.sizeBytes / BYTES_PER_SEGMENT),
  );
  const worthwhile =
    table.itemCount === 0 ? maxConcurrency : Math.ceil(table.itemCount / MIN_ITEMS_PER_SEGMENT);
  const totalSegments = Math.min(MAX_SEGMENTS, Math.max(bySize, Math.min(maxConcurrency, worthwhile), 1));
  return Array.from({ length: totalSegments }, (_, segment) => ({ type: 'segment', segment, totalSegments }));
}
