import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import type { RegionUse } from '../../lambda/core/rate/region-use.ts';
import type { RunRate } from '../../lambda/core/rate/run-rate.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { followerText } from '../render/followers.ts';
import { activityLines } from '../render/progress.ts';
import { statusText } from '../render/run-status.ts';
import { heldText, rateText } from '../render/terminal.ts';
import { hereOf } from '../context/here.ts';
import { afterLook, afterRuns } from '../next-steps/after-look.ts';
import { latestRuns, listed } from '../deployment/run-list.ts';
import { noSuchRun } from '../deployment/nearest.ts';
import { RunWatch, type HeldStore } from '../deployment/run-watch.ts';
import type { Here } from '../next-steps/next-step.ts';
import type { CommandContext } from '../context/command-context.ts';

const LATEST = 10;

const NOT_CHECKED: readonly string[] = [
  'what the stores hold: rewrap report RUN tells what a run found, and rewrap run JOB --mode verify what is there now',
  'runs of other deployments, accounts and Regions',
];

const NOT_CHECKED_OF_FOLLOWERS =
  'whether a follower may act now: the log group of FollowTable or FollowBucket says why one rests, or waits';

/** The KMS rate of a run, and what it and others are using in the same Regions. */
async function rateOf(
  watch: RunWatch,
  plan: RunPlan,
): Promise<(RunRate & { readonly regions: readonly RegionUse[] }) | undefined> {
  if (plan.mode === 'rollback') return undefined;
  return { ...(await watch.rate(plan)), regions: await watch.useOfKms(plan) };
}

/** `rewrap status [RUN]`: one run's progress, or the latest runs; and which stores are held, by whom. */
export async function status(
  runId: string | undefined,
  { console, aws, deployment }: CommandContext,
): Promise<ExitCode> {
  const watch = new RunWatch(await findDeployment(deployment, aws), aws);
  const held = await watch.heldStores();
  const here = hereOf({ aws, deployment });
  if (runId !== undefined) return statusOfRun(runId, { watch, held, here, console });
  const runs = await latestRuns(watch, { count: LATEST, now: Date.now() });
  const followers = await watch.followers();
  const notChecked = [...NOT_CHECKED, ...(followers.length === 0 ? [] : [NOT_CHECKED_OF_FOLLOWERS])];
  console.result(
    { runs, held, followers, notChecked },
    shown =>
      [
        ...(shown.runs.length === 0 ? ['no runs yet'] : shown.runs.map(one => statusText(one, []))),
        ...shown.held.map(heldText),
        ...shown.followers.map(followerText),
      ].join('\n'),
    afterRuns(runs, here),
  );
  return EXIT.done;
}

interface Looking extends Pick<CommandContext, 'console'> {
  readonly watch: RunWatch;
  readonly held: readonly HeldStore[];
  readonly here: Here;
}

async function statusOfRun(runId: string, { watch, held, here, console }: Looking): Promise<ExitCode> {
  const found = await watch.executions.status(runId);
  if (found === undefined) {
    console.note(await noSuchRun(runId, watch));
    return EXIT.refused;
  }
  const plan = await watch.plan(runId);
  const progress = plan === undefined ? [] : await watch.progress(plan);
  const own = held.filter(one => one.runId === runId);
  const isRunning = found.state === 'running';
  const activity = isRunning ? await watch.activity(runId) : undefined;
  const rate = isRunning && plan !== undefined ? await rateOf(watch, plan) : undefined;
  console.result(
    {
      ...(await listed(found, watch, Date.now())),
      activity,
      progress,
      rate,
      held: own,
      notChecked: NOT_CHECKED,
    },
    shown =>
      [
        statusText(shown, shown.progress),
        ...(shown.activity === undefined ? [] : activityLines(shown.activity)),
        ...(shown.rate === undefined ? [] : rateText(shown.rate, shown.rate.regions)),
        ...shown.held.map(heldText),
      ].join('\n'),
    afterLook({ ...found, paused: activity?.kind === 'paused' }, here),
  );
  return EXIT.done;
}
