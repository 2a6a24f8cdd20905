import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { findDeployment, NotDeployed, type Deployment } from '../../lambda/adapters/run/deployment.ts';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import type { OpenOptions } from '../../lambda/adapters/records/store-adapter.ts';
import { openStore, storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import { DynamoDbLedger } from '../../lambda/adapters/state/ledger.ts';
import { DeployedRuns } from '../../lambda/adapters/run/past-runs.ts';
import { LedgerShareBook } from '../../lambda/adapters/state/share-book.ts';
import { S3RunFiles } from '../../lambda/adapters/run/files.ts';
import { LedgerHistory } from '../../lambda/adapters/state/run-history.ts';
import type { Job, Store } from '../../lambda/core/model/job.ts';
import { destinationRegion } from '../../lambda/core/model/job-regions.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { certaintyOf } from '../../lambda/core/plan/certainty.ts';
import { planRun, type PlanPorts } from '../../lambda/core/plan/plan-run.ts';
import { notChecked } from '../../lambda/core/verdict/not-checked.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { deployAgain, jobMeant } from '../deployment/deployed-jobs.ts';
import { scheduleStates, type ScheduleState } from '../../lambda/core/plan/scheduled-run.ts';
import { planText, scheduleText } from '../render/terminal.ts';
import { settingsOfText } from '../render/settings.ts';
import { besideHere, roomOf, roomText, type Room } from '../deployment/room.ts';
import { hereOf } from '../context/here.ts';
import { afterPlan } from '../next-steps/after-plan.ts';
import { rewrapStep } from '../next-steps/next-step.ts';
import { policiesOfJob, policiesText } from '../deployment/policies.ts';
import { settingsAndJobs, type SettingsOf } from '../deployment/settings.ts';
import type { CommandContext, Where } from '../context/command-context.ts';
import { optionWords, runInput, type InputOptions } from './run-input.ts';

export interface PlanOptions extends InputOptions {
  readonly jobs: string;
  /** Only what policies have to allow. */
  readonly policies?: boolean;
}

/** A plan, and what the deployment says of its job. */
interface Planned extends Told {
  readonly plan: RunPlan;
  readonly deployed: 'yes' | 'no' | 'unknown';
}

/** Checks all premises with the caller's own permissions. It changes nothing and needs no deployment. */
export async function planned(
  jobName: string,
  { jobs, ...options }: PlanOptions,
  { aws, deployment: name }: Where,
): Promise<Planned> {
  const { job, deployed: isDeployed } = await jobMeant(jobName, jobs, { aws, deployment: name });
  const region = aws.region ?? destinationRegion(job);
  const clients = new AwsClients({ ...aws, region });
  const deployment = await deployed(name, { ...aws, region });
  const ports = {
    // Do not wait for something that is missing: the user can ask again.
    keys: (grantTokens: readonly string[]) =>
      new KmsKeyCatalog(new KmsChannel({ ...aws, grantTokens, patienceMs: [] })),
    stores: storeCatalogs(clients),
    records: (store: Store, options: Omit<OpenOptions, 'clients'>) =>
      openStore(store, { clients, ...options }),
    ...(deployment === undefined ? NO_RUNS : knownRuns(clients, deployment)),
  };
  const account = deployment?.stateMachineArn.split(':')[4];
  const request = {
    runId: `${job.name}-plan`,
    input: runInput(job.name, options),
    jobs: [job],
    formats,
    plaintextAllowed: deployment?.allowPlaintextRoute ?? false,
    ...(account !== undefined && { account }),
    workerTimeoutSeconds: MAX_LAMBDA_SECONDS,
    now: Date.now(),
  };
  const { plan } = await planRun(request, ports);
  const schedules = await scheduleStates(job, ports.latestRuns);
  const told = await settingsAndRoom(job, jobs, { deployment: name, aws: { ...aws, region } });
  return { plan, deployed: isDeployed, schedules, ...told };
}

/** `rewrap plan JOB`: shows what a run would do. If there is a deployment, its last runs and its settings count, too. */
export async function plan(
  jobName: string,
  options: PlanOptions,
  { console, aws, deployment }: CommandContext,
): Promise<ExitCode> {
  if (options.policies === true) return policies(jobName, options, { console, aws, deployment });
  const { plan: shown, deployed: isDeployed, ...told } = await planned(jobName, options, { aws, deployment });
  if (isDeployed === 'no') console.note(`${shown.job} is not deployed: this is what it would do if it were`);
  if (isDeployed === 'unknown')
    console.note(`${deployAgain({ aws, deployment })}. This is what the file would do`);
  const deployedToo = {
    ...{ deployed: isDeployed === 'yes', notChecked: notChecked(shown) },
    ...{ certainty: certaintyOf(shown), executionInput: runInput(shown.job, options) },
  };
  console.result(
    { ...shown, ...told, ...deployedToo },
    all => `${planText(all)}\n${toldText(all)}\nexecution input ${JSON.stringify(all.executionInput)}`,
    afterPlan(
      { job: shown.job, mode: shown.mode, deployed: isDeployed === 'yes', options: optionWords(options) },
      hereOf({ aws, deployment }),
    ),
  );
  return EXIT.done;
}

/** Whoever has to add a permission first cannot plan yet, so nothing is asked of KMS. */
async function policies(
  jobName: string,
  { jobs }: PlanOptions,
  { console, aws, deployment: name }: Omit<CommandContext, 'caller'>,
): Promise<ExitCode> {
  const { job } = await jobMeant(jobName, jobs, { aws, deployment: name });
  const found = await deployed(name, { ...aws, region: aws.region ?? destinationRegion(job) });
  const next = rewrapStep(
    ['plan', jobName],
    'asks KMS whether they are there',
    hereOf({ aws, deployment: name }),
  );
  console.result(policiesOfJob(job, name, found), policiesText, [next]);
  return EXIT.done;
}

interface Told {
  readonly schedules: readonly ScheduleState[];
  readonly settings: SettingsOf;
  readonly room: Room;
}

/** The room beside the deployed jobs; where there are none, beside those of the folder. */
async function settingsAndRoom(job: Job, folder: string, where: Where): Promise<Omit<Told, 'schedules'>> {
  const { settings, jobs } = await settingsAndJobs(where);
  const { deployment } = where;
  const deployed = { deployment, jobs, settings: settings.deployed ?? settings.file };
  return { settings, room: roomOf(job, jobs.length > 0 ? deployed : besideHere(deployment, folder)) };
}

/** What the deployment says of a job, besides what its run would do. */
function toldText({ schedules, settings, room }: Told): string {
  return [...schedules.map(scheduleText), settingsOfText(settings), roomText(room)].join('\n');
}

const MAX_LAMBDA_SECONDS = 900;

type KnownRuns = Pick<PlanPorts, 'history' | 'latestRuns' | 'pastRuns' | 'shares'>;

/** If nothing is deployed, there are no runs either. */
const NO_RUNS: KnownRuns = {
  history: {
    lastMigration: () => Promise.resolve(undefined),
    proof: () => Promise.resolve(undefined),
  },
  latestRuns: { latest: () => Promise.resolve(undefined) },
  shares: { read: () => Promise.resolve([]) },
  pastRuns: {
    plan: () => Promise.resolve(undefined),
    units: () => Promise.resolve([]),
    report: () => Promise.resolve(undefined),
    fence: (_run, now) => Promise.resolve({ succeeded: false, fencedAt: now }),
    lastPageAt: () => Promise.resolve(undefined),
  },
};

function knownRuns(clients: AwsClients, { ledgerTable, runBucket }: Deployment): KnownRuns {
  const history = new LedgerHistory(clients.dynamodb(), ledgerTable);
  const ledger = new DynamoDbLedger(clients.dynamodb(), ledgerTable);
  const pastRuns = new DeployedRuns(new S3RunFiles(clients.s3(), runBucket), ledger);
  const shares = new LedgerShareBook(clients.dynamodb(), ledgerTable);
  return { history, latestRuns: history, pastRuns, shares };
}

async function deployed(name: string, aws: CommandContext['aws']): Promise<Deployment | undefined> {
  try {
    return await findDeployment(name, aws);
  } catch (error) {
    if (error instanceof NotDeployed) return undefined;
    throw error;
  }
}
