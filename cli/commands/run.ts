import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import { RunRefused } from '../../lambda/core/model/errors.ts';
import { destinationRegion } from '../../lambda/core/model/job-regions.ts';
import type { ExitCode } from '../context/exit-codes.ts';
import { deployAgain, isFile, jobMeant } from '../deployment/deployed-jobs.ts';
import { startAndShow } from '../follow/follow-run.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import type { CommandContext, Where } from '../context/command-context.ts';
import { runInput, type InputOptions } from './run-input.ts';

export interface RunOptions extends InputOptions {
  /** Return when the run has started. */
  readonly detach?: boolean;
}

/** `rewrap run JOB`: starts a run of a deployed job, follows it, and shows its report. */
export async function run(jobName: string, options: RunOptions, context: CommandContext): Promise<ExitCode> {
  const { aws, deployment } = context;
  const job = isFile(jobName) ? await deployedAs(jobName, { aws, deployment }) : jobName;
  const watch = new RunWatch(await findDeployment(deployment, aws), aws);
  const { mode, detach } = options;
  return startAndShow(
    watch,
    { job, mode, input: runInput(job, options), ...(detach !== undefined && { detach }) },
    context,
  );
}

/** A run always does what is deployed, so a file may name a job only if it says the same. */
async function deployedAs(file: string, where: Where): Promise<string> {
  const { job, deployed } = await jobMeant(file, '.', where);
  if (deployed === 'unknown') throw new RunRefused('cli.unknownJobs', deployAgain(where));
  if (deployed === 'no')
    throw new RunRefused(
      'cli.notDeployed',
      `${file}: the job ${job.name} is not deployed in ${where.aws.region ?? destinationRegion(job)} as ${where.deployment}; npx cdk deploy --all deploys the jobs of the folder that deployment.json names`,
    );
  return job.name;
}
