import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { play } from './play.ts';
import { resultOf, totalsText, type PlantedResult, type Result } from './totals.ts';

/**
 * `npm run test:faults`: plays schedules of faults against the product, then the product with planted bugs.
 * `-- --schedules N` plays so many, `-- --seed S` begins at that seed; one schedule is replayed by both.
 */
const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(availableParallelism()) },
    'no-planted-bugs': { type: 'boolean', default: false },
  },
});

/** Seeds that a planted bug gets to show itself. */
const TRIES = 12;

export type Job =
  { readonly kind: 'schedule'; readonly seed: number } | { readonly kind: 'planted'; readonly index: number };
export type Done =
  | { readonly kind: 'schedule'; readonly result: Result }
  | { readonly kind: 'planted'; readonly result: PlantedResult };

async function playPlanted(index: number): Promise<PlantedResult> {
  const { name, breaks, bug, given } = PLANTED_BUGS[index]!;
  for (let seed = 1; seed <= TRIES; seed++) {
    const { findings } = await play(seed, bug, given);
    const caught = findings.violations.find(({ invariant }) => breaks.includes(invariant));
    if (caught !== undefined) return { name, breaks, caught, seed };
  }
  return { name, breaks };
}

async function work(job: Job): Promise<Done> {
  return job.kind === 'planted'
    ? { kind: 'planted', result: await playPlanted(job.index) }
    : { kind: 'schedule', result: resultOf(await play(job.seed)) };
}

/** Hands the jobs to as many processes as there are cores: each plays one at a time. */
async function playAll(jobs: readonly Job[], processes: number): Promise<readonly Done[]> {
  const waiting = [...jobs];
  const done: Done[] = [];
  const player = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
      const child = fork(fileURLToPath(import.meta.url), ['--processes', '0'], { env });
      const next = (): void => {
        const job = waiting.shift();
        if (job === undefined) child.disconnect();
        else child.send(job);
      };
      child.on('message', message => {
        done.push(message as Done);
        next();
      });
      child.on('error', reject);
      child.on('exit', code => (code === 0 ? resolve() : reject(new Error(`a player ended with ${code}`))));
      next();
    });
  await Promise.all(Array.from({ length: processes }, player));
  return done;
}

if (values.processes === '0') {
  process.on('message', job => void work(job as Job).then(done => process.send?.(done)));
} else {
  const [first, schedules] = [Number(values.seed), Number(values.schedules)];
  const jobs: Job[] = Array.from({ length: schedules }, (_, at) => ({ kind: 'schedule', seed: first + at }));
  // Once more, in whatever process is free: the same seed must play the same.
  jobs.push({ kind: 'schedule', seed: first });
  if (!values['no-planted-bugs']) PLANTED_BUGS.forEach((_, index) => jobs.push({ kind: 'planted', index }));
  const started = performance.now();
  const done = await playAll(jobs, Number(values.processes));
  const { text, passed } = totalsText(done, (performance.now() - started) / 1000);
  process.stdout.write(`${text}\n`);
  process.exitCode = passed ? 0 : 1;
}
