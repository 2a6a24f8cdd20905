import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { CAPACITY_LIMITS, capacityProblem } from '../../lambda/core/rate/run-capacity.ts';
import { rateProblem } from '../../lambda/core/rate/run-rate.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import { afterLook } from '../next-steps/after-look.ts';
import { noSuchRun } from '../deployment/nearest.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import type { CommandContext } from '../context/command-context.ts';

interface RateOptions {
  readonly requestsPerSecond?: number;
  readonly readCapacityPerSecond?: number;
  readonly writeCapacityPerSecond?: number;
}

const FOLLOWS = 'each worker follows from its next page on, within some 20 seconds';

/** `rewrap rate RUN N`: changes the KMS rate of a run while it runs, and what it may take of its tables. */
export async function rate(
  runId: string,
  asked: RateOptions,
  { console, aws, deployment }: CommandContext,
): Promise<ExitCode> {
  const watch = new RunWatch(await findDeployment(deployment, aws), aws);
  const refused = (words: string): ExitCode => {
    console.note(words);
    return EXIT.refused;
  };
  if (Object.values(asked).every(value => value === undefined))
    return refused('name a rate, --read-capacity-per-second or --write-capacity-per-second');
  const status = await watch.executions.status(runId);
  if (status === undefined) return refused(await noSuchRun(runId, watch));
  if (status.state !== 'running')
    return refused(`run ${runId} has ${status.state} already: it sends nothing any more`);
  const plan = await watch.plan(runId);
  if (plan === undefined) return refused(`run ${runId} is still being planned; try again in a moment`);
  const problem = problemOf(runId, asked, plan);
  if (problem !== undefined) return refused(problem);
  const { note, ...answer } = await changed(watch, asked, plan);
  console.note(note);
  console.answer(
    { runId, ...answer, notChecked: ['whether its workers have noticed: rewrap status RUN tells'] },
    afterLook({ runId, state: 'running' }, hereOf({ aws, deployment })),
  );
  return EXIT.done;
}

/** Nothing is changed if one of them is refused. */
function problemOf(
  runId: string,
  { requestsPerSecond, ...capacity }: RateOptions,
  plan: RunPlan,
): string | undefined {
  if (requestsPerSecond !== undefined && plan.mode === 'rollback')
    return `run ${runId} is a rollback, which asks nothing of KMS`;
  const rateWords = requestsPerSecond === undefined ? undefined : rateProblem(requestsPerSecond, plan);
  if (rateWords !== undefined) return `the rate of run ${runId} ${rateWords}`;
  const words = CAPACITY_LIMITS.flatMap(limit => {
    const value = capacity[limit];
    const wrong = value === undefined ? undefined : capacityProblem(limit, value, plan);
    return wrong === undefined ? [] : [`what run ${runId} takes of its tables ${wrong}`];
  });
  return words[0];
}

interface Changed {
  readonly note: string;
  readonly before?: number;
  readonly requestsPerSecond?: number;
  readonly readCapacityPerSecond?: number;
  readonly writeCapacityPerSecond?: number;
}

async function changed(
  watch: RunWatch,
  { requestsPerSecond, ...capacity }: RateOptions,
  plan: RunPlan,
): Promise<Changed> {
  const { runId } = plan;
  const notes: string[] = [];
  const rate: Pick<Changed, 'before' | 'requestsPerSecond'> =
    requestsPerSecond === undefined
      ? {}
      : { before: (await watch.rate(plan)).requestsPerSecond, requestsPerSecond };
  if (requestsPerSecond !== undefined) {
    await watch.setRate(runId, requestsPerSecond);
    notes.push(
      `run ${runId} will keep to ${requestsPerSecond} KMS requests a second instead of ${rate.before}: ${FOLLOWS}; the number of workers, up to ${plan.workers}, does not change`,
    );
  }
  for (const limit of CAPACITY_LIMITS) {
    const units = capacity[limit];
    if (units === undefined) continue;
    await watch.setCapacity(runId, limit, units);
    const kind = limit === 'readCapacityPerSecond' ? 'read' : 'write';
    notes.push(`run ${runId} will take ${units} ${kind} units a second of each table at most: ${FOLLOWS}`);
  }
  return { note: notes.join('\n'), ...rate, ...capacity };
}
