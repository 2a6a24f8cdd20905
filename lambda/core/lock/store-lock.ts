import type { RunMode } from '../model/run.ts';
import type { StoresOfRun } from '../model/run-plan.ts';
import { storePlaceText } from '../model/store-place.ts';
import { writtenPlace } from '../stores/places.ts';

/** What a run holds: a table, or the keys of a bucket that start with a prefix. */
export interface LockedPlace {
  /** The table or bucket with its Region: one lock each. */
  readonly resource: string;
  /** Of a bucket; empty for tables. */
  readonly prefix: string;
}

/** A run that holds a place. */
export interface Holder {
  readonly runId: string;
  readonly job: string;
  readonly mode: RunMode;
  readonly prefix: string;
  /** To which its workers move data keys; absent in entries of earlier versions. */
  readonly destinationKeyArn?: string;
  /** ISO 8601. */
  readonly since: string;
}

/** Who wants the place of a holder. */
export interface Taker {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The keys that it moves data keys from, to another one. */
  readonly sourceKeyArns: readonly string[];
}

/** An invocation of a follower that may be writing to a place. */
export interface Follower {
  /** Of the invocation. */
  readonly id: string;
  readonly job: string;
  /** It writes nothing after this time, milliseconds since 1970. */
  readonly until: number;
}

/** What is known of a holder besides its entry. */
export interface HolderLife {
  /** The state of its execution; `unknown` if Step Functions no longer knows it. */
  readonly execution: 'running' | 'over' | 'unknown';
  /** Until when one of its workers may be writing, milliseconds since 1970; absent if none has begun. */
  readonly leaseUntil?: number;
}

export type Standing =
  | { readonly kind: 'live' }
  /** Its run is over, but a worker of it may still be at its last page. */
  | { readonly kind: 'winding-up'; readonly until: number }
  | { readonly kind: 'stale' };

/** The places that a run writes to, in an order that is the same for all runs. */
export function lockedPlaces({
  stores,
  storeRegion,
}: Pick<StoresOfRun, 'stores' | 'storeRegion'>): readonly LockedPlace[] {
  return stores
    .map(store => {
      const { prefix = '', ...resource } = writtenPlace(store, storeRegion);
      return { resource: storePlaceText(resource), prefix };
    })
    .sort((a, b) => compare(a.resource, b.resource) || compare(a.prefix, b.prefix));
}

export function placeText({ resource, prefix }: LockedPlace): string {
  return prefix === '' ? resource : `${resource}/${prefix}`;
}

/** Two prefixes share keys where one of them starts with the other. */
export function overlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

/**
 * Whether a holder keeps others out. A late write of a migration does no harm to a run from the same keys: it is a
 * compare-and-swap from an older state, which that run would have moved or named. To a run that moves data keys on from where
 * the migration brings them, it is one that it has passed; and a late write of a rollback would undo what the next run has
 * proven. Both keep their places until their lease has expired, which outlives every invocation.
 */
export function standingOf(
  { mode, destinationKeyArn }: Holder,
  { execution, leaseUntil = 0 }: HolderLife,
  { now, sourceKeyArns }: Taker,
): Standing {
  if (execution === 'running') return { kind: 'live' };
  const bringsMore =
    mode === 'migrate' && destinationKeyArn !== undefined && sourceKeyArns.includes(destinationKeyArn);
  const lateWritesHarm = execution === 'unknown' || mode === 'rollback' || bringsMore;
  return lateWritesHarm && leaseUntil > now ? { kind: 'winding-up', until: leaseUntil } : { kind: 'stale' };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
