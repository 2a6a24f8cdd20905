import { readFileSync } from 'node:fs';
import { AwsClients } from '../adapters/aws/clients.ts';
import { namingFailures } from '../adapters/aws/failure.ts';
import { sessionName } from '../adapters/aws/role-session.ts';
import { KmsKeyCatalog } from '../adapters/kms/catalog.ts';
import { KmsChannel } from '../adapters/kms/channel.ts';
import { ALIAS_PATIENCE_MS, KMS_PATIENCE_MS } from '../adapters/aws/patience.ts';
import { openStore, storeCatalogs } from '../adapters/stores/registry.ts';
import { DynamoDbLedger } from '../adapters/state/ledger.ts';
import { DeployedRuns } from '../adapters/run/past-runs.ts';
import { LedgerFollowBook } from '../adapters/state/follow-book.ts';
import { LedgerHistory } from '../adapters/state/run-history.ts';
import { runPrefix, S3RunFiles } from '../adapters/run/files.ts';
import { Executions } from '../adapters/run/executions.ts';
import { LedgerShareBook } from '../adapters/state/share-book.ts';
import { LedgerStoreLocks } from '../adapters/state/store-locks.ts';
import { PlanLog } from '../adapters/run/plan-log.ts';
import { RunEvents } from '../adapters/run/events.ts';
import { lockPorts } from '../adapters/run/lock-ports.ts';
import { RunRefused } from '../core/model/errors.ts';
import type { Job } from '../core/model/job.ts';
import { withRunbook } from '../core/model/refuse.ts';
import { beginRun } from '../core/plan/begin-run.ts';
import { notYet } from '../core/plan/scheduled-run.ts';
import { endFollows } from '../core/watch/end-follows.ts';
import { watchJobs } from '../core/watch/watch-jobs.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';

/** The deployment's jobs, validated at synth and bundled beside this file. */
const jobs = JSON.parse(readFileSync(new URL('./jobs.json', import.meta.url), 'utf8')) as readonly Job[];
const clients = new AwsClients();
const files = new S3RunFiles(clients.s3(), requireEnv(ENV.runBucket));
const table = requireEnv(ENV.ledgerTable);
const history = new LedgerHistory(clients.dynamodb(), table);
const ledger = new DynamoDbLedger(clients.dynamodb(), table);
const pastRuns = new DeployedRuns(files, ledger);
const shares = new LedgerShareBook(clients.dynamodb(), table);
const locks = new LedgerStoreLocks(clients.dynamodb(), table);
const follows = new LedgerFollowBook(clients.dynamodb(), table);
const deployment = requireEnv(ENV.deployment);
const log = new PlanLog(deployment);
const events = new RunEvents({ service: 'plan', deployment });
const keys = (grantTokens: readonly string[]): KmsKeyCatalog =>
  new KmsKeyCatalog(new KmsChannel({ grantTokens }), KMS_PATIENCE_MS, ALIAS_PATIENCE_MS);
const plaintextAllowed = process.env[ENV.allowPlaintextRoute] === 'true';
const workerTimeoutSeconds = Number(requireEnv(ENV.workerTimeoutSeconds));

export interface PlanEvent {
  readonly runId: string;
  readonly stateMachineArn: string;
  readonly input: unknown;
}

/** What the watch of the deployment asks once a day (lib/operations/watch.ts). */
interface WatchEvent {
  readonly watch: { readonly schedules: boolean };
}

/** State Plan, and the watch, which is about the same jobs and reads the same ledger. */
export async function handler(event: PlanEvent | WatchEvent): Promise<object> {
  if ('watch' in event) return watch(event);
  try {
    return await namingFailures(() => plan(event));
  } catch (error) {
    if (!(error instanceof RunRefused)) throw error;
    log.refused(event.runId, error);
    throw withRunbook(error);
  }
}

/** Decides everything before any record is touched, and writes plan and units to the run bucket. */
async function plan({ runId, stateMachineArn, input }: PlanEvent): Promise<object> {
  const deployed = { jobs, formats, plaintextAllowed, workerTimeoutSeconds };
  // arn:PARTITION:states:REGION:ACCOUNT:…
  const account = stateMachineArn.split(':')[4];
  const request = { runId, input, ...deployed, ...(account !== undefined && { account }), now: Date.now() };
  const waits = await notYet(request, { latestRuns: history, schedules: history });
  if (waits !== undefined) {
    log.waits(runId, waits);
    return { runId, waits };
  }
  const session = { name: sessionName(runId), access: 'read' } as const;
  const { plan, unitsKey } = await beginRun(request, {
    ...{ keys, history, pastRuns, files },
    stores: storeCatalogs(clients, session.name),
    records: (store, options) => openStore(store, { clients, session, ...options }),
    latestRuns: history,
    shares,
    lock: lockPorts({ locks, ledger, executions: new Executions(stateMachineArn) }),
  });
  await events.started(plan);
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

async function watch({ watch: { schedules } }: WatchEvent): Promise<object> {
  const watched = await namingFailures(() =>
    watchJobs(
      { jobs, schedulesOn: schedules, now: Date.now() },
      {
        ...{ latestRuns: history, schedules: history },
        estimatedSeconds: async runId => (await files.findPlan(runId))?.estimate.seconds,
      },
    ),
  );
  log.watched(watched);
  const { ended, unheard } = await namingFailures(() =>
    endFollows({ jobs, now: Date.now() }, { latestRuns: history, follows, catalogs: storeCatalogs(clients) }),
  );
  log.unheard(unheard);
  for (const one of ended) await events.followEnded(one);
  return { ...watched, ended, unheard };
}
