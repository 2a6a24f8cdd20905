import type { UnitProgress } from '../model/books.ts';
import type { Unit } from '../model/run.ts';
import type { JournalPage } from './ports.ts';

/** The page that a unit has come to, in its journal. */
export function pageAfter(
  unit: Unit,
  { pages, sealed }: Pick<UnitProgress, 'pages' | 'sealed'>,
): JournalPage {
  return { unit, page: pages, ...(sealed !== undefined && { sealed }) };
}
