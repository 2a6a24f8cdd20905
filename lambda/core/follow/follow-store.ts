import { enter, leave } from '../lock/followers.ts';
import { lastWriteAfter } from '../lock/lease.ts';
import type { Job } from '../model/job.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { Attempts } from '../reencrypt/attempts.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { FOLLOW_TIMEOUT_SECONDS, type FollowedStore } from '../job/followed-stores.ts';
import { followRun } from './follow-run.ts';
import { KnownDataKeys } from './known-data-keys.ts';
import { allKnown, moveLate, type Moving } from './move-late.ts';
import type { FollowPorts, MovePorts } from './ports.ts';
import { standingNow } from './standing-now.ts';

/** A write to a record, as far as a follower believes what it is told: that there was one. */
export interface RecordWritten {
  readonly locator: string;
}

/** What became of a batch of writes. */
export type Followed<Of extends RecordWritten> =
  | { readonly kind: 'done' }
  /** These are to be handed over again; of a stream, all from the first of them on. */
  | { readonly kind: 'again'; readonly written: readonly Of[]; readonly why: string };

/** What an invocation leaves for the next one of the same process. */
export interface FollowMemory {
  scope?: UnitScope;
  known?: KnownDataKeys;
  attempts?: Attempts;
  /** When it last said that it is told of writes, milliseconds since 1970. */
  lookedAt?: number;
  /** When it last said that it has left a write as it was. */
  leftAt?: number;
}

/** Runs and other followers may change the lock in between. */
const TRIES = 10;

/**
 * Follows a store: looks at records that somebody has written, and moves what is under a source key in them. Only the keys of records
 * are taken from what it is told. A record is read as it is now, so that an event may come late, twice, or in any order.
 *
 * What is known already costs a read of the record and nothing else: most writes change no data key, and those of the follower itself
 * come back as events, too.
 */
export async function followStore<Of extends RecordWritten>(
  written: readonly Of[],
  followed: FollowedStore,
  { memory, ...ports }: FollowPorts & { readonly memory: FollowMemory },
): Promise<Followed<Of>> {
  await noteLook(followed.job, memory, ports);
  if (written.length === 0 || (await isKnown(written, memory, ports))) return { kind: 'done' };
  try {
    const done = await followNow(written, followed, { ...ports, memory });
    if (done.left || done.followed.kind === 'again') await noteLeft(followed.job, memory, ports);
    return done.followed;
  } catch (error) {
    // The failure is what has to be told, whether or not this can be noted.
    await noteLeft(followed.job, memory, ports).catch(() => undefined);
    throw error;
  }
}

/** `left`: a write was left as it was, and nobody hands it over again. */
interface Done<Of extends RecordWritten> {
  readonly followed: Followed<Of>;
  readonly left: boolean;
}

async function followNow<Of extends RecordWritten>(
  written: readonly Of[],
  followed: FollowedStore,
  { memory, ...ports }: Remembering,
): Promise<Done<Of>> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { standing, resource, lock } = await standingNow(followed, ports);
    if (standing.kind !== 'acts') ports.telemetry.idle(standing.why);
    if (standing.kind === 'rests') return { followed: { kind: 'done' }, left: true };
    if (standing.kind === 'waits') return again(written, standing.why);
    const now = ports.clock.now();
    const until = lastWriteAfter(now, { workerTimeoutSeconds: FOLLOW_TIMEOUT_SECONDS });
    const follower = { id: ports.id, job: followed.job.name, until };
    if (!(await enter(resource, { lock, follower, now }, ports.locks))) continue;
    try {
      const scope = await scopeOf(standing.plan, followed, { ...ports, memory });
      return await moveAll(written, scope, { ...ports, memory });
    } finally {
      await leave(resource, ports.id, ports.locks);
    }
  }
  return again(written, 'the lock of the store was changed by others again and again');
}

function again<Of extends RecordWritten>(written: readonly Of[], why: string): Done<Of> {
  return { followed: { kind: 'again', written, why }, left: false };
}

/** How often it says that it is told of writes. */
const LOOKED_MS = 600_000;

async function noteLook(
  { name, follow }: Job,
  memory: FollowMemory,
  { book, clock }: FollowPorts,
): Promise<void> {
  const now = clock.now();
  if (now - (memory.lookedAt ?? 0) < LOOKED_MS) return;
  // The daily watch notes it as well, and may come a day later.
  if (memory.lookedAt === undefined && follow !== undefined) await book.deployed(name, follow, now);
  await book.looked(name, now);
  memory.lookedAt = now;
}

/**
 * As long as it leaves writes as they are, it has not seen that none is late, whatever becomes of those that are handed over again: after some
 * tries they are given up, and nobody tells it.
 */
async function noteLeft({ name }: Job, memory: FollowMemory, { book, clock }: FollowPorts): Promise<void> {
  const now = clock.now();
  if (now - (memory.leftAt ?? 0) < LOOKED_MS) return;
  await book.left(name, now);
  memory.leftAt = now;
}

interface Remembering extends FollowPorts {
  readonly memory: FollowMemory;
}

/** Without asking anybody whether it may write: it would write nothing. */
async function isKnown(
  written: readonly RecordWritten[],
  { scope, known }: FollowMemory,
  { open }: FollowPorts,
): Promise<boolean> {
  if (scope === undefined || known === undefined) return false;
  const { records } = await open(scope);
  for (let left = written; left.length > 0;) {
    const found = await records.find(left.map(({ locator }) => locator));
    if (found.length === 0 || !allKnown(found, { scope, known })) return false;
    left = left.slice(found.length);
  }
  return true;
}

/** What is known is known of one migration: another one may have another key, or key material. */
async function scopeOf(
  migration: RunPlan,
  { index }: FollowedStore,
  { memory, scopeOf: bind, writePlan }: Remembering,
): Promise<UnitScope> {
  const { plan, units } = followRun(migration);
  if (memory.scope?.plan.runId === plan.runId && memory.scope.unit.store === index) return memory.scope;
  const unit = units[index];
  if (unit === undefined) throw new RangeError(`the run ${plan.runId} has no unit of store ${index}`);
  await writePlan(plan, units);
  const scope = bind(unit, plan);
  memory.scope = scope;
  memory.known = new KnownDataKeys();
  memory.attempts = new Attempts(plan.sources, plan.destination);
  return scope;
}

/** As many records at a time as fit into memory. */
async function moveAll<Of extends RecordWritten>(
  written: readonly Of[],
  scope: UnitScope,
  { memory, open, ...ports }: Remembering,
): Promise<Done<Of>> {
  const opened: MovePorts = await open(scope);
  const { known = new KnownDataKeys() } = memory;
  const { attempts = new Attempts(scope.plan.sources, scope.plan.destination) } = memory;
  const moving: Moving = { ...opened, ...ports, scope, known, attempts };
  const failed: Of[] = [];
  let isLeft = false;
  for (let left = written; left.length > 0;) {
    const found = await opened.records.find(left.map(({ locator }) => locator));
    if (found.length === 0) throw new Error(`${left[0]?.locator} was looked for, and nothing was said of it`);
    const moved = await moveLate(found, moving);
    failed.push(...left.filter((_, at) => found[at] !== undefined && moved.again.has(found[at])));
    isLeft ||= moved.left;
    left = left.slice(found.length);
  }
  return failed.length === 0
    ? { followed: { kind: 'done' }, left: isLeft }
    : again(failed, 'some data keys have failed');
}
