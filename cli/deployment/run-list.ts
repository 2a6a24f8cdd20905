import { isDenied } from '../../lambda/adapters/aws/errors.ts';
import type { ExecutionStatus } from '../../lambda/adapters/run/executions.ts';
import { askedRun, type AskedRun } from '../../lambda/core/plan/asked-run.ts';
import type { RunWatch } from './run-watch.ts';

/** A run, with who asked for it and what came of it. */
export interface ListedRun extends ExecutionStatus, AskedRun {
  /** Data keys that may still need a source key, as its report says; `null` where nothing says it. */
  readonly remaining: number | null;
  /** How long it has taken, or takes until now. */
  readonly seconds: number;
}

type Watched = Pick<RunWatch, 'executions' | 'files'>;

/** The latest runs, newest first. Step Functions lists no inputs, so each is asked for its own. */
export async function latestRuns(
  watch: Watched,
  { count, now }: { readonly count: number; readonly now: number },
): Promise<readonly ListedRun[]> {
  const latest = await watch.executions.latest(count);
  return Promise.all(
    latest.map(async run => listed((await watch.executions.status(run.runId)) ?? run, watch, now)),
  );
}

export async function listed(run: ExecutionStatus, watch: Watched, now: number): Promise<ListedRun> {
  const { input, ...told } = run;
  const end = run.endedAt === undefined ? now : Date.parse(run.endedAt);
  return {
    ...told,
    ...askedRun(input),
    remaining: run.state === 'running' ? null : await remainingOf(run.runId, watch),
    seconds: Math.max(0, Math.round((end - Date.parse(run.startedAt)) / 1_000)),
  };
}

/** Who may not read reports sees the run all the same. */
async function remainingOf(runId: string, { files }: Watched): Promise<number | null> {
  try {
    return (await files.readReport(runId))?.remaining ?? null;
  } catch (error) {
    if (isDenied(error)) return null;
    throw error;
  }
}
