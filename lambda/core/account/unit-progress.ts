import type { Books, Position, UnitProgress } from '../model/books.ts';
import type { Phase, Unit } from '../model/run.ts';
import type { Ledger } from '../ports.ts';
import { addBooks, EMPTY_BOOKS } from './books.ts';
import { namedInBooks } from './named-in-books.ts';

export function freshProgress({ runId, unitId, store }: Unit, phase: Phase): UnitProgress {
  return { runId, unitId, phase, store, carriedFrom: [], pages: 0, done: false, books: EMPTY_BOOKS };
}

/**
 * Where a unit stands in its run. Its first invocation continues from where an unfinished earlier run stopped, unless that
 * run left something behind the cursor. The earlier counts are carried on, so that the report covers all of the store.
 *
 * @param from unfinished runs of the same work, latest first
 */
export async function resumeUnit(
  unit: Unit,
  phase: Phase,
  { ledger, from }: { readonly ledger: Ledger; readonly from: readonly string[] },
): Promise<UnitProgress> {
  const fresh = freshProgress(unit, phase);
  const own = await ledger.lastCheckpoint(fresh, unit.runId);
  if (own !== undefined) return own;
  for (const runId of from) {
    const left = await ledger.lastCheckpoint(fresh, runId);
    if (left === undefined) continue;
    if (mayBeMended(left)) break;
    const carriedFrom = [left.runId, ...(left.carriedFrom ?? [])];
    // The journal of this run has a chain of its own.
    const { sealed: _, ...work } = left;
    const carried = { ...work, runId: unit.runId, carriedFrom };
    await ledger.checkpoint(carried, carried.pages);
    return carried;
  }
  return fresh;
}

/**
 * Something behind the cursor was refused or got no answer. Its cause may have been mended since, and a worker never looks
 * behind its cursor, so the unit starts again from the beginning.
 */
function mayBeMended({ books }: UnitProgress): boolean {
  return (books.outcomes.blocked ?? 0) + (books.outcomes.failed ?? 0) > 0;
}

/** The unit after one more page. Counts and position move together, so that nothing is counted twice after a crash. */
export function afterPage(
  progress: UnitProgress,
  page: { readonly position: Position; readonly books: Books },
): UnitProgress {
  const { runId, unitId, phase, store, carriedFrom, sealed } = progress;
  return {
    runId,
    unitId,
    phase,
    store,
    ...(carriedFrom !== undefined && { carriedFrom }),
    ...(sealed !== undefined && { sealed }),
    pages: progress.pages + 1,
    ...page.position,
    books: namedInBooks(addBooks(progress.books, page.books)),
  };
}
