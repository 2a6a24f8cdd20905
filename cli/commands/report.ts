import { findDeployment, type Deployment } from '../../lambda/adapters/run/deployment.ts';
import { reportHtml } from '../../lambda/core/report/html.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import type { Unproven } from '../../lambda/core/report/unproven-data-keys.ts';
import { unsettledIn } from '../../lambda/core/verdict/run-verdict.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import { writeOutput, writeParts } from '../context/output-file.ts';
import { afterReport } from '../next-steps/after-report.ts';
import { findingsOfRun, type FindingsFormat } from '../deployment/findings-of-run.ts';
import { noSuchRun } from '../deployment/nearest.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import { unprovenOfRun } from '../deployment/unproven-of-run.ts';
import { failuresHead, failuresRow, wrappingKeysCsv } from '../render/report-csv.ts';
import { reportText } from '../render/terminal.ts';
import type { CommandContext } from '../context/command-context.ts';

export interface ReportOptions {
  readonly html?: string;
  /** A file; `-` is stdout, and then nothing else is written there. */
  readonly failures?: string;
  /** A file: which key wraps how many data keys. */
  readonly keys?: string;
  /** Written to stdout, where nothing else is written then. */
  readonly findings?: FindingsFormat;
  /** Of kms-rewrap. */
  readonly version: string;
}

/**
 * `rewrap report RUN`: shows a run's report on the terminal, as JSON or as a page, and exits with the run's exit code.
 */
export async function report(
  runId: string,
  { html, failures, keys, findings, version }: ReportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console, aws } = context;
  const deployment = await findDeployment(context.deployment, aws);
  const watch = new RunWatch(deployment, aws);
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
  if (findings !== undefined && failures === '-') {
    console.note('--findings and --failures - both write to stdout; name a file for --failures');
    return EXIT.refused;
  }
  if (findings !== undefined)
    console.out(await findingsOfRun(found, { format: findings, version, deployment, files: watch.files }));
  else if (failures !== '-') console.result(found, reportText, afterReport(found, hereOf(context)));
  if (html !== undefined) {
    writeOutput(html, reportHtml(found));
    console.note(`wrote ${html}`);
  }
  if (keys !== undefined) writeKeys(found, keys, console);
  if (failures !== undefined) await writeFailures(found, failures, { watch, deployment, context });
  return exitCodeOf(found);
}

function writeKeys({ wrappingKeys }: Report, file: string, console: CommandContext['console']): void {
  if (wrappingKeys === undefined) {
    console.note(
      `${file} was not written: the run is of an earlier version, which did not count by key and algorithm; a census does`,
    );
    return;
  }
  writeOutput(file, wrappingKeysCsv(wrappingKeys));
  console.note(`wrote ${file}`);
}

interface Place {
  readonly watch: RunWatch;
  readonly deployment: Deployment;
  readonly context: CommandContext;
}

async function writeFailures(
  found: Report,
  file: string,
  { watch, deployment, context: { console, aws } }: Place,
): Promise<void> {
  const plan = await watch.files.readPlan(found.runId);
  let count = 0;
  const counted = async function* (): AsyncGenerator<Unproven> {
    for await (const one of unprovenOfRun(found, plan, { deployment, aws })) {
      count++;
      yield one;
    }
  };
  if (file !== '-') await writeParts(file, linesOf(counted()));
  else if (console.json) for await (const one of counted()) console.out(JSON.stringify(one));
  else for await (const line of linesOf(counted())) console.out(line.replace(/\r\n$/, ''));
  console.note(countWords(found, count, file));
}

async function* linesOf(failures: AsyncIterable<Unproven>): AsyncGenerator<string> {
  yield failuresHead();
  for await (const failure of failures) yield failuresRow(failure);
}

/** Whether the list is all that the report counts. */
function countWords({ stores, mode }: Report, count: number, file: string): string {
  // What a census has only counted needs a run, and no list.
  const toMove = (one: Report['stores'][number]['concluding']): number =>
    mode === 'census' ? (one['to-rewrap'] ?? 0) : 0;
  const left = stores.reduce((sum, { concluding }) => sum + unsettledIn(concluding) - toMove(concluding), 0);
  const wrote = `${file === '-' ? 'listed' : `wrote ${file}:`} ${count.toLocaleString('en-US')} data keys`;
  if (count === left) return `${wrote}, all that the report counts`;
  const counts = `the report counts ${left.toLocaleString('en-US')}`;
  if (count > left)
    return `${wrote}; ${counts}: some were named before their page was worked again, or, in a run of an earlier version, before its verify pass`;
  return `${wrote}; ${counts}: not all are named, as a run of an earlier version, an expired checkpoint or an unfinished unit names the first only`;
}
