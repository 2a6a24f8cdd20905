import type { RecordPage, RecordStore } from '../ports.ts';
import type { ScanRange } from '../model/run.ts';

export interface PagesOptions {
  readonly cursor?: string;
  readonly pageSize: number;
  /** Strongly consistent reads: twice the price, so only where a proof hangs on them. */
  readonly consistent: boolean;
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
  const { pageSize, consistent } = options;
  const read = (cursor: string | undefined): Promise<RecordPage> =>
    store.readPage(range, { pageSize, consistent, ...(cursor !== undefined && { cursor }) });

  let next: Promise<RecordPage> | undefined = read(options.cursor);
  while (next !== undefined) {
    const page: RecordPage = await next;
    next = page.cursor === undefined ? undefined : read(page.cursor);
    // A caller that stops here leaves the read-ahead unawaited: its failure must not become an unhandled rejection.
    next?.catch(() => undefined);
    yield page;
  }
}
