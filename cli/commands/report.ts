import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import { reportHtml } from '../../lambda/core/report/html.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../context/exit-codes.ts';
import { writeOutput } from '../context/output-file.ts';
import { reportText } from '../render/terminal.ts';
import { hereOf } from '../context/here.ts';
import { afterReport } from '../next-steps/after-report.ts';
import { noSuchRun } from '../deployment/nearest.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import type { CommandContext } from '../context/command-context.ts';

/**
 * `rewrap report RUN`: shows a run's report on the terminal, as JSON or as a page, and exits with the run's exit code.
 */
export async function report(
  runId: string,
  options: { readonly html?: string },
  { console, aws, deployment }: CommandContext,
): Promise<ExitCode> {
  const watch = new RunWatch(await findDeployment(deployment, aws), aws);
  const found = await watch.files.readReport(runId);
  if (found === undefined) {
    const exists = (await watch.executions.status(runId)) !== undefined;
    console.note(
      exists
        ? `run ${runId} has no report; rewrap status ${runId} shows how far it is`
        : await noSuchRun(runId, watch),
    );
    return EXIT.refused;
  }
  console.result(found, reportText, afterReport(found, hereOf({ aws, deployment })));
  if (options.html !== undefined) {
    writeOutput(options.html, reportHtml(found));
    console.note(`wrote ${options.html}`);
  }
  return exitCodeOf(found);
}
