import { addBooks, EMPTY_BOOKS } from '../account/books.ts';
import { MAX_FAILURES, type Books, type Failure, type UnitProgress } from '../model/books.ts';
import { storeName } from '../model/job.ts';
import type { Phase, RunPlan } from '../model/run.ts';
import { narrowedTo } from '../model/scope.ts';
import { keyMaterialReports, keyMaterials } from './key-materials.ts';
import { passBooks, type PassBooks, type StoreBooks } from './pass-books.ts';
import type { Report, StoreReport } from './report.ts';

export interface FoldInput {
  readonly plan: RunPlan;
  /** The last word on each unit: results of the map runs, or checkpoints where a run was cut short. */
  readonly units: AsyncIterable<UnitProgress>;
  readonly endedAt: string;
  /** The error that ended the run, if one did. */
  readonly error?: string;
  readonly files: Report['files'];
}

/** Folds the results of all units into one report. Holds one set of books for each store and pass, whatever the number of units. */
export async function foldReport({ plan, units, endedAt, error, files }: FoldInput): Promise<Report> {
  const passes = await passBooks(plan, units);
  const main = passes[mainPhase(plan)];
  const total = main.map(({ books }) => books).reduce(addBooks, EMPTY_BOOKS);
  const verified = passes.verify.map(({ books }) => books).reduce(addBooks, EMPTY_BOOKS);
  const complete = isComplete(plan, passes);
  const left = complete && error === undefined ? remaining(plan, total, verified) : null;
  const narrowed = plan.stores.some(store => narrowedTo(store, plan.sample) !== undefined);
  return {
    runId: plan.runId,
    job: plan.job,
    mode: plan.mode,
    state: error === undefined && complete ? 'succeeded' : 'failed',
    ...(plan.continues !== undefined && { continues: plan.continues }),
    startedAt: plan.startedAt,
    endedAt,
    stores: plan.stores.map((_, index) =>
      storeReport(plan, index, { main, passes, failed: error !== undefined }),
    ),
    route: { type: plan.route.type, why: plan.route.why },
    dryRun: plan.dryRun,
    keyMaterials: keyMaterialReports(plan, total, verified),
    remaining: narrowed ? null : left,
    ...(narrowed && { remainingInScope: left }),
    keepsSource: plan.keepsSource,
    ...(verified.fingerprints !== undefined && { fingerprints: verified.fingerprints }),
    kms: plan.mode === 'verify' ? total.kms : addBooks(total, verified).kms,
    estimate: plan.estimate,
    warnings: plan.warnings,
    failures: failures(plan, total, verified),
    ...(error !== undefined && { error }),
    files,
  };
}

/** The pass that a run is about; a migration is verified by another one. */
function mainPhase({ mode }: RunPlan): Phase {
  switch (mode) {
    case 'census':
    case 'migrate':
      return 'migrate';
    case 'verify':
    case 'rollback':
      return mode;
  }
}

function phasesOf(plan: RunPlan): readonly Phase[] {
  return [...new Set<Phase>([mainPhase(plan), ...(plan.verify ? (['verify'] as const) : [])])];
}

function isComplete(plan: RunPlan, passes: PassBooks): boolean {
  return phasesOf(plan).every(
    phase => passes[phase].reduce((sum, { unitsDone }) => sum + unitsDone, 0) === plan.units,
  );
}

interface Passes {
  readonly main: StoreBooks[];
  readonly passes: PassBooks;
  readonly failed: boolean;
}

function storeReport(plan: RunPlan, index: number, { main, passes, failed }: Passes): StoreReport {
  const store = plan.stores[index];
  const { books } = main[index] ?? { books: EMPTY_BOOKS };
  const verified = passes.verify[index]?.books ?? EMPTY_BOOKS;
  const unitsOfStore = plan.unitsPerStore[index] ?? 0;
  const finished = phasesOf(plan).every(phase => passes[phase][index]?.unitsDone === unitsOfStore);
  const narrowed = store === undefined ? undefined : narrowedTo(store, plan.sample);
  const complete = finished && narrowed === undefined;
  return {
    store: store === undefined ? '' : storeName(store),
    complete,
    ...(narrowed !== undefined && { narrowedTo: narrowed }),
    records: books.records,
    dataKeys: books.dataKeys,
    outcomes: books.outcomes,
    remaining: complete && !failed ? remaining(plan, books, verified) : null,
    keyMaterials: keyMaterials(plan, books, verified),
  };
}

/** A census knows what is to do, a verify pass what is left; a migration without verify does not know. */
function remaining(plan: RunPlan, total: Books, verified: Books): number | null {
  if (plan.verify) return verified.remaining;
  return plan.mode === 'census' ? total.remaining : null;
}

/** What the migrate pass named, with what the verify pass says of it, and what only the verify pass found. */
function failures(plan: RunPlan, total: Books, verified: Books): readonly Failure[] {
  if (plan.mode === 'verify') return total.failures;
  const place = ({ store, locator, slot }: Failure): string => JSON.stringify([store, locator, slot]);
  const left = new Set(verified.failures.filter(({ outcome }) => outcome === 'to-rewrap').map(place));
  const named = new Set(total.failures.map(place));
  return [
    ...total.failures.map(failure =>
      left.has(place(failure))
        ? { ...failure, reason: `${failure.reason}; may still need a source key` }
        : failure,
    ),
    ...verified.failures.filter(failure => !named.has(place(failure))),
  ].slice(0, MAX_FAILURES);
}
