import { readFileSync } from 'node:fs';
import { AwsStoreCatalog } from '../adapters/store-catalog.ts';
import { KmsKeyCatalog } from '../adapters/kms.ts';
import { dynamoDbClient, s3Client } from '../adapters/record-store.ts';
import { runPrefix, S3RunFiles } from '../adapters/run-files.ts';
import type { Job } from '../core/model/job.ts';
import { planRun } from '../core/plan/plan-run.ts';
import { formats } from '../formats/registry.ts';
import { ENV, requireEnv } from './env.ts';

/** The deployment's jobs, validated at synth and bundled beside this file. */
const jobs = JSON.parse(readFileSync(new URL('./jobs.json', import.meta.url), 'utf8')) as readonly Job[];
const s3 = s3Client();
const files = new S3RunFiles(s3, requireEnv(ENV.runBucket));
const ports = { keys: new KmsKeyCatalog(), stores: new AwsStoreCatalog({ dynamodb: dynamoDbClient(), s3 }) };

export interface PlanEvent {
  readonly runId: string;
  readonly input: unknown;
}

/** State Plan: decides everything before a record is touched, and leaves plan and units in the run bucket. */
export async function handler({ runId, input }: PlanEvent): Promise<object> {
  const { plan, units } = await planRun({ runId, input, jobs, formats, now: Date.now() }, ports);
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
