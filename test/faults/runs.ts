import { DisableKeyCommand } from '@aws-sdk/client-kms';
import type { Truth } from './application.ts';
import type { Pipeline, RunEnd } from './pipeline.ts';
import { stoppedByPassing } from './passing-weather.ts';
import type { Stored } from './records.ts';
import type { Scene } from './scene.ts';
import type { RunEvent } from './schedule.ts';
import { Party } from './wire.ts';

export async function run(
  scene: Scene,
  input: { readonly mode: string; readonly [field: string]: unknown },
): Promise<RunEnd> {
  const { pipeline, checker, watch, schedule } = scene;
  const { kmsRequestsPerSecond: rate, workers, duplicates } = schedule;
  watch.nextRun({
    // If only one worker is busy, it has the whole rate.
    worker: { rate, workers: 1 },
    // If a unit is delivered twice, it has two workers for a while, each with its own share.
    ...(duplicates === 0 && { fleet: { rate, workers: scene.followed === true ? 'who asked' : workers } }),
  });
  const end = await pipeline.run(input);
  scene.findings.count(`runs ${end.state}`);
  const { words = '' } = end;
  scene.findings.expect(!stoppedByPassing(words), 6, `a run ended for what was none of it: ${words}`);
  if (end.report !== undefined) checker.checkBooks(end.report);
  return end;
}

/** Without faults and writers, a run succeeds no matter what happened before. */
export async function inStillWater(
  scene: Scene,
  input: { readonly mode: string; readonly [field: string]: unknown },
): Promise<RunEnd | undefined> {
  const { findings } = scene;
  const end = await run(scene, input);
  if (end.state === 'succeeded') return end;
  findings.violate(4, `a run in still water ended ${end.state}: ${end.words}`);
  return undefined;
}

/** Undoes every run that may have written, the last one first. Then every record untouched by others is as it was seeded. */
export async function rollBackEverything(scene: Scene, seeded: ReadonlyMap<string, Stored>): Promise<void> {
  const { pipeline, checker } = scene;
  await rollBack(scene, pipeline.runs.filter(wrote).reverse());
  await checker.checkRecords();
  const untouched = ({ touched }: Truth): boolean => !touched;
  checker.checkUnchanged(seeded, await checker.snapshot(), { which: untouched, invariant: 'rollback' });
}

export function wrote({ plan }: Pipeline['runs'][number]): boolean {
  return plan?.mode === 'migrate';
}

/** Rolls runs back in the schedule's weather. A rollback that does not finish is tried once more in still water. */
export async function rollBack(
  scene: Scene,
  runs: readonly Pick<Pipeline['runs'][number], 'runId'>[],
): Promise<void> {
  const { pipeline, schedule, time, findings } = scene;
  for (const { runId } of runs) {
    pipeline.turn(schedule.roughRollback);
    const first = await run(scene, { mode: 'rollback', run: runId });
    pipeline.turn(false);
    if (isWhole(first, scene)) continue;
    // A run that did not finish can be rolled back once none of its workers can be writing any more. What a rollback
    // reports as failed, the next one puts back.
    await time.sleep((schedule.workerTimeoutSeconds + 60) * 2_000);
    const again = await run(scene, { mode: 'rollback', run: runId });
    findings.expect(
      isWhole(again, scene),
      'rollback',
      `the rollback of ${runId} ended ${again.state}: ${again.words}`,
    );
  }
}

/**
 * The run finished, and nothing failed on the way. Where S3 refuses a caller for a moment at a HEAD, its answer says no more than that it
 * shows nothing, and that one object is blocked.
 */
function isWhole({ state, report }: RunEnd, { followed }: Pick<Scene, 'followed'>): boolean {
  if (state !== 'succeeded' || report === undefined) return false;
  return report.stores.every(
    ({ outcomes: { failed, blocked } }) =>
      failed === undefined && (followed !== true || blocked === undefined),
  );
}

/** The most that one writer does: a schedule is about races, not about load. */
const ACTS_PER_WRITER = 15;
const SAMPLES = 120;

/** Writers that change records, and a reader that opens them, until they are told to stop. */
export function startLife({ schedule, time, random, application, checker, weather }: Scene): {
  end(): Promise<void>;
} {
  const life = { going: true };
  const writer = async (): Promise<void> => {
    for (let acts = 0; life.going && acts < ACTS_PER_WRITER; acts++) {
      await time.sleep(random.between(1, schedule.writerPauseMs));
      weather.count(`application: ${await application.act()}`);
    }
  };
  const reader = async (): Promise<void> => {
    for (let samples = 0; life.going && samples < SAMPLES; samples++) {
      await time.sleep(random.between(1, 600));
      await application.withFree(truth => checker.sample(truth));
    }
  };
  const all = Promise.all([...Array.from({ length: schedule.writers }, writer), reader()]);
  return {
    end: async () => {
      life.going = false;
      await all;
    },
  };
}

export async function happen(
  event: RunEvent,
  { pipeline, service, admin, keys, weather, time }: Scene,
): Promise<void> {
  const { current } = pipeline;
  if (current?.plan === undefined) return;
  weather.count(`operator: ${event}`);
  const control = service.control(new Party('operator', 1));
  switch (event) {
    case 'stop':
      return control.breakPremise(current.runId, 'stopped by an operator (rewrap stop)');
    case 'pause':
      await control.pause(current.runId, true);
      await time.sleep(20_000);
      return control.pause(current.runId, false);
    case 'abort':
      current.aborted = true;
      return;
    case 'disable-old-key':
      await admin.kms.send(new DisableKeyCommand({ KeyId: keys.old }));
      return;
    case 'disable-new-key':
      await admin.kms.send(new DisableKeyCommand({ KeyId: keys.new }));
      return;
  }
}
