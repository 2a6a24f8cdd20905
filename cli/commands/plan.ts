import { AwsClients } from '../../lambda/adapters/aws-clients.ts';
import { findDeployment, NotDeployed, type Deployment } from '../../lambda/adapters/deployment.ts';
import { KmsKeyCatalog } from '../../lambda/adapters/kms-catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms-channel.ts';
import { LedgerHistory, NO_HISTORY } from '../../lambda/adapters/run-history.ts';
import { AwsStoreCatalog } from '../../lambda/adapters/store-catalog.ts';
import { destinationRegion } from '../../lambda/core/model/route.ts';
import type { PastRuns } from '../../lambda/core/plan/ports.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findJob } from '../jobs.ts';
import { planText } from '../render/terminal.ts';
import { STACK_NAME, type CommandContext } from './command.ts';
import { runInput, type InputOptions } from './run-input.ts';

export interface PlanOptions extends InputOptions {
  readonly jobs: string;
}

/**
 * `rewrap plan JOB`: checks all premises with the caller's own permissions, and shows what a run would do. Changes
 * nothing, and needs no deployment; where there is one, its last runs and what it allows count, too.
 */
export async function plan(
  jobName: string,
  { jobs, ...options }: PlanOptions,
  { console, aws }: CommandContext,
): Promise<ExitCode> {
  const job = findJob(jobName, jobs);
  const region = aws.region ?? destinationRegion(job);
  const clients = new AwsClients({ ...aws, region });
  const deployment = await deployed({ ...aws, region });
  const ports = {
    // What is missing is told at once: a person can ask again.
    keys: (grantTokens: readonly string[]) =>
      new KmsKeyCatalog(new KmsChannel({ ...aws, grantTokens, patienceMs: [] })),
    stores: new AwsStoreCatalog(clients),
    // What a rollback would do is not planned here: planning one stops what is left of its run.
    pastRuns: NO_PAST_RUNS,
    history:
      deployment === undefined ? NO_HISTORY : new LedgerHistory(clients.dynamodb(), deployment.ledgerTable),
  };
  const request = {
    runId: `${job.name}-plan`,
    input: runInput(job.name, options),
    jobs: [job],
    formats,
    plaintextAllowed: deployment?.allowPlaintextRoute ?? false,
    workerTimeoutSeconds: MAX_LAMBDA_SECONDS,
    now: Date.now(),
  };
  const { plan: planned } = await planRun(request, ports);
  console.out(console.json ? JSON.stringify(planned, null, 2) : planText(planned));
  return EXIT.done;
}

const MAX_LAMBDA_SECONDS = 900;

const NO_PAST_RUNS: PastRuns = {
  plan: () => Promise.resolve(undefined),
  units: () => Promise.resolve([]),
  fence: (_run, now) => Promise.resolve({ succeeded: false, fencedAt: now }),
};

async function deployed(aws: CommandContext['aws']): Promise<Deployment | undefined> {
  try {
    return await findDeployment(STACK_NAME, aws);
  } catch (error) {
    if (error instanceof NotDeployed) return undefined;
    throw error;
  }
}
