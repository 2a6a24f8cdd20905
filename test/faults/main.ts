import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { conditionBugs } from './directed/condition-bugs.ts';
import { errorBugs } from './directed/error-bugs.ts';
import { STORIES } from './directed/stories.ts';
import { directedText } from './directed/totals.ts';
import { work, type Job } from './jobs.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { totalsText, type Done } from './totals.ts';

const HELP = `npm run test:faults -- [options]

Plays schedules of faults, kills and races against the product, then the product with planted bugs.

  --schedules N        plays so many (200)
  --seed S             begins at that seed (1); with --schedules 1 it replays one
  --only PART          schedules, ports, conditions or answers alone
  --no-planted-bugs    the product as it is
  --processes N        at a time (as many as there are cores)
`;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(availableParallelism()) },
    'no-planted-bugs': { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** Distributes the jobs over one process per core; each process plays one job at a time. */
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
  await Promise.all(Array.from({ length: Math.min(processes, jobs.length) }, player));
  return done;
}

/** Whether a part of the suite is wanted. */
function wants(part: 'schedules' | 'ports' | 'conditions' | 'answers'): boolean {
  if (values.only !== undefined) return values.only === part;
  return part === 'schedules' || !values['no-planted-bugs'];
}

function schedules(): readonly Job[] {
  const first = Number(values.seed);
  const seeds = Array.from({ length: Number(values.schedules) }, (_, at) => first + at);
  // The first seed is played again, in any free process: the same seed must give the same result.
  return [...seeds, first].map(seed => ({ kind: 'schedule', seed }));
}

async function main(processes: number): Promise<void> {
  const started = performance.now();
  const seconds = (from = started): number => (performance.now() - from) / 1000;
  const { sound, planted } = errorBugs();
  const answers = (bugs: typeof planted): readonly Job[] =>
    wants('answers') ? bugs.map(bug => ({ kind: 'answer', bug })) : [];
  // Only after the stories have been told is it known which conditions the product depends on.
  const told = await playAll(
    [
      ...(wants('conditions') ? STORIES.map((_, story): Job => ({ kind: 'story', story })) : []),
      ...answers(sound),
    ],
    processes,
  );
  const conditions = conditionBugs(told.flatMap(one => (one.kind === 'story' ? one.told : [])));
  const bugs = await playAll(
    [...conditions.map((bug): Job => ({ kind: 'condition', bug })), ...answers(planted)],
    processes,
  );
  const directed = directedText([...told, ...bugs], seconds());
  if (directed.text !== '') process.stdout.write(`${directed.text}\n`);
  const begun = performance.now();
  const ports = wants('ports') ? PLANTED_BUGS.map((_, index): Job => ({ kind: 'planted', index })) : [];
  const done = await playAll([...(wants('schedules') ? schedules() : []), ...ports], processes);
  const { text, passed } = totalsText(done, seconds(begun));
  if (done.length > 0) process.stdout.write(`${text}\n`);
  process.exitCode = directed.passed && (passed || done.length === 0) ? 0 : 1;
}

if (values.help) process.stdout.write(HELP);
else if (values.processes === '0')
  process.on('message', job => void work(job as Job).then(done => process.send?.(done)));
else await main(Number(values.processes));
