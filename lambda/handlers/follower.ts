import type { Context } from 'aws-lambda';
import { readFileSync } from 'node:fs';
import { AwsClients } from '../adapters/aws/clients.ts';
import { namingFailures } from '../adapters/aws/failure.ts';
import { S3RunFiles } from '../adapters/run/files.ts';
import { FollowerLog } from '../adapters/run/follow-telemetry.ts';
import { LedgerFollowBook } from '../adapters/state/follow-book.ts';
import { DynamoDbLedger } from '../adapters/state/ledger.ts';
import { LedgerHistory } from '../adapters/state/run-history.ts';
import { LedgerShareBook } from '../adapters/state/share-book.ts';
import { LedgerStoreLocks } from '../adapters/state/store-locks.ts';
import { followStore, type FollowMemory, type RecordWritten } from '../core/follow/follow-store.ts';
import type { FollowPorts } from '../core/follow/ports.ts';
import type { FollowedStore } from '../core/job/followed-stores.ts';
import type { Job } from '../core/model/job.ts';
import { SharedQuota } from '../core/rate/shared-quota.ts';
import { unitScope } from '../core/scan/unit-scope.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';
import { FollowerTools } from './follower-tools.ts';

/** The deployment's jobs, validated at synth and bundled beside this file. */
export const jobs = JSON.parse(
  readFileSync(new URL('./jobs.json', import.meta.url), 'utf8'),
) as readonly Job[];
const clients = new AwsClients();
const s3 = clients.s3();
const files = new S3RunFiles(s3, requireEnv(ENV.runBucket));
const table = requireEnv(ENV.ledgerTable);
const ledger = new DynamoDbLedger(clients.dynamodb(), table);
const history = new LedgerHistory(clients.dynamodb(), table);
const shareBook = new LedgerShareBook(clients.dynamodb(), table);
const quota = new SharedQuota();
const clock = { now: () => Date.now() };
/** By job and store. */
const memories = new Map<string, FollowMemory>();

/** What writes to a followed store lead to. @returns those that are to be handed over again */
export async function follow<Of extends RecordWritten>(
  followed: FollowedStore,
  written: readonly Of[],
  context: Context,
): Promise<readonly Of[]> {
  const { job, index } = followed;
  const memory = memories.get(`${job.name} ${index}`) ?? {};
  memories.set(`${job.name} ${index}`, memory);
  const telemetry = new FollowerLog(job.name, context.awsRequestId);
  const tools = new FollowerTools({ clients, s3, shareBook, quota }, { context, telemetry });
  const ports: FollowPorts = {
    ...{ locks: new LedgerStoreLocks(clients.dynamodb(), table), latestRuns: history, history },
    ...{ book: new LedgerFollowBook(clients.dynamodb(), table), telemetry, clock },
    plan: runId => files.findPlan(runId),
    control: runId => ledger.readControl(runId),
    writePlan: (plan, units) => files.writePlan(plan, units),
    scopeOf: (unit, plan) => unitScope(unit, plan, formats),
    open: scope => tools.open(scope),
    id: context.awsRequestId,
  };
  try {
    const done = await namingFailures(() => followStore(written, followed, { ...ports, memory }));
    if (done.kind === 'done') return [];
    telemetry.failed(done.written.length, done.why);
    return done.written;
  } finally {
    await tools.close();
  }
}
