import { passingTroublesOf, type PassingTroubles } from './passing-weather.ts';
import type { Random } from './random.ts';
import type { Layout } from './records.ts';

/**
 * The point in the work on a page (docs/architecture.md, A run) at which a worker is killed: before a request leaves, or
 * after it took effect.
 */
const KILL_POINTS = [
  '1 reading',
  '2 before asking KMS',
  '3 asked KMS',
  '4 before the journal',
  '5 journalled',
  '6 before a write',
  '6 written',
  '7 before the outcomes',
  '7 outcomes journalled',
  '7 before the checkpoint',
  '7 checkpoint stored',
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** What operators and others do to a run while it runs. */
const EVENTS = ['stop', 'pause', 'abort', 'disable-old-key', 'disable-new-key'] as const;
export type RunEvent = (typeof EVENTS)[number];

/** Everything decided about a schedule in advance. The same seed gives the same schedule with the same result. */
export interface Schedule {
  readonly seed: number;
  readonly layout: Omit<Layout, keyof Schedule['forms']>;
  readonly items: number;
  readonly objects: number;
  readonly flawed: number;
  readonly pageSize: number;
  readonly workers: number;
  readonly kmsRequestsPerSecond: number;
  readonly workerTimeoutSeconds: number;
  /** Probability that a call of the product meets a fault. */
  readonly faultRate: number;
  /** Kinds of trouble, so that some schedules have only throttling and others only lost answers. */
  readonly troubles: readonly Trouble[];
  readonly kills: readonly { readonly point: KillPoint; readonly nth: number }[];
  /** Probability that a unit is delivered twice. */
  readonly duplicates: number;
  /** Probability that a worker stalls before a write; the longest stall is `stallMs`. */
  readonly stalls: number;
  readonly stallMs: number;
  /** How far a worker's clock may be off, in milliseconds. */
  readonly clockSkewMs: number;
  readonly writers: number;
  /** The longest pause between two actions of one writer, in milliseconds. */
  readonly writerPauseMs: number;
  readonly events: readonly { readonly atMs: number; readonly event: RunEvent }[];
  /** Rolling back meets the same weather. */
  readonly roughRollback: boolean;
  /** The job asks for fingerprints. */
  readonly fingerprints: boolean;
  /** The last run in bad weather is rolled back before the one that must finish the work. */
  readonly rollsBackEarly: boolean;
  readonly passing: PassingTroubles;
  /** Where data keys lie, other than in attributes and metadata alone. */
  readonly forms: Pick<Layout, 'document' | 'objects'>;
  /** Writes of items that are ready at the same time go in one request. */
  readonly batches: boolean;
  /** What KMS says about a ciphertext of another key: AWS documents no order for its checks. */
  readonly kmsChecksFirst: 'key' | 'context' | 'neither';
}

/** Data keys in attributes and in metadata. */
export const PLAIN_FORMS: Schedule['forms'] = { document: false, objects: 'metadata' };

export function layoutOf({ layout, forms }: Schedule): Layout {
  return { ...layout, ...forms };
}

const TROUBLES = ['throttling', 'server-errors', 'lost-answers', 'silence', 'conflicts'] as const;
export type Trouble = (typeof TROUBLES)[number];

export function scheduleOf(seed: number, random: Random): Schedule {
  const calm = random.chance(0.1);
  const some = <T>(options: readonly T[], most: number): readonly T[] =>
    Array.from({ length: random.between(0, most) }, () => random.pick(options));
  return {
    seed,
    layout: {
      encoding: random.pick(['binary', 'base64'] as const),
      nested: random.chance(0.5),
      versionedBucket: random.chance(0.5),
    },
    items: random.between(6, 20),
    objects: random.between(3, 8),
    flawed: random.between(0, 4),
    pageSize: random.between(2, 7),
    workers: random.between(1, 4),
    kmsRequestsPerSecond: random.pick([4, 20, 100]),
    workerTimeoutSeconds: random.pick([30, 60]),
    faultRate: calm ? 0 : random.pick([0.01, 0.04, 0.1]),
    troubles: calm ? [] : [random.pick(TROUBLES), ...some(TROUBLES, 3)],
    kills: some(KILL_POINTS, 6).map(point => ({ point, nth: random.between(1, 4) })),
    duplicates: random.pick([0, 0, 0.3]),
    stalls: random.pick([0, 0, 0.1]),
    stallMs: random.pick([2_000, 25_000]),
    clockSkewMs: random.pick([0, 0, 10_000]),
    writers: random.between(0, 4),
    writerPauseMs: random.pick([200, 1_000, 4_000]),
    events: some(EVENTS, 2).map(event => ({ event, atMs: random.between(100, 8_000) })),
    roughRollback: random.chance(0.5),
    fingerprints: random.chance(0.5),
    rollsBackEarly: random.chance(0.3),
    passing: passingTroublesOf(random),
    kmsChecksFirst: random.pick(['key', 'key', 'context', 'neither'] as const),
    // By the seed, so that it means in all else what it has always meant.
    batches: seed % 2 === 0,
    // Last, for the same reason.
    forms: {
      document: random.chance(0.3),
      objects: random.pick(['metadata', 'metadata', 'body', 'sops'] as const),
    },
  };
}
