import { App, Duration, type AppProps } from 'aws-cdk-lib';
import { regionOf } from '../lambda/core/model/arn.ts';
import type { Job } from '../lambda/core/model/job.ts';
import { loadJobs } from './jobs/load-jobs.ts';
import { KmsRewrapStack } from './kms-rewrap-stack.ts';

export const STACK_NAME = 'KmsRewrap';

/**
 * The CDK app: one stack for each Region in which jobs have their destination.
 * Context: `jobs`, the folder of job files; `workerTimeoutSeconds`, shorter invocations for trials.
 */
export function rewrapApp(props?: AppProps): App {
  const app = new App(props);
  const jobs = loadJobs(String(app.node.tryGetContext('jobs') ?? 'examples/jobs'));
  const seconds = Number(app.node.tryGetContext('workerTimeoutSeconds') ?? 900);
  const account = process.env['CDK_DEFAULT_ACCOUNT'];
  for (const [region, jobsOfRegion] of byRegion(jobs)) {
    new KmsRewrapStack(app, `${STACK_NAME}-${region}`, {
      stackName: STACK_NAME,
      jobs: jobsOfRegion,
      workerTimeout: Duration.seconds(seconds),
      env: { region, ...(account !== undefined && { account }) },
    });
  }
  return app;
}

function byRegion(jobs: readonly Job[]): ReadonlyMap<string, readonly Job[]> {
  const regions = new Map<string, Job[]>();
  for (const job of jobs) {
    const region = regionOf(job.destination.key);
    regions.set(region, [...(regions.get(region) ?? []), job]);
  }
  return regions;
}
