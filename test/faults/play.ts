import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import { createRoles, learnRoles } from '../support/roles.ts';
import { Application, FLAWS, type ApplicationKeys, type Truth } from './application.ts';
import { clientsOf, type Clients } from './aws.ts';
import { Checker, type ReadReport } from './checker.ts';
import { forRoles, jobOf } from './job-of.ts';
import { Follower, FOLLOW_TIMEOUT_MS } from './follower.ts';
import { lateWrites } from './late-writes.ts';
import { Pipeline, type RunEnd } from './pipeline.ts';
import { stoppedByPassing } from './passing-weather.ts';
import { Random } from './random.ts';
import { BUCKET, TABLE, type Stored } from './records.ts';
import { layoutOf, scheduleOf, type RunEvent, type Schedule } from './schedule.ts';
import { Service, type PlantedBug } from './service.ts';
import { Findings } from './violations.ts';
import { VirtualTime } from './virtual-time.ts';
import { Watch } from './watch.ts';
import { JOURNAL, LEDGER, RUNS, Weather } from './weather.ts';
import { Party, Wire } from './wire.ts';

export interface Played {
  readonly schedule: Schedule;
  readonly findings: Findings;
  /** Faults by kind. */
  readonly injected: ReadonlyMap<string, number>;
}

/** The name under which the simulated time of a schedule is counted. */
export const SIMULATED = 'seconds simulated';

const NAMES = { ledger: LEDGER, journal: JOURNAL, runs: RUNS };
const [OLD, NEW, FOREIGN] = [1, 2, 3].map(
  digit => `arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0001-00000000000${digit}`,
) as [string, string, string];
/** Stand for the keys of a schedule before there are any. */
const NO_KEYS: ApplicationKeys = { old: OLD, new: NEW, foreign: FOREIGN };

/** What the product writes objects with. */
const COPIES = ['CopyObject', 'CompleteMultipartUpload'];
const PUTS = ['PutObject'];

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
  learnRoles(jobOf(forRoles(schedule), NO_KEYS), NAMES);
  const findings = new Findings();
  const injected = await VirtualTime.run(random.fork(), async time => {
    const began = time.now();
    const scene = await setTheScene(schedule, { time, random, bug, findings });
    try {
      await act(scene);
    } catch (error) {
      findings.violate(4, `the schedule broke off: ${(error as Error).stack ?? String(error)}`);
    }
    const { document, objects } = schedule.forms;
    findings.count(`schedules: data keys of objects in ${objects}`);
    if (document) findings.count('schedules: data keys of items in a JSON text');
    findings.count(SIMULATED, Math.round((time.now() - began) / 1000));
    return scene.weather.injected;
  });
  return { schedule, findings, injected };
}

interface Scene {
  readonly schedule: Schedule;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly findings: Findings;
  readonly weather: Weather;
  readonly watch: Watch;
  readonly application: Application;
  readonly checker: Checker;
  readonly pipeline: Pipeline;
  readonly service: Service;
  readonly follower: Follower;
  readonly admin: Clients;
  readonly keys: ApplicationKeys;
}

type Given = Pick<Scene, 'time' | 'random' | 'findings'> & { readonly bug: PlantedBug };

async function setTheScene(schedule: Schedule, { time, random, bug, findings }: Given): Promise<Scene> {
  const layout = layoutOf(schedule);
  // Only a body that holds data keys is put.
  const watch = new Watch(findings, layout.objects === 'metadata' ? COPIES : PUTS);
  const weather = new Weather(schedule, random.fork(), call => watch.see(call));
  const { kmsChecksFirst } = schedule;
  const aws = new EmbeddedAws({ s3PageSize: 5, kmsChecksFirst });
  const wire = new Wire(aws, { time, random: random.fork(), hooks: weather });
  const admin = clientsOf(wire, new Party('admin', 1));
  const keys = await createKeys(admin);
  await createStores(admin, schedule.layout);
  const given = { layout, keys };
  const application = new Application(clientsOf(wire, new Party('application', 60)), random.fork(), given);
  for (let made = 0; made < schedule.items; made++) await application.add('table');
  for (let made = 0; made < schedule.objects; made++) await application.add('bucket');
  for (let made = 0; made < schedule.flawed; made++)
    await application.add(random.chance(0.5) ? 'table' : 'bucket', random.pick(FLAWS));
  const job = jobOf(schedule, keys);
  createRoles(aws, jobOf(forRoles(schedule), keys), NAMES);
  const follower = new Follower(wire, job, schedule);
  const service = new Service(wire, {
    job,
    schedule,
    bug,
    executionOf: runId => {
      const known = pipeline.runs.find(run => run.runId === runId);
      return known === undefined ? 'unknown' : known.over ? 'over' : 'running';
    },
  });
  const pipeline: Pipeline = new Pipeline(service, schedule, { time, random: random.fork(), weather });
  const checker = new Checker(clientsOf(wire, new Party('checker', 1)), application, {
    ...given,
    findings,
    watch,
  });
  return {
    schedule,
    time,
    random,
    findings,
    weather,
    watch,
    application,
    checker,
    pipeline,
    service,
    follower,
    admin,
    keys,
  };
}

