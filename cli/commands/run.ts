import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import { RunRefused } from '../../lambda/core/model/errors.ts';
import { destinationRegion } from '../../lambda/core/model/job-regions.ts';
import { planDifferences } from '../../lambda/core/plan/plan-difference.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { deployAgain, isFile, jobMeant } from '../deployment/deployed-jobs.ts';
import { startAndShow } from '../follow/follow-run.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import type { CommandContext, Where } from '../context/command-context.ts';
import { planText } from '../render/terminal.ts';
import { planned, type PlanOptions } from './plan.ts';
import { runInput } from './run-input.ts';

export interface RunOptions extends PlanOptions {
  /** Return when the run has started. */
  readonly detach?: boolean;
  /** Start without a question. */
  readonly yes?: boolean;
}

/**
 * `rewrap run JOB`: starts a run of a deployed job, follows it, and shows its report. A person at a terminal is shown the plan and
 * asked first.
 */
export async function run(jobName: string, options: RunOptions, context: CommandContext): Promise<ExitCode> {
  const { aws, deployment, console } = context;
  const job = isFile(jobName) ? await deployedAs(jobName, { aws, deployment }) : jobName;
  const watch = new RunWatch(await findDeployment(deployment, aws), aws);
  const { mode, detach, yes = false } = options;
  if (console.confirm !== undefined && !yes && !(await isConfirmed(job, options, context))) {
    console.note('nothing was started');
    return EXIT.refused;
  }
  return startAndShow(
    watch,
    { job, mode, input: runInput(job, options), ...(detach !== undefined && { detach }) },
    context,
  );
}

/**
 * Shows the plan and asks. A plan gets old while somebody reads it, so it is made again after the answer.
 *
 * @throws RunRefused `cli.planChanged` with the differences
 */
async function isConfirmed(
  job: string,
  options: RunOptions,
  { console, aws, deployment }: CommandContext,
): Promise<boolean> {
  const { plan } = await planned(job, options, { aws, deployment });
  // The question is what is next.
  console.result(plan, planText, []);
  if ((await console.confirm?.(`Start this ${options.mode} run of ${job}?`)) !== true) return false;
  const { plan: now } = await planned(job, options, { aws, deployment });
  const lines = planDifferences(plan, now);
  if (lines.length === 0) return true;
  throw new RunRefused(
    'cli.planChanged',
    ['the plan has changed since it was shown; look at it again, and start the run then:', ...lines].join(
      '\n',
    ),
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
