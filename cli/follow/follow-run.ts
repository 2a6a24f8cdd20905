import { randomBytes } from 'node:crypto';
import type { ExecutionStatus } from '../../lambda/adapters/run/executions.ts';
import { isOfLambda, wordsOfFailure } from '../../lambda/core/report/failure-words.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import type { CommandContext } from '../context/command-context.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../context/exit-codes.ts';
import type { RunWatch } from '../deployment/run-watch.ts';
import { progressLine, reportText } from '../render/terminal.ts';

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

/** Shows the report, or, if there is none, why the run was refused. */
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
        notChecked: ['the stores: the run ended before it could report on them'],
      }),
    );
  return error?.name === 'RunRefused' ? EXIT.refused : EXIT.failed;
}

/** If there is no report, either Plan or Report has failed. */
function wordsOfEnd({ name, words }: NonNullable<ExecutionStatus['error']>): string {
  return isOfLambda(name) ? wordsOfFailure({ Error: name, Cause: words }, 'Plan or Report') : words;
}

/** Run names sort by time. A random part tells runs apart that start in the same second. */
function newRunId(job: string, mode: string): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `${job}-${mode}-${time}-${randomBytes(2).toString('hex')}`.slice(0, 80);
}
