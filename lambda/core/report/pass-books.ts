import { addBooks, booksBalance, EMPTY_BOOKS } from '../account/books.ts';
import type { Books, UnitProgress } from '../model/books.ts';
import type { Phase } from '../model/run.ts';
import type { RunIdentity, StoresOfRun } from '../model/run-plan.ts';

interface StoreBooks {
  readonly books: Books;
  readonly unitsDone: number;
}

export type PassBooks = Record<Phase, StoreBooks[]>;

/** One set of books for each store and pass, whatever the number of units. */
export async function passBooks(
  plan: RunIdentity & StoresOfRun,
  units: AsyncIterable<UnitProgress>,
): Promise<PassBooks> {
  const passes: PassBooks = {
    migrate: emptyBooks(plan),
    verify: emptyBooks(plan),
    rollback: emptyBooks(plan),
  };
  for await (const unit of units) {
    if (!booksBalance(unit.books))
      throw new Error(
        `unit ${unit.unitId} of ${plan.runId}: ${unit.books.dataKeys} data keys, but another sum of outcomes; the books do not balance`,
      );
    const pass = passes[unit.phase];
    const store = pass[unit.store];
    if (store === undefined)
      throw new Error(
        `unit ${unit.unitId} names store ${unit.store}, which the plan of ${plan.runId} does not have`,
      );
    pass[unit.store] = {
      books: addBooks(store.books, unit.books),
      unitsDone: store.unitsDone + (unit.done ? 1 : 0),
    };
  }
  return passes;
}

function emptyBooks(plan: StoresOfRun): StoreBooks[] {
  return plan.stores.map(() => ({ books: EMPTY_BOOKS, unitsDone: 0 }));
}
