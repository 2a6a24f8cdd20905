import { lookIntervalMs } from '../../lambda/core/rate/look-interval.ts';
import type { Calibration } from './calibration.ts';
import { capacities, demand, type Demand, type Resource, type Speed } from './demand.ts';
import { grown, leftAtEnd, NOBODY, whenLastBegin, type Fleet } from './fleet.ts';
import { LIMITS } from './limits.ts';
import { page, type Pass } from './page.ts';
import type { Profile } from './profiles.ts';
import type { Cut } from './units.ts';

export interface Scene {
  readonly profile: Profile;
  readonly pass: Pass;
  readonly cut: Cut;
  readonly calibration: Calibration;
}

/** A pass at the beginning of a second. */
export interface Moment {
  readonly second: number;
  readonly fleet: Fleet;
  readonly done: number;
  /** How many workers had a unit in each of the last seconds, the latest last. */
  readonly before: readonly number[];
  /** When the last worker had come; absent until then. */
  readonly fullSince?: number;
}

export const BEGIN: Moment = { second: 0, fleet: NOBODY, done: 0, before: [] };

export interface Second {
  readonly asked: Demand;
  readonly speed: Speed;
  /** What became of the demand: 1 if nothing said no. */
  readonly part: number;
  readonly moved: number;
  /** 1; less in the last second of the pass, and more where so many seconds are alike. */
  readonly lasted: number;
  readonly next: Moment;
}

/**
 * These slow nobody who is at work: who cannot start or join waits outside (fleet.ts), and a worker whose look at the leases is
 * throttled keeps to its share.
 */
const SLOW_NOBODY: readonly Resource[] = [
  'children started',
  'state transitions',
  'ledger: reads of the leases',
];

/** One second of a pass. */
export function second(scene: Scene, now: Moment): Second {
  const { profile, cut, calibration } = scene;
  const most = Math.min(profile.workers, cut.units);
  const fleet = grown(now.fleet, { second: now.second, most, calibration });
  const left = profile.dataKeys - now.done;
  const workers = leftAtEnd(fleet.workers, left, cut.dataKeysOfUnit);
  const speed = speedOf(scene, { workers, joined: fleet.joined, share: shareOf(profile, now, most) });
  const asked = demand(profile, scene.pass, { cut, calibration, speed });
  const part = Math.min(
    1,
    ...uses(profile, asked).map(({ name, use }) => (SLOW_NOBODY.includes(name) ? 1 : 1 / use)),
  );
  const perSecond = speed.dataKeys * part;
  const alike = isSettled(now, workers, most)
    ? Math.floor((left - whenLastBegin(most, cut.dataKeysOfUnit)) / perSecond)
    : 1;
  const moved = Math.min(left, perSecond * Math.max(1, alike));
  const fullSince = now.fullSince ?? (fleet.workers === most ? now.second : undefined);
  const next = {
    second: now.second + Math.max(1, alike),
    fleet,
    done: now.done + moved,
    before: [...now.before, workers].slice(-lagOf(most)),
    ...(fullSince !== undefined && { fullSince }),
  };
  return { asked, speed, part, moved, lasted: moved === 0 ? 1 : moved / perSecond, next };
}

/** All are there and have seen each other: from now on each second is like this one, until the last units have begun. */
function isSettled({ second: at, before, fullSince }: Moment, workers: number, most: number): boolean {
  const lag = lagOf(most);
  return (
    workers === most && fullSince !== undefined && at > fullSince + lag && before.every(one => one === most)
  );
}

/** Part of each capacity that is asked for; more than 1 where it says no. */
export function uses(
  profile: Profile,
  asked: Demand,
): readonly { readonly name: Resource; readonly use: number }[] {
  return Object.entries(capacities(profile)).map(([name, capacity]) => ({
    name: name as Resource,
    use: asked[name as Resource] / capacity,
  }));
}

/** Workers learn of each other when they look at the leases: that long ago. */
function lagOf(workers: number): number {
  return Math.max(1, Math.ceil(lookIntervalMs(workers) / 1_000));
}

/** At first what it would have if all came (core/rate/region-share.ts); then the rate over those who were there. */
function shareOf({ rate }: Profile, { second: at, before, fullSince }: Moment, most: number): number {
  const known = before[0] ?? most;
  const allHaveLooked = fullSince !== undefined && at > fullSince + lagOf(most);
  return rate / (allHaveLooked ? known : most);
}

interface AtWork {
  readonly workers: number;
  readonly joined: number;
  readonly share: number;
}

function speedOf({ profile, pass, cut, calibration }: Scene, { workers, joined, share }: AtWork): Speed {
  const { dataKeys, seconds } = page(profile, pass, share, calibration);
  // Between two units a worker's slot does nothing.
  const ofUnit = (cut.dataKeysOfUnit / dataKeys) * seconds;
  const busy = ofUnit / (ofUnit + calibration.betweenUnitsSeconds);
  const pages = (workers * busy) / seconds;
  const begun = (pages * dataKeys) / cut.dataKeysOfUnit;
  const again = workers / LIMITS.invocationSeconds;
  return { workers, pages, dataKeys: pages * dataKeys, joining: joined > 0 ? joined : begun + again };
}
