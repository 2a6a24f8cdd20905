import { randomBytes } from 'node:crypto';
import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import type { ExecutionStatus } from '../../lambda/adapters/run/executions.ts';
import { RunRefused } from '../../lambda/core/model/errors.ts';
import { destinationRegion } from '../../lambda/core/model/job-regions.ts';
import { isOfLambda, wordsOfFailure } from '../../lambda/core/report/failure-words.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../exit-codes.ts';
import { DEPLOY_AGAIN, isFile, jobMeant } from '../deployed-jobs.ts';
import { progressLine, reportText } from '../render/terminal.ts';
import { RunWatch } from '../run-watch.ts';
import { STACK_NAME, type CommandContext } from './command.ts';
import { runInput, type InputOptions } from './run-input.ts';

export interface RunOptions extends InputOptions {
  /** Return when the run has started. */
  readonly detach?: boolean;
}

/** `rewrap run JOB`: starts a run of a deployed job, follows it, and shows its report. */
export async function run(
  jobName: string,
  options: RunOptions,
  { console, aws }: CommandContext,
): Promise<ExitCode> {
  const job = isFile(jobName) ? await deployedAs(jobName, aws) : jobName;
  const watch = new RunWatch(await findDeployment(STACK_NAME, aws), aws);
  const { mode, detach } = options;
  return startAndShow(
    watch,
    { job, mode, input: runInput(job, options), ...(detach !== undefined && { detach }) },
    { console, aws },
  );
}

/** A file stands for a run only if it says what is deployed: the run does that, whatever the file says. */
async function deployedAs(file: string, aws: CommandContext['aws']): Promise<string> {
  const { job, deployed } = await jobMeant(file, '.', aws);
  if (deployed === 'unknown') throw new RunRefused('cli.unknownJobs', DEPLOY_AGAIN);
  if (deployed === 'no')
    throw new RunRefused(
      'cli.notDeployed',
      `${file}: the job ${job.name} is not deployed in ${aws.region ?? destinationRegion(job)}; npx cdk deploy -c jobs=FOLDER deploys a folder of jobs`,
    );
  return job.name;
}

export interface Start {
  readonly job: string;
  readonly mode: string;
  readonly input: object;
  /** Return when the run has started. */
  readonly detach?: boolean;
}

/** Starts a run, follows it, and shows its report. */
export async function startAndShow(
  watch: RunWatch,
  { job, mode, input, detach = false }: Start,
  context: CommandContext,
): Promise<ExitCode> {
  const { console } = context;
  const runId = newRunId(job, mode);
  await watch.executions.start(runId, input);
  console.note(`run ${runId} started`);
  if (detach) {
    if (console.json)
      console.out(JSON.stringify({ runId, notChecked: ['how the run ends: rewrap watch RUN follows it'] }));
    return EXIT.done;
  }
  const { status, report } = await followToReport(watch, runId, context);
  return showEnd(status, report, context);
}

export async function followToReport(
  watch: RunWatch,
  runId: string,
  { console }: CommandContext,
): Promise<{ readonly status: ExecutionStatus; readonly report: Report | undefined }> {
  const status = await watch.follow(runId, progress => console.progress(progressLine(progress)));
  console.progressDone();
  return { status, report: await watch.files.readReport(runId) };
}

/** The report where there is one; the words of the refusal where there is none. */
export function showEnd(
  status: ExecutionStatus,
  report: Report | undefined,
  { console }: CommandContext,
): ExitCode {
  if (report !== undefined) {
    console.out(console.json ? JSON.stringify(report, null, 2) : reportText(report));
    return exitCodeOf(report);
  }
  const { error, state } = status;
  const words =
    error === undefined ? `run ${status.runId} ended ${state} without a report` : wordsOfEnd(error);
  for (const line of words.split('\n')) console.note(line);
  if (console.json)
    console.out(
      JSON.stringify({
        ...{ runId: status.runId, state, error: error ?? null },
        notChecked: ['the stores: the run ended before it could say anything of them'],
      }),
    );
  return error?.name === 'RunRefused' ? EXIT.refused : EXIT.failed;
}

/** Without a report it was Plan that failed, or the report itself. */
function wordsOfEnd({ name, words }: NonNullable<ExecutionStatus['error']>): string {
  return isOfLambda(name) ? wordsOfFailure({ Error: name, Cause: words }, 'Plan or Report') : words;
}

/** Names sort by time, and two runs started in one second differ. */
function newRunId(job: string, mode: string): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `${job}-${mode}-${time}-${randomBytes(2).toString('hex')}`.slice(0, 80);
}
