import type { Limits, Store } from './job.ts';

export const RUN_MODES = ['census', 'migrate', 'verify'] as const;
export type RunMode = (typeof RUN_MODES)[number];

/** The passes that visit records. A census is the migrate pass without its writes. */
export type Phase = 'migrate' | 'verify';

/** A part of a store that one child execution works through. */
export type ScanRange =
  | { readonly type: 'segment'; readonly segment: number; readonly totalSegments: number }
  | {
      readonly type: 'key-range';
      /** Exclusive lower bound, in UTF-8 byte order. */
      readonly startAfter?: string;
      /** Inclusive upper bound, in UTF-8 byte order. */
      readonly endAt?: string;
    };

/** One line of `units.jsonl`: all that a child execution is told. */
export interface Unit {
  readonly runId: string;
  readonly unitId: string;
  /** Index into the plan's stores. */
  readonly store: number;
  readonly range: ScanRange;
}

/** A run with everything resolved, as Plan leaves it in the run bucket. */
export interface RunPlan {
  readonly runId: string;
  readonly job: string;
  readonly mode: RunMode;
  readonly startedAt: string;
  readonly sourceKeyArns: readonly string[];
  readonly destinationKeyArn: string;
  readonly stores: readonly Store[];
  readonly limits: Limits;
  readonly verify: boolean;
  readonly units: number;
  /** By index of the store. */
  readonly unitsPerStore: readonly number[];
  /** Workers that can be busy at one time: never more than units. */
  readonly workers: number;
  /** Records a worker reads, journals and writes at a time. */
  readonly pageSize: number;
  readonly estimate: Estimate;
  readonly warnings: readonly string[];
}

export interface Estimate {
  /** Counts that the stores themselves report; DynamoDB's are up to six hours old. */
  readonly dataKeys: number;
  readonly kmsRequests: number;
  /** At the run's KMS rate. */
  readonly seconds: number;
  readonly usd: {
    readonly kms: number;
    readonly reads: number;
    readonly writes: number;
    readonly total: number;
  };
}
