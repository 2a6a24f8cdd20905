import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PLANTED_BESIDE } from './beside/planted-bugs.ts';
import { conditionBugs } from './directed/condition-bugs.ts';
import { errorBugs } from './directed/error-bugs.ts';
import { STORIES } from './directed/stories.ts';
import { directedText } from './directed/totals.ts';
import { work, type Job } from './jobs.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { totalsText, type Done } from './totals.ts';

const HELP = `npm run test:faults -- [options]

Plays schedules of faults, kills and races against the product, then the product with planted bugs.

  --schedules N        plays so many (200), and an eighth of that with followers beside runs
  --seed S             begins at that seed (1); with --schedules 1 it replays one
  --only PART          schedules, followers, ports, conditions or answers alone
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
function wants(part: 'schedules' | 'followers' | 'ports' | 'conditions' | 'answers'): boolean {
  if (values.only !== undefined) return values.only === part;
  return part === 'schedules' || part === 'followers' || !values['no-planted-bugs'];
}

/** One in so many is played with followers beside runs: it takes almost twice as long as another one. */
const BESIDE = 8;

function schedules(): readonly Job[] {
  const [first, count] = [Number(values.seed), Number(values.schedules)];
  const seedsOf = (many: number): readonly number[] => Array.from({ length: many }, (_, at) => first + at);
  const beside = wants('schedules') ? Math.floor(count / BESIDE) : count;
  const jobs: readonly Job[] = [
    ...(wants('schedules') ? seedsOf(count) : []).map((seed): Job => ({ kind: 'schedule', seed })),
    ...(wants('followers') ? seedsOf(beside) : []).map((seed): Job => ({ kind: 'beside', seed })),
  ];
  // The first one of each kind is played again, in any free process: the same seed must give the same result.
  const again = (['schedule', 'beside'] as const).flatMap(kind => jobs.find(job => job.kind === kind) ?? []);
  return [...jobs, ...again];
}

function plantedPorts(): readonly Job[] {
  const followers = wants('followers') && !values['no-planted-bugs'];
  return [
    ...(wants('ports') ? PLANTED_BUGS : []).map((_, index): Job => ({ kind: 'planted', index })),
    ...(followers ? PLANTED_BESIDE : []).map((_, index): Job => ({ kind: 'planted-beside', index })),
  ];
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
  const done = await playAll([...schedules(), ...plantedPorts()], processes);
  const { text, passed } = totalsText(done, seconds(begun));
  if (done.length > 0) process.stdout.write(`${text}\n`);
  process.exitCode = directed.passed && (passed || done.length === 0) ? 0 : 1;
}

if (values.help) process.stdout.write(HELP);
else if (values.processes === '0')
  process.on('message', job => void work(job as Job).then(done => process.send?.(done)));
else await main(Number(values.processes));
