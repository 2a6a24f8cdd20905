import { FormatWorld } from '../support/format-world.ts';

const LISTING = ['ListObjectsV2', 'ListObjectAnnotations', 'PutObject', 'CopyObject'];
const READ = ['HeadObject', 'GetObject', 'GetObjectTagging'];
const OBJECTS = 5;

/** US dollars of the requests that a run makes of S3, by its price list. */
async function spent(world: FormatWorld, work: () => Promise<unknown>): Promise<number> {
  let usd = 0;
  world.aws.aws.faults.injectBy(({ service }, operation) => {
    if (service === 's3' && LISTING.includes(operation)) usd += 0.005 / 1_000;
    if (service === 's3' && READ.includes(operation)) usd += 0.0004 / 1_000;
    return undefined;
  });
  await work();
  return usd;
}

it('what Plan estimates for data keys in bodies is what a run asks of S3, beyond what a census asks', async () => {
  const world = await FormatWorld.for('object-body');
  await world.bucket('payloads');
  for (let index = 0; index < OBJECTS; index++) {
    const key = `keys/${index}.key`;
    const { ciphertext } = await world.dataKey({ object: key });
    await world.put('payloads', key, ciphertext.toString('base64'));
  }
  const estimates: number[] = [];
  const play = async (mode: string): Promise<void> => {
    const { plan, report } = await world.player.play(world.job, mode);
    expect(report.stores[0]?.dataKeys).toBe(OBJECTS);
    estimates.push(plan.estimate.usd.reads + plan.estimate.usd.writes);
  };
  const census = await spent(world, () => play('census'));
  const migrate = await spent(world, () => play('migrate'));
  await world.stop();
  // Plan itself asks the same for both.
  const [low = 0, high = 0] = estimates;
  expect((high - low) / (migrate - census)).toBeCloseTo(1, 1);
});
