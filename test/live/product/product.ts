import { makeBucket, makeTable, type Making } from '../things/make.ts';
import type { Clients } from '../world.ts';
import { deploy, JOB, removeFolder, rewrap, writeDeployment, type Deployment } from './deployment.ts';
import { notOpened, writeRecords, type Stores } from './records.ts';

/** A step of the product's life, and what was wrong with it: nothing, if it went as it should. */
export interface Step {
  readonly step: string;
  readonly wrong: readonly string[];
}

export interface Playing {
  readonly clients: Clients;
  readonly making: Making;
  readonly endpoint?: string;
  /** The keys to move from and to. */
  readonly from: string;
  readonly to: string;
  readonly told: (step: Step) => void;
}

/**
 * Deploys the product under a random name, moves a small table and a small bucket and back again, and has a reader that is not ours open
 * all of it with the key that it should be under. Removing is for whoever made the ledger.
 */
export async function playProduct(playing: Playing): Promise<readonly Step[]> {
  const { clients, making, endpoint, from, to } = playing;
  const stores = {
    table: await makeTable(clients, making, 'records'),
    bucket: await makeBucket(clients, making, 'records'),
  };
  await writeRecords(clients, stores, from);
  const folder = writeDeployment(making.ledger.run, { ...stores, from, to });
  try {
    const deployment = { folder, making, ...(endpoint !== undefined && { endpoint }) };
    await deploy(deployment);
    return await run(playing, deployment, stores);
  } finally {
    removeFolder(folder);
  }
}

/** The first step that goes wrong is the last one. */
async function run(
  { clients, from, to, told }: Playing,
  deployment: Deployment,
  stores: Stores,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  let migrated = '';
  const readable = (key: string) => async (): Promise<readonly string[]> => notOpened(clients, stores, key);
  const command =
    (...args: readonly string[]) =>
    async (): Promise<readonly string[]> => {
      const { code, stdout, words } = await rewrap(deployment, args);
      if (args.includes('migrate')) migrated = runIn(stdout);
      return code === 0 ? [] : [`rewrap ${args.join(' ')} ended with ${code}: ${words.slice(-2_000)}`];
    };
  const play: readonly (readonly [string, () => Promise<readonly string[]>])[] = [
    ['a census', command('run', JOB, '--mode', 'census', '--yes')],
    ['which changes nothing', readable(from)],
    ['a migration', command('run', JOB, '--mode', 'migrate', '--yes')],
    ['after which the new key opens all', readable(to)],
    ['a verify run', command('run', JOB, '--mode', 'verify', '--yes')],
    ['a rollback', () => command('rollback', migrated)()],
    ['after which the old key opens all', readable(from)],
  ];
  for (const [step, played] of play) {
    steps.push({ step, wrong: await played() });
    const last = steps.at(-1);
    if (last !== undefined) told(last);
    if (last?.wrong.length !== 0) break;
  }
  return steps;
}

function runIn(stdout: string): string {
  const { runId } = JSON.parse(stdout) as { readonly runId?: string };
  if (runId === undefined) throw new Error('the migration named no run');
  return runId;
}
