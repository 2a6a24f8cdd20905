import type { UnitProgress } from '../model/books.ts';
import type { RecordPage, RecordStore } from '../ports.ts';
import type { ScanRange } from '../model/run.ts';
import type { UnitScope } from './unit-scope.ts';

export interface PagesOptions {
  readonly cursor?: string;
  readonly pageSize: number;
  /** Records to visit at most. */
  readonly maxRecords?: number;
  /** Strongly consistent reads: twice the price, so only where a proof hangs on them. */
  readonly consistent: boolean;
}

/** From the last checkpoint on, and no further than the unit's sample. */
export function startOf(
  { cursor, books }: UnitProgress,
  { unit, plan }: UnitScope,
): Omit<PagesOptions, 'consistent'> {
  return {
    pageSize: plan.pageSize,
    ...(cursor !== undefined && { cursor }),
    ...(unit.maxRecords !== undefined && { maxRecords: unit.maxRecords - books.records }),
  };
}

/**
 * The pages of a range from a cursor on. The next page is read while the caller works on this one,
 * and never more than that: memory holds two pages whatever the size of the store.
 */
export async function* pages(
  store: RecordStore,
  range: ScanRange,
  options: PagesOptions,
): AsyncGenerator<RecordPage> {
  const { consistent, maxRecords = Number.POSITIVE_INFINITY } = options;
  let left = maxRecords;
  const read = async (cursor: string | undefined): Promise<RecordPage> => {
    const pageSize = Math.min(options.pageSize, left);
    const page = await store.readPage(range, {
      pageSize,
      consistent,
      ...(cursor !== undefined && { cursor }),
    });
    left -= page.records.length;
    return left > 0 ? page : { records: page.records };
  };

  let next: Promise<RecordPage> | undefined = read(options.cursor);
  while (next !== undefined) {
    const page: RecordPage = await next;
    next = page.cursor === undefined ? undefined : read(page.cursor);
    // A caller that stops here leaves the read-ahead unawaited: its failure must not become an unhandled rejection.
    next?.catch(() => undefined);
    yield page;
  }
}
