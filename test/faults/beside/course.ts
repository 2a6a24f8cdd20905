import { EnableKeyCommand } from '@aws-sdk/client-kms';
import type { FollowBook } from '../../../lambda/core/follow/ports.ts';
import type { Truth } from '../application.ts';
import { FOLLOW_TIMEOUT_MS } from '../follower.ts';
import { checkSound } from '../play.ts';
import type { RunEnd } from '../pipeline.ts';
import type { Stored } from '../records.ts';
import { happen, inStillWater, rollBack, run, startLife, wrote } from '../runs.ts';
import type { Scene } from '../scene.ts';
import type { FollowerKills, Followers } from './followers.ts';
import type { Act, BesideSchedule } from './schedule.ts';
import type { FollowerWatch, VerdictWatch } from './watches.ts';

/** A scene with followers at work in it. */
export interface Beside {
  readonly scene: Scene;
  readonly schedule: BesideSchedule;
  readonly followers: Followers;
  readonly watch: FollowerWatch;
  readonly verdicts: VerdictWatch;
  readonly kills: FollowerKills;
  readonly book: Pick<FollowBook, 'state'>;
}

/** Longer than a run that has failed keeps its lease, and a follower that was killed its place in a lock. */
const ALL_OVER_MS = 600_000;

/**
 * The course of a schedule of followers: runs of all modes in bad weather with followers and writers beside them; late writes after that;
 * a run that must finish the work; late writes beside one that only looks; and all is rolled back.
 */
export async function course(beside: Beside): Promise<void> {
  const { scene, schedule, followers, watch } = beside;
  const { checker, findings, time } = scene;
  const seeded = await checker.snapshot();
  const standing = watchStanding(beside);
  if (schedule.begun) await inStillWater(scene, { mode: 'migrate' });
  await inBadWeather(beside, standing);
  await time.sleep(ALL_OVER_MS);
  await followers.idle();
  await checker.checkRecords();

  if (standing.acts) await checkMoved(beside, await writeLate(scene), 'after runs in bad weather');
  // A run that goes on from another one's cursors leaves what was written behind them to its verify pass (decision 12).
  const finishing = await standing.of({ mode: 'migrate' }, input =>
    inStillWater(scene, { ...input, fromStart: true }),
  );
  await followers.idle();
  if (finishing?.report === undefined) return;
  await checker.checkRecords();
  await checker.checkCounts(finishing.report);
  await checkSound(scene, finishing.report);

  const late = await besideOneThatLooks(beside);
  const { late: counted } = await beside.book.state('orders');
  watch.checkCounted(counted[scene.keys.old] ?? 0);
  await checker.checkRecords();
  await rollEverythingBack(beside, { late, seeded });
  findings.count('records of applications', scene.application.truths.length);
}

interface Standing {
  /** A migration of the job has come to its end, and nobody has tried to roll anything back since. */
  acts: boolean;
  of(
    input: { readonly mode: string; readonly run?: string },
    go: (input: { readonly mode: string; readonly run?: string }) => Promise<RunEnd | undefined>,
  ): Promise<RunEnd | undefined>;
}

/** Keeps what a follower may do, from what runs have come to: it knows nothing of the product's own answer. */
function watchStanding({ scene, watch, verdicts }: Beside): Standing {
  let mode = 'migrate';
  verdicts.onBegin = phase => {
    if (phase === 'rollback') watch.forbidden = 'a rollback has come since';
    // From its verify pass on, a migration is followed.
    if (mode === 'migrate' && phase === 'verify') watch.forbidden = undefined;
  };
  const standing: Standing = {
    acts: false,
    of: async (input, go) => {
      mode = input.mode;
      if (mode === 'rollback') standing.acts = false;
      const end = await go(input);
      if (end?.report !== undefined && (mode === 'verify' || mode === 'migrate'))
        verdicts.check(end.report, scene.findings);
      if (mode === 'migrate' && end?.state === 'succeeded') standing.acts = true;
      return end;
    },
  };
  return standing;
}

async function inBadWeather(beside: Beside, standing: Standing): Promise<void> {
  const { scene, schedule, kills } = beside;
  const { pipeline, time, admin, keys, random } = scene;
  standing.acts = schedule.begun;
  kills.turn(true);
  pipeline.turn(true);
  for (const [at, act] of schedule.acts.entries()) {
    const life = startLife(scene);
    const timers = eventsOf(schedule, at).map(({ atMs, event }) =>
      setTimeout(() => void happen(event, scene), atMs),
    );
    const input = inputOf(act, beside);
    await standing.of(input, asked => run(scene, asked));
    for (const timer of timers) clearTimeout(timer);
    for (const KeyId of [keys.old, keys.new]) await admin.kms.send(new EnableKeyCommand({ KeyId }));
    await time.sleep(random.between(0, 5_000));
    await life.end();
  }
  pipeline.turn(false);
  kills.turn(false);
}

