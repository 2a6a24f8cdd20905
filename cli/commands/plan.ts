import { KmsKeyCatalog } from '../../lambda/adapters/kms.ts';
import { dynamoDbClient, s3Client } from '../../lambda/adapters/record-store.ts';
import { AwsStoreCatalog } from '../../lambda/adapters/store-catalog.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findJob } from '../jobs.ts';
import { planText } from '../render/terminal.ts';
import type { CommandContext } from './command.ts';

export interface PlanOptions {
  readonly jobs: string;
  readonly mode: string;
}

/** `rewrap plan JOB`: checks all premises with the caller's own permissions, and shows what a run would do. Changes nothing. */
export async function plan(
  jobName: string,
  { jobs, mode }: PlanOptions,
  { console, aws }: CommandContext,
): Promise<ExitCode> {
  const job = findJob(jobName, jobs);
  const ports = {
    keys: new KmsKeyCatalog(aws),
    stores: new AwsStoreCatalog({ dynamodb: dynamoDbClient(aws), s3: s3Client(aws) }),
  };
  const request = {
    runId: `${job.name}-plan`,
    input: { job: job.name, mode },
    jobs: [job],
    formats,
    now: Date.now(),
  };
  const { plan: planned } = await planRun(request, ports);
  console.out(console.json ? JSON.stringify(planned, null, 2) : planText(planned));
  return EXIT.done;
}
