import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { noSuchRun } from '../deployment/nearest.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import type { CommandContext } from '../context/command-context.ts';
import { followToReport, showEnd } from '../follow/follow-run.ts';

/** `rewrap watch RUN`: follows a run that somebody else has started, and shows its report. */
export async function watchRun(runId: string, context: CommandContext): Promise<ExitCode> {
  const { console, aws, deployment } = context;
  const watch = new RunWatch(await findDeployment(deployment, aws), aws);
  if ((await watch.executions.status(runId)) === undefined) {
    console.note(await noSuchRun(runId, watch));
    return EXIT.refused;
  }
  const { status, report } = await followToReport(watch, runId, context);
  return showEnd(status, report, context);
}
