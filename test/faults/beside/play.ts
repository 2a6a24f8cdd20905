import { LedgerFollowBook } from '../../../lambda/adapters/state/follow-book.ts';
import { SIMULATED, toItsEnd, type Played } from '../play.ts';
import { Random } from '../random.ts';
import { learnRolesOf, setTheScene, type Scene } from '../scene.ts';
import type { PlantedBug } from '../service.ts';
import { Findings } from '../violations.ts';
import { VirtualTime } from '../virtual-time.ts';
import { LEDGER } from '../weather.ts';
import { course, type Beside } from './course.ts';
import { FollowerKills, Followers, FOLLOWS } from './followers.ts';
import { besideScheduleOf, type BesideSchedule } from './schedule.ts';
import { FollowerWatch, VerdictWatch } from './watches.ts';

/** Plays one schedule of followers at work beside runs, from its seed to its findings. */
export async function playBeside(
  seed: number,
  bug: PlantedBug = {},
  changes: Partial<BesideSchedule> = {},
): Promise<Played> {
  const random = new Random(seed);
  const schedule = { ...besideScheduleOf(seed, random.fork()), ...changes };
  learnRolesOf(schedule, { follow: FOLLOWS });
  const findings = new Findings();
  const injected = await VirtualTime.run(random.fork(), async time => {
    const began = time.now();
    const beside = await bring(schedule, { time, random, findings, bug });
    await toItsEnd(beside.scene, course(beside));
    findings.count(SIMULATED, Math.round((time.now() - began) / 1000));
    return beside.scene.weather.injected;
  });
  return { schedule, findings, injected };
}

type Given = Pick<Scene, 'time' | 'random' | 'findings'> & { readonly bug: PlantedBug };

/** A scene with followers, which hear of every write from the first one on. */
async function bring(schedule: BesideSchedule, given: Given): Promise<Beside> {
  const { findings, random } = given;
  const on: { beside?: Beside; kills?: FollowerKills } = {};
  const there = (): Beside => {
    if (on.beside === undefined) throw new Error('no pass begins before the scene is set');
    return on.beside;
  };
  const verdicts = new VerdictWatch({
    followers: () => there().followers,
    checker: () => there().scene.checker,
    old: () => there().scene.keys.old,
  });
  const set = await setTheScene(schedule, given, {
    follow: FOLLOWS,
    around: weather => (on.kills = new FollowerKills(weather, schedule)),
    hears: call => {
      on.beside?.followers.hear(call);
      on.beside?.watch.hear(call);
    },
    passes: verdicts,
  });
  const followers = new Followers(set.follower, schedule, random.fork());
  const scene = { ...set, followed: true as const };
  const watch = new FollowerWatch(findings, set.keys);
  const kills = on.kills ?? new FollowerKills(set.weather, schedule);
  const book = new LedgerFollowBook(set.admin.dynamodb, LEDGER);
  on.beside = { scene, schedule, followers, watch, verdicts, kills, book };
  return on.beside;
}
