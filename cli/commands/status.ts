import { findDeployment } from '../../lambda/adapters/deployment.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { statusText } from '../render/terminal.ts';
import { RunWatch } from '../run-watch.ts';
import { STACK_NAME, type CommandContext } from './command.ts';

const LATEST = 10;

/** `rewrap status [RUN]`: one run's progress, or the latest runs. */
export async function status(runId: string | undefined, { console, aws }: CommandContext): Promise<ExitCode> {
  const watch = new RunWatch(await findDeployment(STACK_NAME, aws), aws);
  if (runId === undefined) {
    const latest = await watch.executions.latest(LATEST);
    console.out(
      console.json
        ? JSON.stringify(latest, null, 2)
        : latest.length === 0
          ? 'no runs yet'
          : latest.map(one => statusText(one, [])).join('\n'),
    );
    return EXIT.done;
  }
  const found = await watch.executions.status(runId);
  if (found === undefined) {
    console.note(`there is no run ${runId}; rewrap status lists the latest`);
    return EXIT.refused;
  }
  const plan = await watch.plan(runId);
  const progress = plan === undefined ? [] : await watch.progress(plan);
  console.out(console.json ? JSON.stringify({ ...found, progress }, null, 2) : statusText(found, progress));
  return EXIT.done;
}