async function createKeys({ kms }: Clients): Promise<ApplicationKeys> {
  const arn = async (): Promise<string> => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
  return { old: await arn(), new: await arn(), foreign: await arn() };
}

async function createStores(
  { dynamodb, s3 }: Clients,
  { versionedBucket }: Schedule['layout'],
): Promise<void> {
  const table = (name: string, keys: readonly string[]): CreateTableCommand =>
    new CreateTableCommand({
      TableName: name,
      KeySchema: keys.map((key, at) => ({ AttributeName: key, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
      AttributeDefinitions: keys.map(key => ({ AttributeName: key, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
    });
  await dynamodb.send(table(TABLE, ['id']));
  await dynamodb.send(table(LEDGER, ['run', 'item']));
  for (const bucket of [BUCKET, JOURNAL, RUNS]) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  if (versionedBucket)
    await s3.send(
      new PutBucketVersioningCommand({
        Bucket: BUCKET,
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    );
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
async function checkSound({ admin, keys, checker }: Scene, report: ReadReport): Promise<void> {
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

async function run(
  scene: Scene,
  input: { readonly mode: string; readonly [field: string]: unknown },
): Promise<RunEnd> {
  const { pipeline, checker, watch, schedule } = scene;
  const { kmsRequestsPerSecond: rate, workers, duplicates } = schedule;
  watch.nextRun({
    // If only one worker is busy, it has the whole rate.
    worker: { rate, workers: 1 },
    // If a unit is delivered twice, it has two workers for a while, each with its own share.
    ...(duplicates === 0 && { fleet: { rate, workers } }),
  });
  const end = await pipeline.run(input);
  scene.findings.count(`runs ${end.state}`);
  const { words = '' } = end;
  scene.findings.expect(!stoppedByPassing(words), 6, `a run ended for what was none of it: ${words}`);
  if (end.report !== undefined) checker.checkBooks(end.report);
  return end;
}

/** Without faults and writers, a run succeeds no matter what happened before. */
async function inStillWater(
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
async function rollBackEverything(scene: Scene, seeded: ReadonlyMap<string, Stored>): Promise<void> {
  const { pipeline, checker } = scene;
  await rollBack(scene, pipeline.runs.filter(wrote).reverse());
  await checker.checkRecords();
  const untouched = ({ touched }: Truth): boolean => !touched;
  checker.checkUnchanged(seeded, await checker.snapshot(), { which: untouched, invariant: 'rollback' });
}

function wrote({ plan }: Pipeline['runs'][number]): boolean {
  return plan?.mode === 'migrate';
}

/** Rolls runs back in the schedule's weather. A rollback that does not finish is tried once more in still water. */
async function rollBack(
  scene: Scene,
  runs: readonly Pick<Pipeline['runs'][number], 'runId'>[],
): Promise<void> {
  const { pipeline, schedule, time, findings } = scene;
  for (const { runId } of runs) {
    pipeline.turn(schedule.roughRollback);
    const first = await run(scene, { mode: 'rollback', run: runId });
    pipeline.turn(false);
    if (isWhole(first)) continue;
    // A run that did not finish can be rolled back once none of its workers can be writing any more. What a rollback
    // reports as failed, the next one puts back.
    await time.sleep((schedule.workerTimeoutSeconds + 60) * 2_000);
    const again = await run(scene, { mode: 'rollback', run: runId });
    findings.expect(
      isWhole(again),
      'rollback',
      `the rollback of ${runId} ended ${again.state}: ${again.words}`,
    );
  }
}

/** The run finished, and nothing failed on the way. */
function isWhole({ state, report }: RunEnd): boolean {
  return (
    state === 'succeeded' && report?.stores.every(({ outcomes }) => outcomes.failed === undefined) === true
  );
}

/** The most that one writer does: a schedule is about races, not about load. */
const ACTS_PER_WRITER = 15;
const SAMPLES = 120;

/** Writers that change records, and a reader that opens them, until they are told to stop. */
function startLife({ schedule, time, random, application, checker, weather }: Scene): {
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

async function happen(
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
