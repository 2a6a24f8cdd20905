import type { BoundFormat } from '../model/format.ts';
import type { Limits } from '../model/job.ts';
import type { ScanRange } from '../model/run.ts';
import type { StoreCatalog } from './ports.ts';

export interface Inspected {
  readonly ranges: readonly ScanRange[];
  readonly records: number;
  readonly bytes: number;
  readonly warnings: readonly string[];
}

/** What is wrong with a store, at which of its fields. */
export interface Wrong {
  readonly field?: string;
  readonly words: string;
}

export interface Inspection {
  readonly limits: Limits;
  readonly catalog: StoreCatalog;
  /** The store's Region. */
  readonly region: string;
  /** The run visits the first records only: one range is enough. */
  readonly sample: boolean;
  readonly format: Pick<BoundFormat, 'declared'>;
}

/** The same words for a table and a bucket that cannot be looked at. */
export function missing(
  what: string,
  region: string,
  lookup: { readonly kind: 'not-found' } | { readonly kind: 'denied'; readonly message: string },
): string {
  return lookup.kind === 'not-found'
    ? `there is no such ${what} in this account and ${region}; create it, or correct the name`
    : `this role may not look at the ${what} (${lookup.message}); deploy the job, so that the role is granted it`;
}

/** What every job that leaves its source as it is must know. */
export const COPY_TO_WARNING =
  'this is no replication: records without a data key that can be moved are not copied, nor are later changes of the source';

export const COPY_WARNING =
  'the source records keep their data keys: keep the source keys until nobody reads those records any more';
