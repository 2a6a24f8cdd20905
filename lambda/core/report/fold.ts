import { addBooks, EMPTY_BOOKS } from '../account/books.ts';
import { MAX_FAILURES, type Books, type Failure, type UnitProgress } from '../model/books.ts';
import type { Phase } from '../model/run.ts';
import type { PassesOfRun, RunIdentity, RunPlan, WorkOfRun } from '../model/run-plan.ts';
import { narrowedTo } from '../stores/places.ts';
import { notChecked } from '../verdict/not-checked.ts';
import { runVerdict } from '../verdict/run-verdict.ts';
import { USD_PER_KMS_REQUEST } from '../model/prices.ts';
import { keyMaterialReports } from './key-materials.ts';
import { ageWords } from './material-age.ts';
import { mainPhase } from './main-phase.ts';
import { paceReport } from './pace-report.ts';
import { passBooks, type PassBooks } from './pass-books.ts';
import type { Report } from './report.ts';
import { remainingOf, storeReport } from './store-report.ts';
import { wrappingKeys } from './wrapping-keys.ts';

export interface FoldInput {
  readonly plan: RunPlan;
  /** The final progress of each unit: results of the map runs or, if a run was cut short, checkpoints. */
  readonly units: AsyncIterable<UnitProgress>;
  readonly endedAt: string;
  /** The error that ended the run, if one did. */
  readonly error?: string;
  /** How often KMS has contradicted a journal of the job since the run was planned. @default never */
  readonly contradicted?: number;
  readonly files: Report['files'];
}

/** Folds the results of all units into one report. Holds one set of books for each store and pass, whatever the number of units. */
export async function foldReport(input: FoldInput): Promise<Report> {
  const { plan, units, endedAt, error, contradicted = 0, files } = input;
  const passes = await passBooks(plan, units);
  const phases = { main: mainPhase(plan), all: phasesOf(plan) };
  const total = sum(passes[phases.main]);
  const verified = sum(passes.verify);
  const complete = isComplete(plan, passes);
  const state = error === undefined && complete ? 'succeeded' : 'failed';
  const stores = plan.stores.map((_, index) =>
    storeReport(plan, index, { passes, phases, failed: error !== undefined, contradicted, endedAt }),
  );
  const left = state === 'succeeded' ? remainingOf(plan, total, verified) : null;
  const narrowed = plan.stores.some(store => narrowedTo(store, plan.sample) !== undefined);
  const lookAlikes = (plan.verify ? verified : total).lookAlikes ?? { count: 0, first: [] };
  return {
    ...{ runId: plan.runId, job: plan.job, mode: plan.mode, state },
    verdict: runVerdict({ state, mode: plan.mode, stores }),
    ...(plan.continues !== undefined && { continues: plan.continues }),
    ...(plan.restsOn?.[0] !== undefined && { restsOn: plan.restsOn[0] }),
    startedAt: plan.startedAt,
    endedAt,
    stores,
    route: { type: plan.route.type, why: plan.route.why },
    dryRun: plan.dryRun,
    keyMaterials: keyMaterialReports(plan, total, verified),
    wrappingKeys: wrappingKeys(plan, stores),
    remaining: narrowed ? null : left,
    ...(narrowed && { remainingInScope: left }),
    keepsSource: plan.keepsSource,
    ...(plan.countsOnly === true && { countsOnly: true as const }),
    ...(verified.fingerprints !== undefined && { fingerprints: verified.fingerprints }),
    ...loadOf(plan, passes),
    warnings: [...plan.warnings, ...stores.flatMap(one => ageWords(one.store, one.materialAge))],
    lookAlikes,
    notChecked: notChecked(plan),
    failures: failures({ verifies: plan.verify && plan.mode !== 'verify', complete, total, verified }),
    ...(error !== undefined && { error }),
    files,
  };
}

/** What all passes took, and when. */
function loadOf(plan: RunPlan, passes: PassBooks): Pick<Report, 'kms' | 'estimate' | 'measured' | 'pace'> {
  const all = phasesOf(plan).map(phase => [phase, sum(passes[phase])] as const);
  const { kms } = all.map(([, books]) => books).reduce(addBooks, EMPTY_BOOKS);
  const pace = paceReport(all, plan.limits.kmsRequestsPerSecond);
  return {
    kms,
    estimate: plan.estimate,
    measured: { usd: { kms: kms.requests * USD_PER_KMS_REQUEST } },
    ...(pace !== undefined && { pace }),
  };
}

function sum(stores: PassBooks[Phase]): Books {
  return stores.map(({ books }) => books).reduce(addBooks, EMPTY_BOOKS);
}

function phasesOf(plan: RunIdentity & PassesOfRun): readonly Phase[] {
  return [...new Set<Phase>([mainPhase(plan), ...(plan.verify ? (['verify'] as const) : [])])];
}

function isComplete(plan: RunIdentity & PassesOfRun & WorkOfRun, passes: PassBooks): boolean {
  return phasesOf(plan).every(
    phase => passes[phase].reduce((done, { unitsDone }) => done + unitsDone, 0) === plan.units,
  );
}

interface Named {
  /** The run is concluded by another pass than the main one, and that pass has finished. */
  readonly verifies: boolean;
  readonly complete: boolean;
  readonly total: Books;
  readonly verified: Books;
}

/**
 * The data keys that the verify pass found in doubt, with what the migrate pass said about them. Those that only the migrate
 * pass named have been settled by the verify pass, unless it did not finish.
 */
function failures({ verifies, complete, total, verified }: Named): readonly Failure[] {
  if (!verifies) return total.failures;
  const place = ({ store, locator, slot }: Failure): string => JSON.stringify([store, locator, slot]);
  const named = new Map(total.failures.map(failure => [place(failure), failure]));
  const found = verified.failures.map(failure => {
    const before = named.get(place(failure));
    if (before === undefined || before.reason === failure.reason) return failure;
    const said = failure.reason.startsWith(before.reason);
    return { ...before, reason: said ? failure.reason : `${before.reason}; verify: ${failure.reason}` };
  });
  const again = new Set(found.map(place));
  const open = complete ? [] : total.failures.filter(failure => !again.has(place(failure)));
  return [...found, ...open].slice(0, MAX_FAILURES);
}
