import { clients } from '../../examples/orders-app/clients.ts';
import { createKey, createKeys } from '../../examples/orders-app/create-keys.ts';
import { disableAllKeys } from '../../examples/orders-app/disable-key.ts';
import { readOrders } from '../../examples/orders-app/read-orders.ts';
import { createStores, writeOrders } from '../../examples/orders-app/write-orders.ts';
import { proofOf } from '../demos/proof.ts';
import { migrate, onStage, show, type Stage } from '../demos/stage.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../context/exit-codes.ts';
import type { CommandContext } from '../context/command-context.ts';

const FROM = 'us-east-1';
const TO = 'eu-west-1';
const BUCKET_THERE = 'order-documents-europe';
const QUANTITIES = { orders: 600, documents: 200, flaws: false } as const;

/**
 * `rewrap demo region`: moves a table and a bucket to another Region over a bridge key, then reads everything there
 * with every key of the old Region unavailable.
 */
export async function demoRegion(context: CommandContext): Promise<ExitCode> {
  const scene = { jobs: 'examples/jobs/region-migration.json', name: 'demo-region' };
  return onStage(scene, context, stage =>
    migrateAndProve(stage, { ...context, aws: { endpoint: stage.endpoint, region: TO } }),
  );
}

async function migrateAndProve(stage: Stage, context: CommandContext): Promise<ExitCode> {
  const { console } = context;
  const [here, there] = [FROM, TO].map(region => clients({ region, endpoint: stage.endpoint }));
  if (here === undefined || there === undefined) throw new Error('two Regions have two sets of clients');
  console.note(`Writing ${QUANTITIES.orders} items and ${QUANTITIES.documents} objects in ${FROM} …`);
  const { flawed, sound } = await writeOrders(here, await createKeys(here), QUANTITIES);
  console.note(`Making an empty table and bucket in ${TO}, and the key that will protect them …`);
  const destinationKeyArn = await createKey(there, 'orders-europe');
  await createStores(there, BUCKET_THERE);
  const played = await migrate('region-migration', stage, context);
  if (played.kind === 'ended') return played.exitCode;

  const disabled = await disableAllKeys(here);
  console.note(`Disabled all ${disabled} keys of ${FROM}, the bridge key among them.`);
  const stillOpen = (await readOrders(here)).filter(({ opened }) => opened).length;
  console.note(`In ${FROM}, ${stillOpen} records open now.`);
  const proof = proofOf(await readOrders(there, BUCKET_THERE), { destinationKeyArn, flawed, sound });
  const claim = `every key of ${FROM} is disabled, and every record opens in ${TO}.`;
  show({ report: played.report, proof, claim }, stage, context);
  return proof.holds && stillOpen === 0 ? exitCodeOf(played.report) : EXIT.failed;
}
