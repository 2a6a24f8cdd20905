import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { noSuchRun } from '../deployment/nearest.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import type { CommandContext } from '../context/command-context.ts';
import { startAndShow } from '../follow/follow-run.ts';
import { limitsOf, type InputOptions } from './run-input.ts';

export type CapacityOptions = Pick<InputOptions, 'readCapacityPerSecond' | 'writeCapacityPerSecond'>;

/** `rewrap rollback RUN`: puts back what a run has replaced, wherever nobody has changed it since. */
export async function rollback(
  runId: string,
  options: CapacityOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console, aws, deployment } = context;
  const watch = new RunWatch(await findDeployment(deployment, aws), aws);
  const plan = await watch.files.findPlan(runId);
  if (plan === undefined) {
    const exists = (await watch.executions.status(runId)) !== undefined;
    console.note(
      exists ? `run ${runId} was never planned: it has changed nothing` : await noSuchRun(runId, watch),
    );
    return EXIT.refused;
  }
  const limits = limitsOf(options);
  const input = {
    ...{ job: plan.job, mode: 'rollback', run: runId },
    ...(Object.keys(limits).length > 0 && { limits }),
  };
  return startAndShow(watch, { job: plan.job, mode: 'rollback', input }, context);
}
