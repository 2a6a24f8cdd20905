import { journalLocation } from '../adapters/journal.ts';
import { DynamoDbLedger } from '../adapters/ledger.ts';
import { AwsClients } from '../adapters/aws-clients.ts';
import { LedgerHistory } from '../adapters/run-history.ts';
import { S3RunFiles } from '../adapters/run-files.ts';
import { RunEvents } from '../adapters/run-events.ts';
import { LedgerStoreLocks } from '../adapters/store-locks.ts';
import { releaseLocks } from '../core/lock/take-locks.ts';
import { PremiseBroken } from '../core/model/errors.ts';
import { foldReport } from '../core/report/fold.ts';
import { reportHtml } from '../core/report/html.ts';
import { ENV, requireEnv } from './env.ts';

const clients = new AwsClients();
const files = new S3RunFiles(clients.s3(), requireEnv(ENV.runBucket));
const ledger = new DynamoDbLedger(clients.dynamodb(), requireEnv(ENV.ledgerTable));
const history = new LedgerHistory(clients.dynamodb(), requireEnv(ENV.ledgerTable));

const locks = new LedgerStoreLocks(clients.dynamodb(), requireEnv(ENV.ledgerTable));

const events = new RunEvents();

export interface ReportEvent {
  readonly runId: string;
  /** Manifests of the map runs that came to their end. Without them the ledger's checkpoints are folded. */
  readonly manifests?: readonly string[];
  /** The error that ended the run. */
  readonly error?: { readonly Error: string; readonly Cause: string };
}

/** States Report and ReportFailure: folds what the units did into one report, and fails where a premise broke. */
export async function handler({ runId, manifests, error }: ReportEvent): Promise<object> {
  const plan = await files.readPlan(runId);
  const { brokenPremise } = await ledger.readControl(runId);
  // Tolerated failures may hide a broken premise from the map: here it ends the run, and ReportFailure reports it.
  if (error === undefined && brokenPremise !== undefined)
    throw new PremiseBroken('report.brokenPremise', brokenPremise);
  const words = brokenPremise ?? (error === undefined ? undefined : `${error.Error}: ${error.Cause}`);
  const report = await foldReport({
    plan,
    units: manifests === undefined ? ledger.units(runId) : files.unitResults(manifests),
    endedAt: new Date().toISOString(),
    files: { run: files.location(runId), journal: journalLocation(requireEnv(ENV.journalBucket), plan) },
    ...(words !== undefined && { error: words }),
  });
  if (report.state === 'succeeded') {
    await ledger.remember(runId);
    await history.rememberLatest(plan, true);
    if (report.mode === 'migrate') await history.remember(plan);
  }
  const { reportKey } = await files.writeReport(report, reportHtml(report));
  await events.finished(report);
  // A run that failed keeps its locks: it can be redriven, and whoever takes them over fences it first.
  if (report.state === 'succeeded') await releaseLocks(plan, locks);
  return {
    reportKey,
    state: report.state,
    remaining: report.remaining,
    ...(brokenPremise !== undefined && { brokenPremise }),
  };
}
