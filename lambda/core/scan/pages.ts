import type { UnitProgress } from '../model/books.ts';
import type { Finding } from '../model/data-key.ts';
import type { RecordPage, RecordStore } from '../ports.ts';
import { WorkPage } from './work-page.ts';
import type { UnitScope } from './unit-scope.ts';

export interface PagesOptions {
  /** Where the unit stands. */
  readonly progress: UnitProgress;
  /** How many records to read, asked before each page. */
  readonly size: () => number;
  /** Strongly consistent reads: twice the price, so only where a proof hangs on them. */
  readonly consistent: boolean;
  /** The pass writes what it reads. */
  readonly writes: boolean;
  /** The answers so far about a data key that there was not enough time for. */
  readonly saidAbout: (finding: Finding) => readonly string[];
}

/**
 * The pages of a unit from its last checkpoint to the end of the unit or of the sample. The next page is read while the
 * caller works on this one, so memory holds two pages, whatever the size of the store. If the caller leaves part of a page,
 * the page is read again and what is accounted for is skipped, because a store can only continue at the end of a page.
 */
export async function* pages(
  store: RecordStore,
  scope: UnitScope,
  { progress, size, consistent, ...how }: PagesOptions,
): AsyncGenerator<WorkPage> {
  const { unit, format, plan: keys } = scope;
  const { range, maxRecords = Number.POSITIVE_INFINITY } = unit;
  const read = async (cursor: string | undefined, limit: number): Promise<RecordPage> => {
    const pageSize = Math.max(1, limit);
    return store.readPage(range, { pageSize, consistent, ...(cursor !== undefined && { cursor }) });
  };

  let left = maxRecords - progress.books.records;
  let { beyond, cursor } = progress;
  const again = (): Promise<RecordPage> => {
    const passedOver = beyond?.records.length ?? 0;
    return read(cursor, Math.min(size(), left) + passedOver);
  };
  for (let next = again(); ;) {
    const page = new WorkPage(await next, { ...how, format, keys, cursor, beyond, left });
    const ahead =
      page.next === undefined ? undefined : read(page.next, Math.min(size(), left - page.records.length));
    // If the caller stops here, nobody awaits the read-ahead. Its failure must not become an unhandled rejection.
    ahead?.catch(() => undefined);
    yield page;
    const { position, records } = page.done;
    if (position.done) return;
    left -= records.length;
    ({ cursor, beyond } = position);
    next = page.whole && ahead !== undefined ? ahead : again();
  }
}
