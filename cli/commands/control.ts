import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import { afterLook } from '../next-steps/after-look.ts';
import { noSuchRun } from '../deployment/nearest.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import type { CommandContext } from '../context/command-context.ts';

export type Control = 'stop' | 'pause' | 'resume';

const DONE: Readonly<Record<Control, string>> = {
  stop: 'will stop: each worker finishes its current page (of a paused run, once it looks again), and the run ends as failed, with a report; start the job again to continue',
  pause: 'will pause: each worker finishes its current page; rewrap resume lets it continue',
  resume:
    'will continue: its workers notice within a tenth of the time that it was paused, or an hour; after ten days, within a 240th',
};

/** `rewrap stop|pause|resume RUN`: takes effect within a page of each worker. */
export async function control(
  what: Control,
  runId: string,
  { console, aws, deployment }: CommandContext,
): Promise<ExitCode> {
  const watch = new RunWatch(await findDeployment(deployment, aws), aws);
  const status = await watch.executions.status(runId);
  if (status?.state !== 'running') {
    console.note(
      status === undefined
        ? await noSuchRun(runId, watch)
        : `run ${runId} has ${status.state} already: there is nothing to ${what}`,
    );
    return EXIT.refused;
  }
  if (what === 'stop') await watch.stop(runId);
  else await watch.pause(runId, what === 'pause');
  console.note(`run ${runId} ${DONE[what]}`);
  console.answer(
    { runId, told: what, notChecked: ['whether its workers have noticed: rewrap status RUN tells'] },
    afterLook({ runId, state: 'running', paused: what === 'pause' }, hereOf({ aws, deployment })),
  );
  return EXIT.done;
}
