import { releaseLocks, type StoreLocks } from '../lock/take-locks.ts';
import type { UnitProgress } from '../model/books.ts';
import { PremiseBroken } from '../model/errors.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { runCapacity } from '../rate/run-capacity.ts';
import { runRate } from '../rate/run-rate.ts';
import type { StoreProof } from '../proof/store-proof.ts';
import { proofsOf } from './store-proofs.ts';
import type { Clock, Ledger, RunControl } from '../ports.ts';
import { attested, type EvidencePorts, type ToAttest } from './attest-run.ts';
import { SealsOfRun } from '../evidence/seals.ts';
import { changedSince } from './changed-since.ts';
import { foldReport } from './fold.ts';
import { reportHtml } from './html.ts';
import { failureWords, type FailedUnit, type Failure } from './failure-words.ts';
import type { Report } from './report.ts';

/** What Report reads and writes of a run's files. */
export interface ReportFiles {
  readPlan(runId: string): Promise<RunPlan>;
  /** What the children of map runs returned. */
  unitResults(manifests: readonly string[]): AsyncIterable<UnitProgress>;
  /** Units that failed permanently in the run's latest map. */
  failedUnits(runId: string): Promise<readonly FailedUnit[]>;
  writeReport(report: Report, html: string): Promise<{ readonly reportKey: string }>;
  /** Where a run's files are, for people. */
  location(runId: string): string;
}

export interface FinishPorts {
  readonly files: ReportFiles;
  readonly ledger: Pick<Ledger, 'readControl'> & {
    /** Every checkpoint of a run. */
    units(runId: string): AsyncIterable<UnitProgress>;
    /** Remembers that every unit of a run came to its end. */
    remember(runId: string): Promise<void>;
  };
  readonly history: {
    /** How often KMS has contradicted a journal of the job. */
    contradictions(job: string): Promise<number>;
    rememberLatest(plan: RunPlan, finished: boolean): Promise<void>;
    /** Remembers the last migration into each of its places. */
    remember(plan: RunPlan): Promise<void>;
    rememberProofs(proofs: readonly StoreProof[]): Promise<void>;
    proof(id: string): Promise<StoreProof | undefined>;
  };
  readonly locks: StoreLocks;
  readonly journalLocation: (plan: RunPlan) => string;
  /** Absent where the deployment signs no evidence. */
  readonly evidence?: EvidencePorts;
  readonly announce: (report: Report, brokenPremise?: string) => Promise<void>;
  /** Sets an expiry date on everything that the ledger holds about a run. */
  readonly letExpire: (runId: string) => Promise<void>;
  readonly clock: Clock;
}

export interface FinishRequest {
  readonly runId: string;
  /** Manifests of the finished map runs. Without them, the checkpoints in the ledger are folded. */
  readonly manifests?: readonly string[];
  /** The error that ended the run. */
  readonly error?: Failure;
}

export interface FinishedReport {
  readonly report: Report;
  readonly reportKey: string;
  readonly brokenPremise?: string;
  /** Why the run failed. */
  readonly words?: string;
}

/** Stage Report: folds what the units did into one report, remembers what the next runs must know, and fails where a premise broke. */
export async function finishRun(
  { runId, manifests, error }: FinishRequest,
  ports: FinishPorts,
): Promise<FinishedReport> {
  const { files, ledger, history, clock } = ports;
  const plan = await files.readPlan(runId);
  const control = await ledger.readControl(runId);
  const { brokenPremise, trouble } = control;
  // Tolerated failures may hide a broken premise from the map. It ends the run here, and ReportFailure reports it.
  if (error === undefined && brokenPremise !== undefined)
    throw new PremiseBroken('report.brokenPremise', brokenPremise);
  const words = brokenPremise ?? (error && (await wordsOf(error, { runId, files, trouble })));
  const seals = new SealsOfRun();
  const folded = await foldReport({
    plan,
    units: seals.of(manifests === undefined ? ledger.units(runId) : files.unitResults(manifests)),
    endedAt: new Date(clock.now()).toISOString(),
    files: { run: files.location(runId), journal: ports.journalLocation(plan) },
    ...(words !== undefined && { error: words }),
    contradicted: await contradictedSince(plan, history),
  });
  const changed = await changedSince(plan, folded, id => history.proof(id));
  const known = {
    ...folded,
    ...seals.inReport(),
    warnings: [...folded.warnings, ...rateWords(control, plan), ...changed],
  };
  await rememberEnd(plan, known, ports);
  const { report, reportKey } = await written({ plan, report: known, seals }, ports);
  await ports.announce(report, brokenPremise);
  // A run that failed keeps its locks: it can be redriven, and whoever takes them over fences it first.
  if (report.state === 'succeeded') {
    await releaseLocks(plan, ports.locks);
    await letExpire(plan, ports);
  }
  return {
    report,
    reportKey,
    ...(brokenPremise !== undefined && { brokenPremise }),
    ...(words !== undefined && { words }),
  };
}

/** What the next runs must know. */
async function rememberEnd(
  plan: RunPlan,
  report: Report,
  { ledger, history }: Pick<FinishPorts, 'ledger' | 'history'>,
): Promise<void> {
  if (report.state === 'succeeded') {
    await ledger.remember(plan.runId);
    await history.rememberLatest(plan, true);
    if (report.mode === 'migrate') await history.remember(plan);
  }
  await history.rememberProofs(proofsOf(plan, report));
}

/** Writes the report, and the evidence of it. If nothing could be signed, the report says so. */
async function written(
  about: ToAttest,
  { files, evidence }: Pick<FinishPorts, 'files' | 'evidence'>,
): Promise<Pick<FinishedReport, 'report' | 'reportKey'>> {
  const { report } = about;
  const { reportKey } = await files.writeReport(report, reportHtml(report));
  const unsigned = evidence && (await attested(about, evidence));
  if (unsigned === undefined) return { report, reportKey };
  const told = { ...report, warnings: [...report.warnings, unsigned] };
  return { report: told, ...(await files.writeReport(told, reportHtml(told))) };
}

/** In this run or, because another one may visit the same records later, in any other since it was planned. */
async function contradictedSince(
  { job, contradictions }: RunPlan,
  history: Pick<FinishPorts['history'], 'contradictions'>,
): Promise<number> {
  if (contradictions === undefined) return 0;
  return Math.max(0, (await history.contradictions(job)) - contradictions);
}

/**
 * Nobody will continue a finished run, or the unfinished ones that it continued. The run is over and has been reported by
 * now, so it must not fail if something is merely kept for longer.
 */
async function letExpire(
  { runId, continues = [] }: RunPlan,
  ports: Pick<FinishPorts, 'letExpire'>,
): Promise<void> {
  for (const one of [runId, ...continues]) await ports.letExpire(one).catch(() => undefined);
}

/** How the run's rate, and what it may take of tables, were changed after Plan. */
function rateWords(control: RunControl, plan: RunPlan): readonly string[] {
  const { words } = runRate(control, plan);
  return [...(words === undefined ? [] : [words]), ...runCapacity(control, plan).words];
}

async function wordsOf(
  error: Failure,
  run: { readonly runId: string; readonly files: ReportFiles; readonly trouble: string | undefined },
): Promise<string> {
  const { runId, files, trouble } = run;
  // The report of a failure must not fail because its message is missing.
  const units = await files.failedUnits(runId).catch(() => []);
  return failureWords(error, { units, ...(trouble !== undefined && { trouble }) });
}
