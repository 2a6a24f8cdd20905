import { randomBytes } from 'node:crypto';
import type { ExecutionStatus } from '../../lambda/adapters/run/executions.ts';
import { isOfLambda, wordsOfFailure } from '../../lambda/core/report/failure-words.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { callerTrouble } from '../../lambda/adapters/aws/caller-trouble.ts';
import { isTransient } from '../../lambda/adapters/aws/errors.ts';
import { wordsForCaller } from '../../lambda/adapters/aws/failure.ts';
import type { CommandContext } from '../context/command-context.ts';
import { interruptible } from '../context/interrupts.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../context/exit-codes.ts';
import type { RunWatch } from '../deployment/run-watch.ts';
import { keepInSight, LostSight, type Missed } from './keep-in-sight.ts';
import { progressLine, progressScreen } from '../render/progress.ts';
import { reportText } from '../render/terminal.ts';
import { hereOf } from '../context/here.ts';
import { afterLook, afterNoReport } from '../next-steps/after-look.ts';
import { afterReport } from '../next-steps/after-report.ts';
import { shownRun } from './shown-run.ts';

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
  await start(watch, runId, input);
  console.note(`run ${runId} started`);
  if (detach) {
    console.answer(
      { runId, notChecked: ['how the run ends: rewrap watch RUN follows it'] },
      afterLook({ runId, state: 'running' }, hereOf(context)),
    );
    return EXIT.done;
  }
  const { status, report } = await followToReport(watch, runId, context);
  return showEnd(status, report, context);
}

/** If no answer came, the request may have arrived all the same. */
async function start(watch: RunWatch, runId: string, input: object): Promise<void> {
  try {
    await watch.executions.start(runId, input);
  } catch (error) {
    if (!mayPass(error)) throw error;
    throw new LostSight(
      `${wordsForCaller(error)}; it is not known whether run ${runId} has started: rewrap status ${runId} tells`,
      { cause: error },
    );
  }
}

/** Whatever goes wrong here goes wrong with the watching, not with the run. */
export async function followToReport(
  watch: RunWatch,
  runId: string,
  { console, caller }: CommandContext,
): Promise<{ readonly status: ExecutionStatus; readonly report: Report | undefined }> {
  const shown = shownRun(Date.now);
  const look = watch.looking(runId, seen =>
    console.progress(shown(seen), { line: ({ passes }) => progressLine(passes), screen: progressScreen }),
  );
  const missed = (error: unknown): Missed => ({
    kind: mayPass(error) || callerTrouble(error, {}) !== undefined ? 'for-now' : 'for-good',
    words: wordsForCaller(error, caller),
  });
  const note = (words: string): void => console.note(words);
  const status = await interruptible(interrupts =>
    keepInSight({ runId, look, missed, note, ...interrupts }).finally(() => console.progressDone()),
  );
  try {
    return { status, report: await watch.files.readReport(runId) };
  } catch (error) {
    const words = `run ${runId} has ${status.state}, but its report cannot be read: ${wordsForCaller(error, caller)}`;
    throw new LostSight(`${words}; rewrap report ${runId} shows it`, { cause: error });
  }
}

function mayPass(error: unknown): boolean {
  return callerTrouble(error, {})?.kind === 'network' || isTransient(error);
}

/** Shows the report, or, if there is none, why the run was refused. */
export function showEnd(
  status: ExecutionStatus,
  report: Report | undefined,
  { console, aws, deployment }: CommandContext,
): ExitCode {
  const here = hereOf({ aws, deployment });
  if (report !== undefined) {
    console.result(report, reportText, afterReport(report, here));
    return exitCodeOf(report);
  }
  const { error, state } = status;
  const words =
    error === undefined ? `run ${status.runId} ended ${state} without a report` : wordsOfEnd(error);
  for (const line of words.split('\n')) console.note(line);
  console.answer(
    {
      ...{ runId: status.runId, state, error: error ?? null },
      notChecked: ['the stores: the run ended before it could report on them'],
    },
    afterNoReport(status.runId, here),
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
