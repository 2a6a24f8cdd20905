import { boundsOf, type Bounds } from './bounds.ts';
import type { Calibrated, Calibration } from './calibration.ts';
import { PROFILES, type Profile } from './profiles.ts';
import type { Resource } from './demand.ts';
import { PASSES } from './page.ts';
import { runPass, type PassResult } from './run-pass.ts';
import { cut, type Cut } from './units.ts';

/** A pass, and the quota that it is about. */
interface PassOfProfile extends PassResult {
  /** The quota that allows the fewest data keys per second. */
  readonly tightest: Resource;
  /** Part of that quota that was used after the ramp-up, and over the whole pass. */
  readonly sustained: number;
  readonly overall: number;
}

interface ProfileResult {
  readonly profile: Profile;
  readonly cut: Cut;
  readonly passes: readonly PassOfProfile[];
  readonly bounds: Bounds;
}

export interface Simulation {
  readonly calibration: Calibrated['from'];
  readonly profiles: readonly ProfileResult[];
}

export function simulate({ calibration, from }: Calibrated, profiles = PROFILES): Simulation {
  return { calibration: from, profiles: profiles.map(profile => simulated(profile, calibration)) };
}

function simulated(profile: Profile, calibration: Calibration): ProfileResult {
  const pieces = cut(profile);
  const scene = { profile, cut: pieces, calibration };
  const passes = PASSES.map(pass => withTightest(profile, runPass({ ...scene, pass })));
  const slowest = Math.min(...passes.map(({ steadyRate }) => steadyRate));
  const secondsOfUnit = (pieces.dataKeysOfUnit * Math.min(profile.workers, pieces.units)) / slowest;
  return { profile, cut: pieces, passes, bounds: boundsOf(pieces, secondsOfUnit, calibration) };
}

const QUOTAS: Readonly<Record<Profile['quota'], Resource>> = {
  kms: 'KMS quota',
  tableWrites: 'writes of the busiest table',
  prefixWrites: 'writes under the prefix',
};

function tightestOf(profile: Profile, { pass, use }: PassResult): Resource {
  if (pass === 'by journal') return profile.store === 'table' ? 'verify reads of a table' : 'rate of the job';
  const own = QUOTAS[profile.quota];
  return use[own].peak > 0 ? own : 'rate of the job';
}

/** A verify pass writes nothing: where its profile is about writes, the job's own rate holds it back. */
function withTightest(profile: Profile, result: PassResult): PassOfProfile {
  const tightest = tightestOf(profile, result);
  const { steady } = result.use[tightest];
  return { ...result, tightest, sustained: steady, overall: (steady * result.wholeRate) / result.steadyRate };
}
