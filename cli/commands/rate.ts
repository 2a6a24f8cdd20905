import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import { rateProblem } from '../../lambda/core/rate/run-rate.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { noSuchRun } from '../deployment/nearest.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import type { CommandContext } from '../context/command-context.ts';

/** `rewrap rate RUN N`: changes the KMS rate of a run while it runs. */
export async function rate(
  runId: string,
  requestsPerSecond: number,
  { console, aws, deployment }: CommandContext,
): Promise<ExitCode> {
  const watch = new RunWatch(await findDeployment(deployment, aws), aws);
  const refused = (words: string): ExitCode => {
    console.note(words);
    return EXIT.refused;
  };
  const status = await watch.executions.status(runId);
  if (status === undefined) return refused(await noSuchRun(runId, watch));
  if (status.state !== 'running')
    return refused(`run ${runId} has ${status.state} already: it sends nothing any more`);
  const plan = await watch.plan(runId);
  if (plan === undefined) return refused(`run ${runId} is still being planned; try again in a moment`);
  if (plan.mode === 'rollback') return refused(`run ${runId} is a rollback, which asks nothing of KMS`);
  const problem = rateProblem(requestsPerSecond, plan);
  if (problem !== undefined) return refused(`the rate of run ${runId} ${problem}`);
  const before = (await watch.rate(plan)).requestsPerSecond;
  await watch.setRate(runId, requestsPerSecond);
  console.note(
    `run ${runId} will keep to ${requestsPerSecond} KMS requests a second instead of ${before}: each worker follows from its next page on, within some 20 seconds; the number of workers, up to ${plan.workers}, does not change`,
  );
  console.answer({ runId, before, requestsPerSecond });
  return EXIT.done;
}
