import type { UnitProgress } from '../model/books.ts';
import type { Unit } from '../model/run.ts';
import type { IntentArchive, JournalledPage } from '../journal/ports.ts';

export interface PageToUndo {
  readonly page: JournalledPage;
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** A unit that has changed nothing has no journal. */
const NOTHING: JournalledPage = { name: '', intents: [], outcomes: [] };

/**
 * The rest of a unit's journal, in the order of its names. The cursor is the name of the last page that was undone, so an
 * invocation lists only what is left.
 */
export async function* journalledPages(
  unit: Unit,
  { cursor, pages }: UnitProgress,
  archive: IntentArchive,
): AsyncGenerator<PageToUndo> {
  // Earlier versions stored the number of pages instead. Those pages are listed again and skipped.
  const counted = cursor !== undefined && /^\d+$/.test(cursor);
  let toSkip = counted ? pages : 0;
  let held: JournalledPage | undefined;
  for await (const page of archive.pagesOf(unit, counted ? undefined : cursor)) {
    if (toSkip-- > 0) continue;
    if (held !== undefined) yield { page: held, cursor: held.name };
    held = page;
  }
  yield { page: held ?? NOTHING };
}
