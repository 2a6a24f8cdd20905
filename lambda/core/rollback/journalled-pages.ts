import type { UnitProgress } from '../model/books.ts';
import type { Unit } from '../model/run.ts';
import type { IntentArchive, JournalledPage } from '../journal/ports.ts';

export interface PageToUndo {
  readonly page: JournalledPage;
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** A unit that changed nothing has no journal. */
const NOTHING: JournalledPage = { name: '', intents: [], outcomes: [] };

/**
 * The journal of a unit from where its rollback stands, in the order of its names. The cursor is the name of the last
 * page that was undone, so that an invocation lists what is left and no more.
 */
export async function* journalledPages(
  unit: Unit,
  { cursor, pages }: UnitProgress,
  archive: IntentArchive,
): AsyncGenerator<PageToUndo> {
  // Earlier versions left the number of pages: those are listed again, and passed over.
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
