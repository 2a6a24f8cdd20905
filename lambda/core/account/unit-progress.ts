import type { Books, UnitProgress } from '../model/books.ts';
import type { Phase, Unit } from '../model/run.ts';
import { addBooks, EMPTY_BOOKS } from './books.ts';

export function freshProgress({ runId, unitId, store }: Unit, phase: Phase): UnitProgress {
  return { runId, unitId, phase, store, pages: 0, done: false, books: EMPTY_BOOKS };
}

/** The unit after one more page: counts and cursor move together, so that a crash counts nothing twice. */
export function afterPage(
  progress: UnitProgress,
  page: { readonly cursor?: string; readonly books: Books },
): UnitProgress {
  const { runId, unitId, phase, store } = progress;
  return {
    runId,
    unitId,
    phase,
    store,
    pages: progress.pages + 1,
    ...(page.cursor !== undefined && { cursor: page.cursor }),
    done: page.cursor === undefined,
    books: addBooks(progress.books, page.books),
  };
}
