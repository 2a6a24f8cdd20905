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
  /** ISO 8601. */
  readonly since: string;
}

/** What is known of a holder besides its entry. */
export interface HolderLife {
  /** Of its execution; `unknown` where Step Functions does not know it any more. */
  readonly execution: 'running' | 'over' | 'unknown';
  /** Until when a worker of it may be writing, milliseconds since 1970; absent where none has begun. */
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
 * Whether a holder keeps others out. What a worker of a finished forward run still writes harms nobody: it is a
 * compare-and-swap from an older state. A late write of a rollback would undo what the next run has proven, so that
 * one keeps its places until its lease, which outlives every invocation, has run out.
 */
export function standingOf(holder: Holder, { execution, leaseUntil = 0 }: HolderLife, now: number): Standing {
  if (execution === 'running') return { kind: 'live' };
  const lateWritesHarm = execution === 'unknown' || holder.mode === 'rollback';
  return lateWritesHarm && leaseUntil > now ? { kind: 'winding-up', until: leaseUntil } : { kind: 'stale' };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
