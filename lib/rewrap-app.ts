import { App, Duration, type AppProps } from 'aws-cdk-lib';
import type { Job } from '../lambda/core/model/job.ts';
import { destinationRegion } from '../lambda/core/model/job-regions.ts';
import { refuseForeignAliases } from './jobs/foreign-aliases.ts';
import { refusePlaintextRoutes } from './jobs/plaintext-route.ts';
import { loadJobs } from './jobs/load-jobs.ts';
import { journalProtection, type JournalContext } from './storage/journal-protection.ts';
import { customerManagedKey } from './storage/deployment-key.ts';
import { journalReaders } from './storage/journal-readers.ts';
import { takeOverIn } from './storage/take-over.ts';
import { KmsRewrapStack } from './kms-rewrap-stack.ts';
import { deployBridges } from './route-keys/bridges.ts';
import { deploySourceReplicas } from './route-keys/source-replicas.ts';

const STACK_NAME = 'KmsRewrap';

/**
 * The CDK app: one stack for each Region in which jobs have their destination, and the bridge keys and replicas that jobs ask for.
 * Context: `jobs`, a folder of job files, or one; `allowPlaintextRoute`, lets jobs take the route decrypt-encrypt;
 * `journalRetentionDays` and `journalObjectLock`, how long the journal is kept and locked; `workerTimeoutSeconds`, shorter invocations for trials;
 * `takeOver`, buckets and ledgers of an earlier deployment, by Region; `journalReaders`, who else may read old data keys;
 * `customerManagedKey`, true or the ARN of a key for what the service itself stores.
 */
export function rewrapApp(props?: AppProps): App {
  const app = new App(props);
  const jobs = loadJobs(String(app.node.tryGetContext('jobs') ?? 'examples/jobs'));
  const allowPlaintextRoute = String(app.node.tryGetContext('allowPlaintextRoute')) === 'true';
  if (!allowPlaintextRoute) refusePlaintextRoutes(jobs);
  const seconds = Number(app.node.tryGetContext('workerTimeoutSeconds') ?? 900);
  const context = (name: keyof JournalContext): unknown => app.node.tryGetContext(name);
  const protection = journalProtection({
    journalRetentionDays: context('journalRetentionDays'),
    journalObjectLock: context('journalObjectLock'),
  });
  const account = process.env['CDK_DEFAULT_ACCOUNT'];
  if (account !== undefined) refuseForeignAliases(jobs, account);
  for (const [region, jobsOfRegion] of byRegion(jobs)) {
    new KmsRewrapStack(app, `${STACK_NAME}-${region}`, {
      stackName: STACK_NAME,
      jobs: jobsOfRegion,
      allowPlaintextRoute,
      journalProtection: protection,
      workerTimeout: Duration.seconds(seconds),
      journalReaders: journalReaders(app.node.tryGetContext('journalReaders')),
      customerManagedKey: customerManagedKey(app.node.tryGetContext('customerManagedKey')),
      takeOver: takeOverIn(region, app.node.tryGetContext('takeOver')),
      env: { region, ...(account !== undefined && { account }) },
    });
  }
  deployBridges(app, jobs);
  deploySourceReplicas(app, jobs);
  return app;
}

function byRegion(jobs: readonly Job[]): ReadonlyMap<string, readonly Job[]> {
  const regions = new Map<string, Job[]>();
  for (const job of jobs) {
    const region = destinationRegion(job);
    regions.set(region, [...(regions.get(region) ?? []), job]);
  }
  return regions;
}
