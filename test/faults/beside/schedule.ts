import type { Random } from '../random.ts';
import { scheduleOf, type Schedule } from '../schedule.ts';

/** What happens while followers are at work: a run in a mode, or the rollback of what was last moved. */
const ACTS = [
  'migrate',
  'migrate',
  'verify',
  'census',
  'roll back a migration',
  'roll back a follower',
] as const;
export type Act = (typeof ACTS)[number];

/** Everything decided about a schedule of followers in advance, beside what is decided about any. */
export interface BesideSchedule extends Schedule {
  /** Of the stream of the table. Each hands over one batch at a time. */
  readonly shards: number;
  readonly queue: {
    /** Probability that a message is delivered once more, whatever has become of it. */
    readonly duplicates: number;
    /** The longest that S3 and EventBridge take to tell, so that messages come late and out of order. */
    readonly delayMs: number;
    /** How long a message is not seen that was received. Where it is shorter than an invocation takes, two have it at a time. */
    readonly visibilityMs: number;
    /** AWS does not say whether keys of objects are encoded. */
    readonly encodesKeys: boolean;
  };
  /** A migration has come to its end before the weather turns, so that followers act from the beginning. */
  readonly begun: boolean;
  /** In bad weather, one after the other. */
  readonly acts: readonly Act[];
  /** The last of these is a migration that somebody stops without telling anybody (StopExecution): nobody takes its lock over. */
  readonly abandonedAtMs: number | undefined;
  /** The calls of all followers, counted, at which one is killed; each before the request leaves, or after it has had its effect. */
  readonly followerKills: readonly { readonly call: number; readonly when: 'leaving' | 'handled' }[];
  /** The run beside which late writers write in still water. */
  readonly lateBeside: 'verify' | 'census';
}

const MOST_CALLS = 250;

/** The same seed is another schedule than that of `scheduleOf`, whose runs have no follower beside them. */
export function besideScheduleOf(seed: number, random: Random): BesideSchedule {
  const base = scheduleOf(seed, random.fork());
  const kills = Array.from({ length: random.between(0, 6) }, () => ({
    call: random.between(1, MOST_CALLS),
    when: random.pick(['leaving', 'handled'] as const),
  }));
  const abandonedAtMs = random.chance(0.3) ? random.between(500, 5_000) : undefined;
  return {
    ...base,
    // Fewer records than elsewhere: what there is to see happens between parties.
    items: random.between(4, 10),
    objects: random.between(3, 6),
    flawed: random.between(0, 2),
    writers: random.between(1, 3),
    events: base.events.filter(({ event }) => event !== 'pause'),
    shards: random.between(1, 2),
    queue: {
      duplicates: random.pick([0, 0.2]),
      delayMs: random.pick([100, 5_000, 60_000]),
      visibilityMs: random.pick([10_000, 720_000]),
      encodesKeys: random.chance(0.5),
    },
    begun: random.chance(0.7),
    acts: ['migrate', random.pick(ACTS), abandonedAtMs === undefined ? random.pick(ACTS) : 'migrate'],
    abandonedAtMs,
    followerKills: kills,
    lateBeside: random.pick(['verify', 'census'] as const),
  };
}
