import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { live } from './life.ts';
import { LIFE_BUGS } from './life-bugs.ts';
import { play } from './play.ts';
import { added, boundText, missingKinds, NONE, withLived, withPlayed, type Totals } from './totals.ts';

const HELP = `npm run test:soundness -- [options]

Plays generated pairs of a store and a job against the product's core, with a reader that knows nothing of jobs, and
compares every verdict with a model of the rule. Then it plays the product with planted bugs.

  --pairs N            plays so many (100,000)
  --seed S             begins at that seed (1); with --pairs 1 it replays one
  --no-planted-bugs    the product as it is
  --processes N        at a time (as many as there are cores)
`;

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(availableParallelism()) },
    'no-planted-bugs': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Pairs that a process plays before it asks for more. */
const BATCH = 1_000;
/** For each of this many pairs, one table is followed over some time. */
const PAIRS_PER_LIFE = 10;
/** How many pairs are tried until a planted bug shows. */
const TRIES = 3_000;

interface Batch {
  readonly from: number;
  readonly to: number;
}

async function playBatch({ from, to }: Batch): Promise<Totals> {
  let totals = NONE;
  for (let seed = from; seed < to; seed++) {
    totals = withPlayed(totals, await play(seed));
    if (seed % PAIRS_PER_LIFE === 0) totals = withLived(totals, await live(seed));
  }
  return totals;
}

async function playAll(batches: Batch[], processes: number): Promise<Totals> {
  let totals = NONE;
  const player = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), ['--processes', '0']);
      const next = (): void => {
        const batch = batches.shift();
        if (batch === undefined) child.disconnect();
        else child.send(batch);
      };
      child.on('message', message => {
        totals = added(totals, message as Totals);
        next();
      });
      child.on('error', reject);
      child.on('exit', code => (code === 0 ? resolve() : reject(new Error(`a player ended with ${code}`))));
      next();
    });
  await Promise.all(Array.from({ length: processes }, player));
  return totals;
}

/** The seed of the first pair that shows each planted bug. */
async function plantedText(): Promise<{ readonly lines: readonly string[]; readonly missed: number }> {
  const lines: string[] = [];
  let missed = 0;
  const players = [
    ...PLANTED_BUGS.map(({ name, bug }) => ({ name, play: (seed: number) => play(seed, bug) })),
    ...LIFE_BUGS.map(({ name, bug }) => ({ name, play: (seed: number) => live(seed, bug) })),
  ];
  for (const { name, play: playWith } of players) {
    let caught: number | undefined;
    for (let seed = 1; seed <= TRIES && caught === undefined; seed++)
      if ((await playWith(seed)).violations.length > 0) caught = seed;
    if (caught === undefined) missed++;
    lines.push(caught === undefined ? `  MISSED    ${name}` : `  caught    ${name}: seed ${caught}`);
  }
  return { lines, missed };
}

async function main(): Promise<void> {
  const [first, pairs] = [Number(values.seed), Number(values.pairs)];
  const batches = Array.from({ length: Math.ceil(pairs / BATCH) }, (_, at) => ({
    from: first + at * BATCH,
    to: Math.min(first + pairs, first + (at + 1) * BATCH),
  }));
  const started = performance.now();
  const totals = await playAll(batches, Number(values.processes));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const planted = values['no-planted-bugs'] ? { lines: [], missed: 0 } : await plantedText();
  const missing = pairs >= BATCH ? missingKinds(totals) : [];
  const lines = [
    `soundness: ${totals.pairs.toLocaleString('en-US')} pairs of a store and a job in ${seconds} s, ${totals.refused} refused; ${totals.lives.toLocaleString('en-US')} tables followed over six acts`,
    ...Object.entries(totals.counts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, count]) => `  ${String(count).padStart(8)}  ${kind}`),
    ...missing.map(kind => `never came up: ${kind}`),
    ...planted.lines,
    ...(planted.lines.length === 0
      ? []
      : [
          `planted bugs caught       ${planted.lines.length - planted.missed} of ${planted.lines.length}; missed ${boundText(planted.missed, planted.lines.length)}`,
        ]),
    ...totals.violations.map(({ seed, words }) => `VIOLATION seed ${seed}: ${words}`),
    `violations                ${totals.violations.length}; pairs and tables with any ${boundText(totals.violations.length, totals.pairs + totals.lives)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = totals.violations.length + missing.length + planted.missed === 0 ? 0 : 1;
}

if (values.help) process.stdout.write(HELP);
else if (values.processes === '0')
  process.on('message', batch => void playBatch(batch as Batch).then(totals => process.send?.(totals)));
else await main();
