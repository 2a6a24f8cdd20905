import { disableKey } from '../../examples/orders-app/disable-key.ts';
import { readOrders } from '../../examples/orders-app/read-orders.ts';
import { fillOrders, ORDERS_JOB, ORDERS_REGION, TO_BE_WRITTEN } from '../demos/orders.ts';
import { proofOf } from '../demos/proof.ts';
import { migrate, onStage, show, type Stage } from '../demos/stage.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../context/exit-codes.ts';
import type { CommandContext } from '../context/command-context.ts';

/** `rewrap demo`, which `npm start` runs: the whole way from a job file to proven records, on an AWS of its own. */
export async function demo(context: CommandContext): Promise<ExitCode> {
  const scene = { jobs: ORDERS_JOB.file, name: 'demo' };
  return onStage(scene, context, stage =>
    migrateAndProve(stage, { ...context, aws: { endpoint: stage.endpoint, region: ORDERS_REGION } }),
  );
}

async function migrateAndProve(stage: Stage, context: CommandContext): Promise<ExitCode> {
  const { console } = context;
  console.note(TO_BE_WRITTEN);
  const { app, keys, flawed, sound } = await fillOrders(stage.endpoint);
  const played = await migrate(ORDERS_JOB.name, stage, context);
  if (played.kind === 'ended') return played.exitCode;

  await disableKey(app, keys.old);
  const proof = proofOf(await readOrders(app), { destinationKeyArn: keys.new, flawed, sound });
  const claim = 'the old key is disabled, and every sound record opens under the new one.';
  show({ report: played.report, proof, claim }, stage, context);
  const exitCode = proof.holds ? exitCodeOf(played.report) : EXIT.failed;
  if (exitCode === EXIT.left)
    console.note(
      'Exit code 1 tells scripts that some data keys were not moved: the broken and foreign ones of this demo.',
    );
  return exitCode;
}
