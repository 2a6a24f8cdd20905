import { App, Duration, type AppProps } from 'aws-cdk-lib';
import { SETTINGS_FILE, type DeploymentSettings } from '../lambda/core/job/deployed-settings.ts';
import type { Job } from '../lambda/core/model/job.ts';
import { destinationRegion } from '../lambda/core/model/job-regions.ts';
import { refuseByAccount } from './jobs/refuse-by-account.ts';
import { refusePlaintextRoutes } from './jobs/plaintext-route.ts';
import { loadJobs } from './jobs/load-jobs.ts';
import { checkedSettings, loadSettings } from './jobs/load-settings.ts';
import { refuseContext } from './jobs/settings-in-context.ts';
import { deployClaims } from './claims/store-claims.ts';
import { journalProtection } from './storage/journal-protection.ts';
import { KmsRewrapStack } from './kms-rewrap-stack.ts';
import { deployBridges } from './route-keys/bridges.ts';
import { deploySourceReplicas } from './route-keys/source-replicas.ts';

/**
 * The CDK app: one stack for each Region in which jobs have their destination, and the bridge keys and replicas that jobs
 * ask for. All that can be said about a deployment is in its settings file. Context: `deployment`, another path of that
 * file; `settings`, its content, for tools that synthesize without a file.
 */
export function rewrapApp(props?: AppProps): App {
  const app = new App(props);
  const settings = settingsOf(app);
  const { name, allowPlaintextRoute } = settings;
  const jobs = loadJobs(settings.jobs);
  if (!allowPlaintextRoute) refusePlaintextRoutes(jobs);
  const account = process.env['CDK_DEFAULT_ACCOUNT'];
  if (account !== undefined) refuseByAccount(jobs, account);
  const users = [...byRegion(jobs)].map(([region, jobsOfRegion]) => {
    return new KmsRewrapStack(app, `${name}-${region}`, {
      stackName: name,
      jobs: jobsOfRegion,
      settings,
      allowPlaintextRoute,
      journalProtection: journalProtection(settings),
      workerTimeout: Duration.seconds(settings.workerTimeoutSeconds),
      schedules: settings.schedules,
      notify: settings.notify,
      dashboard: settings.dashboard,
      tracing: settings.tracing,
      customerManagedKey: settings.customerManagedKey,
      evidence: settings.evidence,
      journalReaders: settings.journalReaders,
      takeOver: settings.takeOver?.[region] ?? {},
      managedPoliciesPerRole: settings.managedPoliciesPerRole,
      env: { region, ...(account !== undefined && { account }) },
    });
  });
  deployClaims(app, { jobs, deployment: name, users });
  deployBridges(app, jobs, name);
  deploySourceReplicas(app, jobs, name);
  return app;
}

function settingsOf({ node }: App): DeploymentSettings {
  const context = (name: string): unknown => node.tryGetContext(name);
  const given = context('settings');
  const settings =
    given === undefined ? loadSettings(fileOf(context('deployment'))) : checkedSettings('settings', given);
  refuseContext(settings, context);
  return settings;
}

function fileOf(deployment: unknown): string {
  return typeof deployment === 'string' ? deployment : SETTINGS_FILE;
}

function byRegion(jobs: readonly Job[]): ReadonlyMap<string, readonly Job[]> {
  const regions = new Map<string, Job[]>();
  for (const job of jobs) {
    const region = destinationRegion(job);
    regions.set(region, [...(regions.get(region) ?? []), job]);
  }
  return regions;
}
