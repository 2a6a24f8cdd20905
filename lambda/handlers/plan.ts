import { readFileSync } from 'node:fs';
import { AwsClients } from '../adapters/aws-clients.ts';
import { KmsKeyCatalog } from '../adapters/kms-catalog.ts';
import { KmsChannel } from '../adapters/kms-channel.ts';
import { KMS_PATIENCE_MS } from '../adapters/patience.ts';
import { LedgerHistory } from '../adapters/run-history.ts';
import { runPrefix, S3RunFiles } from '../adapters/run-files.ts';
import { AwsStoreCatalog } from '../adapters/store-catalog.ts';
import type { Job } from '../core/model/job.ts';
import { planRun } from '../core/plan/plan-run.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';

/** The deployment's jobs, validated at synth and bundled beside this file. */
const jobs = JSON.parse(readFileSync(new URL('./jobs.json', import.meta.url), 'utf8')) as readonly Job[];
const clients = new AwsClients();
const files = new S3RunFiles(clients.s3(), requireEnv(ENV.runBucket));
const stores = new AwsStoreCatalog(clients);
const history = new LedgerHistory(clients.dynamodb(), requireEnv(ENV.ledgerTable));
const keys = (grantTokens: readonly string[]): KmsKeyCatalog =>
  new KmsKeyCatalog(new KmsChannel({ grantTokens }), KMS_PATIENCE_MS);
const plaintextAllowed = process.env[ENV.allowPlaintextRoute] === 'true';

export interface PlanEvent {
  readonly runId: string;
  readonly input: unknown;
}

/** State Plan: decides everything before a record is touched, and leaves plan and units in the run bucket. */
export async function handler({ runId, input }: PlanEvent): Promise<object> {
  const request = { runId, input, jobs, formats, plaintextAllowed, now: Date.now() };
  const { plan, units } = await planRun(request, { keys, stores, history });
  const { unitsKey } = await files.writePlan(plan, units);
  return {
    runId,
    mode: plan.mode,
    migrates: plan.mode !== 'verify',
    verifies: plan.verify,
    unitsKey,
    resultsPrefix: `${runPrefix(runId)}results`,
    maxConcurrency: plan.workers,
    toleratedFailurePercentage: plan.limits.toleratedFailurePercentage,
  };
}
