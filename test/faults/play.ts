import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import type { Truth } from './application.ts';
import type { ReadReport } from './checker.ts';
import { FOLLOW_TIMEOUT_MS } from './follower.ts';
import { lateWrites } from './late-writes.ts';
import type { RunEnd } from './pipeline.ts';
import { Random } from './random.ts';
import { happen, inStillWater, rollBack, rollBackEverything, run, startLife, wrote } from './runs.ts';
import { learnRolesOf, setTheScene, type Scene } from './scene.ts';
import { scheduleOf, type Schedule } from './schedule.ts';
import type { PlantedBug } from './service.ts';
import { Findings } from './violations.ts';
import { VirtualTime } from './virtual-time.ts';

export interface Played {
  readonly schedule: Schedule;
  readonly findings: Findings;
  /** Faults by kind. */
  readonly injected: ReadonlyMap<string, number>;
}

/** The name under which the simulated time of a schedule is counted. */
export const SIMULATED = 'seconds simulated';

/** The maximum number of runs in bad weather before it clears. */
const ROUGH_RUNS = 4;

/** Plays one schedule, from its seed to its findings. */
export async function play(
  seed: number,
  bug: PlantedBug = {},
  changes: Partial<Schedule> = {},
): Promise<Played> {
  const random = new Random(seed);
  const schedule = { ...scheduleOf(seed, random.fork()), ...changes };
  learnRolesOf(schedule);
  const findings = new Findings();
  const injected = await VirtualTime.run(random.fork(), async time => {
    const began = time.now();
    const scene = await setTheScene(schedule, { time, random, bug, findings });
    await toItsEnd(scene, act(scene));
    findings.count(SIMULATED, Math.round((time.now() - began) / 1000));
    return scene.weather.injected;
  });
  return { schedule, findings, injected };
}

/** A course that breaks off is a violation like every other. */
export async function toItsEnd({ findings, schedule }: Scene, course: Promise<void>): Promise<void> {
  try {
    await course;
  } catch (error) {
    findings.violate(4, `the schedule broke off: ${(error as Error).stack ?? String(error)}`);
  }
  const { document, objects } = schedule.forms;
  findings.count(`schedules: data keys of objects in ${objects}`);
  if (document) findings.count('schedules: data keys of items in a JSON text');
}

/** The course of a schedule: runs in bad weather, one in still water, a second one, then everything is rolled back. */
async function act(scene: Scene): Promise<void> {
  const { checker, pipeline, findings, watch, application, schedule } = scene;
  const seeded = await checker.snapshot();
  const isFlawed = ({ flaw }: Truth): boolean => flaw !== undefined;

  await inBadWeather(scene);
  await checker.checkRecords();

  if (schedule.rollsBackEarly) await rollBack(scene, pipeline.runs.filter(wrote).slice(-1));

  const finishing = await inStillWater(scene, { mode: 'migrate' });
  if (finishing?.report === undefined) return;
  await checker.checkRecords();
  await checker.checkCounts(finishing.report);
  checker.checkFingerprints(finishing.report, schedule.fingerprints);
  await checkSound(scene, finishing.report);
  const migrated = await checker.snapshot();
  checker.checkUnchanged(seeded, migrated, { which: isFlawed, invariant: 6 });

  watch.writes = 0;
  const second = await inStillWater(scene, { mode: 'migrate' });
  findings.expect(watch.writes === 0, 4, `a second run over finished work wrote ${watch.writes} times`);
  checker.checkUnchanged(migrated, await checker.snapshot(), { which: () => true, invariant: 4 });

  if (second !== undefined) await follow(scene, second);
  await rollBackEverything(scene, seeded);
  pipeline.turn(false);
  findings.count('records of applications', application.truths.length);
}

/** A follower goes on with a migration, and what it has moved goes back as what a run has moved does. */
async function follow(scene: Scene, { runId }: RunEnd): Promise<void> {
  const late = await lateWrites(scene);
  const followed = `${runId}-follow`;
  // It comes to no end by itself: the first rollback is refused, and tells it to stop.
  await run(scene, { mode: 'rollback', run: followed });
  await scene.time.sleep(2 * FOLLOW_TIMEOUT_MS);
  await rollBack(scene, [{ runId: followed }]);
  const stored = await scene.checker.snapshot();
  const { old } = scene.keys;
  for (const { name } of late)
    scene.findings.expect(stored.get(`table ${name}`)?.keyArn === old, 'rollback', `${name} did not go back`);
}

/** People disable a key because of a good verdict, so this check does the same. */
export async function checkSound({ admin, keys, checker }: Scene, report: ReadReport): Promise<void> {
  await admin.kms.send(new DisableKeyCommand({ KeyId: keys.old }));
  await checker.checkSound(report);
  await admin.kms.send(new EnableKeyCommand({ KeyId: keys.old }));
}

/** Runs with faults, kills, operators and writers, one after the other until one succeeds. */
async function inBadWeather(scene: Scene): Promise<void> {
  const { pipeline, schedule, time, admin, keys } = scene;
  const life = startLife(scene);
  pipeline.turn(true);
  for (let runs = 0; runs < ROUGH_RUNS; runs++) {
    const events = schedule.events.filter((_, index) => index % ROUGH_RUNS === runs);
    const timers = events.map(({ atMs, event }) => setTimeout(() => void happen(event, scene), atMs));
    const end = await run(scene, { mode: 'migrate' });
    for (const timer of timers) clearTimeout(timer);
    await admin.kms.send(new EnableKeyCommand({ KeyId: keys.old }));
    await admin.kms.send(new EnableKeyCommand({ KeyId: keys.new }));
    if (end.state === 'succeeded') break;
    await time.sleep(scene.random.between(0, 5_000));
  }
  pipeline.turn(false);
  await life.end();
  // Workers that a stopped map left running end within their time-out.
  await time.sleep(schedule.workerTimeoutSeconds * 1000);
}
