import { readFileSync } from 'node:fs';
import { AwsClients } from '../adapters/aws/clients.ts';
import { namingFailures } from '../adapters/aws/failure.ts';
import { KmsKeyCatalog } from '../adapters/kms/catalog.ts';
import { KmsChannel } from '../adapters/kms/channel.ts';
import { KMS_PATIENCE_MS } from '../adapters/aws/patience.ts';
import { openStore, storeCatalogs } from '../adapters/stores/registry.ts';
import { DynamoDbLedger } from '../adapters/state/ledger.ts';
import { DeployedRuns } from '../adapters/run/past-runs.ts';
import { LedgerHistory } from '../adapters/state/run-history.ts';
import { runPrefix, S3RunFiles } from '../adapters/run/files.ts';
import { Executions } from '../adapters/run/executions.ts';
import { LedgerShareBook } from '../adapters/state/share-book.ts';
import { LedgerStoreLocks } from '../adapters/state/store-locks.ts';
import { PlanLog } from '../adapters/run/plan-log.ts';
import { lockPorts } from '../adapters/run/lock-ports.ts';
import type { Job } from '../core/model/job.ts';
import { beginRun } from '../core/plan/begin-run.ts';
import { notYet } from '../core/plan/scheduled-run.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';

/** The deployment's jobs, validated at synth and bundled beside this file. */
const jobs = JSON.parse(readFileSync(new URL('./jobs.json', import.meta.url), 'utf8')) as readonly Job[];
const clients = new AwsClients();
const files = new S3RunFiles(clients.s3(), requireEnv(ENV.runBucket));
const stores = storeCatalogs(clients);
const table = requireEnv(ENV.ledgerTable);
const history = new LedgerHistory(clients.dynamodb(), table);
const ledger = new DynamoDbLedger(clients.dynamodb(), table);
const pastRuns = new DeployedRuns(files, ledger);
const shares = new LedgerShareBook(clients.dynamodb(), table);
const locks = new LedgerStoreLocks(clients.dynamodb(), table);
const log = new PlanLog();
const keys = (grantTokens: readonly string[]): KmsKeyCatalog =>
  new KmsKeyCatalog(new KmsChannel({ grantTokens }), KMS_PATIENCE_MS);
const plaintextAllowed = process.env[ENV.allowPlaintextRoute] === 'true';
const workerTimeoutSeconds = Number(requireEnv(ENV.workerTimeoutSeconds));

export interface PlanEvent {
  readonly runId: string;
  readonly stateMachineArn: string;
  readonly input: unknown;
}

/** State Plan: decides everything before any record is touched, and writes plan and units to the run bucket. */
export async function handler({ runId, stateMachineArn, input }: PlanEvent): Promise<object> {
  const request = { runId, input, jobs, formats, plaintextAllowed, workerTimeoutSeconds, now: Date.now() };
  const waits = await namingFailures(() => notYet(request, { latestRuns: history, schedules: history }));
  if (waits !== undefined) {
    log.waits(runId, waits);
    return { runId, waits };
  }
  const { plan, unitsKey } = await namingFailures(() =>
    beginRun(request, {
      ...{ keys, stores, history, pastRuns, files },
      records: (store, options) => openStore(store, { clients, ...options }),
      latestRuns: history,
      shares,
      lock: lockPorts({ locks, ledger, executions: new Executions(stateMachineArn) }),
    }),
  );
  return {
    runId,
    mode: plan.mode,
    migrates: plan.mode === 'census' || plan.mode === 'migrate',
    rollsBack: plan.mode === 'rollback',
    verifies: plan.verify,
    unitsKey,
    resultsPrefix: `${runPrefix(runId)}results`,
    maxConcurrency: plan.workers,
    toleratedFailurePercentage: plan.limits.toleratedFailurePercentage,
  };
}