function eventsOf(
  { events, acts, abandonedAtMs: atMs }: BesideSchedule,
  at: number,
): BesideSchedule['events'] {
  if (atMs !== undefined && at === acts.length - 1) return [{ event: 'abort', atMs }];
  return events.filter((_, index) => index % acts.length === at);
}

/** What there is to roll back, or else a look at what is there. */
function inputOf(
  act: Act,
  { scene, watch }: Beside,
): { readonly mode: 'migrate' | 'verify' | 'census' | 'rollback'; readonly run?: string } {
  switch (act) {
    case 'roll back a migration':
    case 'roll back a follower': {
      const migration = scene.pipeline.runs.filter(wrote).at(-1)?.runId;
      const of = act === 'roll back a migration' ? migration : [...watch.runs].at(-1);
      return of === undefined ? { mode: 'verify' } : { mode: 'rollback', run: of };
    }
    default:
      return { mode: act };
  }
}

async function writeLate({ application, random }: Scene): Promise<readonly Truth[]> {
  const late: Truth[] = [];
  for (let made = random.between(1, 3); made > 0; made--)
    for (const place of ['table', 'bucket'] as const) late.push(await application.add(place));
  for (const truth of late) truth.touched = true;
  return late;
}

async function checkMoved({ scene, followers }: Beside, late: readonly Truth[], when: string): Promise<void> {
  await followers.idle();
  const { checker, findings, keys } = scene;
  const stored = await checker.snapshot();
  for (const { place, name } of late) {
    findings.count(`late data keys followed ${when}`);
    findings.expect(
      stored.get(`${place} ${name}`)?.keyArn === keys.new,
      4,
      `${place} ${name} was late ${when}, and is not moved`,
    );
  }
}

/** What is told a second time is not written again. */
async function besideOneThatLooks(beside: Beside): Promise<readonly Truth[]> {
  const { scene, schedule, followers } = beside;
  const { findings, watch } = scene;
  const mode = schedule.lateBeside;
  const looking = inStillWater(scene, { mode });
  await scene.time.sleep(scene.random.between(0, 4_000));
  const late = await writeLate(scene);
  const end = await looking;
  if (mode === 'verify' && end?.report !== undefined) beside.verdicts.check(end.report, findings);
  await checkMoved(beside, late, `beside a ${mode}`);
  watch.writes = 0;
  for (const { place, name } of late)
    if (place === 'table') followers.stream.wrote(JSON.stringify({ id: { S: name } }), 'MODIFY');
    else followers.queue.wrote(name);
  await followers.idle();
  findings.expect(watch.writes === 0, 4, `followers wrote ${watch.writes} times over finished work`);
  return late;
}

interface ToPutBack {
  readonly late: readonly Truth[];
  readonly seeded: ReadonlyMap<string, Stored>;
}

/** What followers have moved goes back first. No follower moves again what a rollback has put back, although it is told of that. */
async function rollEverythingBack(beside: Beside, { late, seeded }: ToPutBack): Promise<void> {
  const { scene, followers, watch } = beside;
  const { pipeline, checker, findings, time, keys } = scene;
  for (const { runId } of pipeline.runs.filter(wrote).reverse()) {
    const followed = `${runId}-follow`;
    if (watch.runs.has(followed)) {
      // It comes to no end by itself: the first rollback is refused, and tells it to stop.
      await run(scene, { mode: 'rollback', run: followed });
      await time.sleep(2 * FOLLOW_TIMEOUT_MS);
      await rollBack(scene, [{ runId: followed }]);
    }
    await rollBack(scene, [{ runId }]);
  }
  await followers.idle();
  await checker.checkRecords();
  const stored = await checker.snapshot();
  for (const { place, name } of late)
    findings.expect(
      stored.get(`${place} ${name}`)?.keyArn === keys.old,
      'rollback',
      `${place} ${name} did not go back`,
    );
  const untouched = ({ touched }: Truth): boolean => !touched;
  checker.checkUnchanged(seeded, stored, { which: untouched, invariant: 'rollback' });
}
