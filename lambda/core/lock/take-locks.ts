import type { RunIdentity, RunPlan, StoresOfRun } from '../model/run-plan.ts';
import { refuse } from '../model/refuse.ts';
import {
  lockedPlaces,
  overlap,
  placeText,
  standingOf,
  type Follower,
  type Holder,
  type HolderLife,
  type LockedPlace,
  type Standing,
  type Taker,
} from './store-lock.ts';

/** Who holds a table or bucket, and the version of that entry. */
export interface Lock {
  /** 0 where nobody ever held it. */
  readonly version: number;
  readonly holders: readonly Holder[];
  /** Followers that may be writing there. @default none */
  readonly followers?: readonly Follower[];
}

export interface StoreLocks {
  read(resource: string): Promise<Lock>;
  /** Replaces the holders if nobody has changed them since `version`; answers whether it did. */
  replace(resource: string, version: number, holders: readonly Holder[]): Promise<boolean>;
}

export interface LockPorts {
  readonly locks: StoreLocks;
  readonly lifeOf: (runId: string) => Promise<HolderLife>;
  /** Tells all remaining workers of a run to stop, for good. */
  readonly fence: (runId: string, words: string) => Promise<void>;
}

/** Two runs that take a lock at the same time change it once each, so a few tries are enough. */
const TRIES = 20;

/**
 * Takes the locks of all places that a run writes to, or none of them: one run per place at a time. A holder that is no
 * longer alive is fenced first, so that it cannot begin another page if it is redriven later; then its place is taken
 * over. Calling this again for the same run changes nothing.
 *
 * @throws RunRefused naming the holder where one is alive
 */
export async function takeLocks(plan: RunPlan, now: number, ports: LockPorts): Promise<void> {
  for (const place of lockedPlaces(plan)) {
    const held = await takeLock(place, { plan, now, ports });
    if (held === undefined) continue;
    await releaseLocks(plan, ports.locks);
    throw refuse('lock.held', [{ path: 'stores', value: placeText(place), words: heldWords(held) }]);
  }
}

/** Releases what a run holds, and nothing else. */
export async function releaseLocks(
  plan: Pick<RunIdentity, 'runId'> & Pick<StoresOfRun, 'stores' | 'storeRegion'>,
  locks: StoreLocks,
): Promise<void> {
  for (const resource of new Set(lockedPlaces(plan).map(place => place.resource)))
    await changeLock(resource, locks, ({ holders }) => {
      const left = holders.filter(({ runId }) => runId !== plan.runId);
      return Promise.resolve(left.length === holders.length ? 'leave' : left);
    });
}

interface Held {
  readonly holder: Holder;
  readonly standing: Exclude<Standing, { kind: 'stale' }>;
}

interface Taking {
  readonly plan: RunPlan;
  readonly now: number;
  readonly ports: LockPorts;
}

/** Takes one lock; returns its holder if there is one. */
async function takeLock(
  { resource, prefix }: LockedPlace,
  { plan, now, ports }: Taking,
): Promise<Held | undefined> {
  const { runId, job, mode, destination } = plan;
  const [destinationKeyArn, since] = [destination.keyArn, new Date(now).toISOString()];
  const own: Holder = { runId, job, mode, prefix, destinationKeyArn, since };
  const taker: Taker = { now, sourceKeyArns: movedFrom(plan) };
  let held: Held | undefined;
  await changeLock(resource, ports.locks, async ({ holders }) => {
    if (holders.some(one => one.runId === runId && one.prefix === prefix)) return 'leave';
    const inTheWay = holders.filter(one => one.runId !== runId && overlap(one.prefix, prefix));
    held = await firstHeld(inTheWay, { taker, ports });
    if (held !== undefined) return 'leave';
    for (const stale of inTheWay)
      await ports.fence(stale.runId, `the run was over, and its stores were taken over by run ${runId}`);
    return [...holders.filter(one => !inTheWay.includes(one)), own];
  });
  return held;
}

/** New material of one key is no other key: a run to it goes on with what the last one has left. */
function movedFrom({ sources, destination }: RunPlan): readonly string[] {
  return sources.map(({ keyArn }) => keyArn).filter(keyArn => keyArn !== destination.keyArn);
}

async function firstHeld(
  holders: readonly Holder[],
  { taker, ports }: { readonly taker: Taker; readonly ports: LockPorts },
): Promise<Held | undefined> {
  for (const holder of holders) {
    const standing = standingOf(holder, await ports.lifeOf(holder.runId), taker);
    if (standing.kind !== 'stale') return { holder, standing };
  }
  return undefined;
}

/** Reads, decides, and replaces the entry if nobody has changed it; otherwise decides again. */
async function changeLock(
  resource: string,
  locks: StoreLocks,
  decide: (lock: Lock) => Promise<readonly Holder[] | 'leave'>,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const lock = await locks.read(resource);
    const holders = await decide(lock);
    if (holders === 'leave' || (await locks.replace(resource, lock.version, holders))) return;
  }
  throw new Error(
    `the lock of ${resource} was changed by others ${TRIES} times in a row; start the run again`,
  );
}

function heldWords({ holder, standing }: Held): string {
  const who = `is held by run ${holder.runId} (${holder.mode} of ${holder.job}) since ${holder.since}`;
  return standing.kind === 'live'
    ? `${who}; wait for its end, or end it with rewrap stop ${holder.runId}`
    : `${who}: that run is over, but a worker of it may still be writing; start again after ${new Date(standing.until).toISOString()}`;
}
