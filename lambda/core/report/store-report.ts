import { EMPTY_BOOKS, inDoubt } from '../account/books.ts';
import type { Books } from '../model/books.ts';
import type { Store } from '../model/job.ts';
import type { Phase } from '../model/run.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { accountOf } from '../model/store-account.ts';
import { narrowedTo, ownPlace, storeName } from '../stores/places.ts';
import { kindOf } from '../stores/registry.ts';
import { storeVerdict, type StoreVerdict } from '../verdict/store-verdict.ts';
import { capacityReport } from './capacity-report.ts';
import { keyMaterials } from './key-materials.ts';
import { materialAge } from './material-age.ts';
import type { PassBooks } from './pass-books.ts';
import type { StoreReport } from './report.ts';

interface Passes {
  readonly passes: PassBooks;
  readonly phases: { readonly main: Phase; readonly all: readonly Phase[] };
  /** The run ended with an error. */
  readonly failed: boolean;
  /** How often KMS has contradicted a journal of the job since the run was planned. */
  readonly contradicted: number;
  /** ISO 8601. */
  readonly endedAt: string;
}

/** The account of one store, concluded by the verify pass where there is one. */
export function storeReport(
  plan: RunPlan,
  index: number,
  { passes, phases, failed, contradicted, endedAt }: Passes,
): StoreReport {
  const store = plan.stores[index];
  if (store === undefined) throw new RangeError(`the plan of ${plan.runId} has no store ${index}`);
  const booksOf = (phase: Phase): Books => passes[phase][index]?.books ?? EMPTY_BOOKS;
  const [books, verified] = [booksOf(phases.main), booksOf('verify')];
  const concluding = plan.verify ? verified : books;
  const units = plan.unitsPerStore[index] ?? 0;
  const finished = !failed && phases.all.every(phase => passes[phase][index]?.unitsDone === units);
  const narrowed = narrowedTo(store, plan.sample);
  const capacity = capacityReport(phases.all.map(phase => booksOf(phase).capacity));
  const complete = finished && narrowed === undefined;
  return {
    ...named(store),
    complete,
    ...(narrowed !== undefined && { narrowedTo: narrowed }),
    verdict: verdictOf(store, concluding, {
      finished,
      verified: plan.verify,
      ...(narrowed !== undefined && { narrowedTo: narrowed }),
      contradicted: contradictedIn(plan, [books, verified], contradicted),
    }),
    ...{ records: books.records, dataKeys: books.dataKeys, outcomes: books.outcomes },
    withoutDataKey: concluding.withoutDataKey ?? 0,
    withoutDataKeyFirst: concluding.withoutDataKeyFirst ?? [],
    ...(concluding.wrappedBy !== undefined && { wrappedBy: concluding.wrappedBy }),
    ...serverSideOf(store, concluding),
    concluding: concluding.outcomes,
    proven: plan.verify ? (verified.outcomes['already-current'] ?? 0) : null,
    lookAlikes: concluding.lookAlikes?.count ?? 0,
    remaining: complete ? remainingOf(plan, books, verified) : null,
    ...(capacity !== undefined && { capacity }),
    ...versionsOf(plan, index),
    ...materialsOf(plan, keyMaterials(plan, books, verified), { store, endedAt }),
    ...restingOf(plan, concluding),
  };
}

function materialsOf(
  plan: RunPlan,
  counts: StoreReport['keyMaterials'],
  { store: { maximumAgeDays }, endedAt }: { readonly store: Store; readonly endedAt: string },
): Pick<StoreReport, 'keyMaterials' | 'materialAge'> {
  // A rollback puts data keys back under old material on purpose.
  if (maximumAgeDays === undefined || plan.mode === 'rollback') return { keyMaterials: counts };
  const age = materialAge({ maximumAgeDays, keyMaterials: counts, at: endedAt }, plan);
  return { keyMaterials: counts, materialAge: age };
}

function named(store: Store): Pick<StoreReport, 'store' | 'account'> {
  const account = accountOf(store);
  return { store: storeName(store), ...(account !== undefined && { account }) };
}

function serverSideOf(
  store: Store,
  { serverSideEncrypted }: Books,
): Pick<StoreReport, 'serverSideEncrypted'> {
  return serverSideEncrypted === undefined || kindOf(store).records !== 'object'
    ? {}
    : { serverSideEncrypted };
}

function versionsOf({ versions = [] }: RunPlan, index: number): Pick<StoreReport, 'versions'> {
  const possible = (versions[index] ?? []).filter(({ seen }) => seen.kind !== 'none-possible');
  return possible.length === 0 ? {} : { versions: possible };
}

/**
 * In whichever pass KMS has contradicted the journal, nothing that rests on the journal is proven. Nor is it where that was
 * seen in another store, or by a worker that ended before it had counted it: the ledger knows.
 */
function contradictedIn(
  { mode }: RunPlan,
  [books, verified]: readonly [Books, Books],
  since: number,
): number {
  const passes = (mode === 'migrate' ? [books, verified] : [books]).map(({ resting }) => resting);
  const seen = passes.reduce((sum, resting) => sum + (resting?.contradicted ?? 0), 0);
  return passes.some(resting => (resting?.onJournal ?? 0) > 0) ? Math.max(seen, since) : seen;
}

function restingOf({ verify }: RunPlan, { resting }: Books): Pick<StoreReport, 'resting'> {
  return verify && resting !== undefined ? { resting } : {};
}

/** A census knows what there is to do, and a verify pass what is left. A migration without a verify pass does not know. */
export function remainingOf(plan: RunPlan, total: Books, verified: Books): number | null {
  if (plan.verify) return inDoubt(verified);
  return plan.mode === 'census' ? inDoubt(total) : null;
}

function verdictOf(
  store: Store,
  books: Books,
  seen: {
    readonly finished: boolean;
    readonly verified: boolean;
    readonly narrowedTo?: string;
    readonly contradicted: number;
  },
): StoreVerdict {
  const { records, withoutDataKey = 0, bodiesRead = 0, dataKeys, outcomes, lookAlikes } = books;
  const { wrappedBy = [] } = books;
  return storeVerdict({
    ...seen,
    kind: kindOf(store).records,
    prefix: ownPlace(store, store.region).prefix ?? '',
    records,
    withoutDataKey,
    bodiesRead,
    wrapped: wrappedBy.reduce((sum, one) => sum + one.records, 0),
    withoutDataKeyExpected: store.withoutDataKey === 'expected',
    dataKeys,
    foreign: outcomes['foreign-key'] ?? 0,
    remaining: inDoubt(books),
    lookAlikes: lookAlikes?.count ?? 0,
  });
}
