import type { Context, DynamoDBBatchResponse } from 'aws-lambda';
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
import { followTable, type FollowMemory } from '../core/follow/follow-table.ts';
import { followedStores } from '../core/job/followed-stores.ts';
import type { FollowPorts } from '../core/follow/ports.ts';
import { tableWritten } from '../core/follow/stream-event.ts';
import type { Job } from '../core/model/job.ts';
import { SharedQuota } from '../core/rate/shared-quota.ts';
import { unitScope } from '../core/scan/unit-scope.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';
import { FollowerTools } from './follower-tools.ts';

/** The deployment's jobs, validated at synth and bundled beside this file. */
const jobs = JSON.parse(readFileSync(new URL('./jobs.json', import.meta.url), 'utf8')) as readonly Job[];
const clients = new AwsClients();
const s3 = clients.s3();
const files = new S3RunFiles(s3, requireEnv(ENV.runBucket));
const table = requireEnv(ENV.ledgerTable);
const ledger = new DynamoDbLedger(clients.dynamodb(), table);
const history = new LedgerHistory(clients.dynamodb(), table);
const shareBook = new LedgerShareBook(clients.dynamodb(), table);
const quota = new SharedQuota();
const clock = { now: () => Date.now() };
/** By stream. */
const memories = new Map<string, FollowMemory>();

/** What a write to a followed table leads to (lib/follow). The stream hands the rest of a batch over again that is not done. */
export async function handler(event: unknown, context: Context): Promise<DynamoDBBatchResponse> {
  const { streamArn, items } = tableWritten(event);
  const followed = followedStores(jobs).find(one => one.streamArn === streamArn);
  if (followed === undefined)
    throw new Error(`no job of this deployment follows ${streamArn}; deploy it again`);
  const memory = memories.get(streamArn) ?? {};
  memories.set(streamArn, memory);
  const telemetry = new FollowerLog(followed.job.name, context.awsRequestId);
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
    const done = await namingFailures(() => followTable(items, followed, { ...ports, memory }));
    if (done.kind === 'done') return { batchItemFailures: [] };
    telemetry.failed(done.items.length, done.why);
    return {
      batchItemFailures: done.items.map(({ sequenceNumber: itemIdentifier }) => ({ itemIdentifier })),
    };
  } finally {
    await tools.close();
  }
}
