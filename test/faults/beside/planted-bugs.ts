import type { FollowPorts, MovePorts } from '../../../lambda/core/follow/ports.ts';
import type { StoreRecord } from '../../../lambda/core/model/record.ts';
import type { RecordStore } from '../../../lambda/core/ports.ts';
import { believed, blindly, unlabelled, withAnswers } from '../planted-ports.ts';
import { PLAIN_FORMS } from '../schedule.ts';
import type { PlantedBug } from '../service.ts';
import type { Invariant } from '../violations.ts';
import type { BesideSchedule } from './schedule.ts';

/** A mistake that a follower could have, or a run beside it, and its invariants: the suite must then find one of them broken. */
interface PlantedBeside {
  readonly name: string;
  readonly breaks: readonly Invariant[];
  readonly bug: PlantedBug;
  /** What makes the mistake likely to show. */
  readonly given: Partial<BesideSchedule>;
}

const CALM = {
  faultRate: 0,
  kills: [],
  events: [],
  writers: 0,
  duplicates: 0,
  stalls: 0,
  clockSkewMs: 0,
  flawed: 0,
  followerKills: [],
  abandonedAtMs: undefined,
  begun: true,
  roughRollback: false,
  forms: PLAIN_FORMS,
  acts: ['verify'],
  batches: false,
  shards: 1,
  kmsRequestsPerSecond: 100,
  passing: { unrecognised: 0, unrecognisedFrom: undefined, denied: 0, deniedTenant: undefined },
  queue: { duplicates: 0, delayMs: 100, visibilityMs: 720_000, encodesKeys: false },
} as const satisfies Partial<BesideSchedule>;
/** They write for as long as runs are at work, and workers and followers stall before each second write. */
const MANY_WRITERS = {
  ...CALM,
  acts: ['verify', 'census', 'verify'],
  items: 4,
  objects: 3,
  writers: 3,
  writerPauseMs: 200,
  stalls: 0.5,
  stallMs: 2_000,
} as const satisfies Partial<BesideSchedule>;

/** Ports of a follower with some of the ports by which it moves data keys replaced. */
function whereItMoves(
  ports: FollowPorts,
  changed: (opened: MovePorts, rate: number) => Partial<MovePorts>,
): FollowPorts {
  return {
    ...ports,
    open: async scope => {
      const opened = await ports.open(scope);
      return { ...opened, ...changed(opened, scope.plan.limits.kmsRequestsPerSecond) };
    },
  };
}

function withRecords({ records }: MovePorts, changed: Partial<RecordStore>): Pick<MovePorts, 'records'> {
  return {
    records: {
      readPage: (range, options) => records.readPage(range, options),
      find: locators => records.find(locators),
      reread: record => records.reread(record),
      takes: (record, change) => records.takes(record, change),
      write: (record, change) => records.write(record, change),
      ...changed,
    },
  };
}

function blind(kind: StoreRecord['kind']): PlantedBug {
  return {
    follow: ports =>
      whereItMoves(ports, opened =>
        withRecords(opened, {
          write: (record, change) =>
            record.kind === kind ? blindly(opened, record, change) : opened.records.write(record, change),
        }),
      ),
  };
}

export const PLANTED_BESIDE: readonly PlantedBeside[] = [
  {
    name: 'follower: writes an item without looking whether the data key is still the one it read',
    breaks: [2, 4],
    given: MANY_WRITERS,
    bug: blind('item'),
  },
  {
    name: 'follower: copies an object without looking whether it is still the one it read',
    breaks: [2, 4],
    given: MANY_WRITERS,
    bug: blind('object'),
  },
  {
    name: 'follower: journals nothing',
    breaks: [3],
    given: CALM,
    bug: {
      follow: ports =>
        whereItMoves(ports, ({ journal }) => ({
          journal: {
            writeIntents: () => Promise.resolve(),
            writeOutcomes: (page, outcomes) => journal.writeOutcomes(page, outcomes),
            writeUnproven: (page, unproven) => journal.writeUnproven(page, unproven),
          },
        })),
    },
  },
  {
    name: 'follower: has its messages deleted before it has written',
    breaks: [4],
    given: CALM,
    bug: { answersEarly: true },
  },
  {
    name: 'follower: goes on behind a rollback',
    breaks: ['rollback'],
    given: CALM,
    bug: {
      follow: ports => ({
        ...ports,
        control: () => Promise.resolve({}),
        latestRuns: {
          latest: (job, mode) =>
            mode === 'rollback' ? Promise.resolve(undefined) : ports.latestRuns.latest(job, mode),
        },
      }),
    },
  },
  {
    name: 'follower: does not enter the lock of the store, so that no rollback waits for it',
    breaks: ['rollback'],
    given: {
      ...MANY_WRITERS,
      acts: ['verify', 'roll back a migration'],
      stalls: 0.9,
      stallMs: 25_000,
      items: 24,
      objects: 8,
      writerPauseMs: 50,
    },
    bug: {
      follow: ports => ({
        ...ports,
        locks: {
          read: resource => ports.locks.read(resource),
          replaceFollowers: () => Promise.resolve(true),
        },
      }),
    },
  },
  {
    name: 'follower: counts what it is told a second time',
    breaks: [5],
    given: CALM,
    bug: { follow: ports => whereItMoves(ports, opened => countingAll(opened, ports)) },
  },
  {
    name: 'follower: takes the whole rate beside a run',
    breaks: [7],
    given: { ...CALM, kmsRequestsPerSecond: 4, items: 10, objects: 6, lateBeside: 'census' },
    bug: { follow: ports => whereItMoves(ports, (_, rate) => ({ share: () => Promise.resolve(rate) })) },
  },
  {
    name: 'follower: takes a key that S3 has encoded for the key of another object',
    breaks: [4],
    given: { ...CALM, queue: { ...CALM.queue, encodesKeys: true } },
    bug: {
      follow: ports =>
        whereItMoves(ports, opened =>
          withRecords(opened, {
            find: async locators => {
              const found = await opened.records.find(locators);
              return found.map((record, at) => (isAscii(locators[at] ?? '') ? record : undefined));
            },
          }),
        ),
    },
  },
  {
    name: 'follower: waits for a run that is over',
    breaks: [4],
    given: { ...CALM, acts: ['migrate'], abandonedAtMs: 1_500, items: 10, kmsRequestsPerSecond: 4 },
    bug: {
      follow: ports => ({
        ...ports,
        control: async runId => ({ ...(await ports.control(runId)), leaseUntil: Number.POSITIVE_INFINITY }),
      }),
    },
  },
  {
    name: 'beside followers: a verify pass is told what it wants to hear',
    breaks: [10],
    given: { ...CALM, begun: false },
    bug: {
      ports: (ports, { phase, plan }) =>
        phase === 'verify'
          ? withAnswers(unlabelled(ports), (answer, { ciphertext }) =>
              believed(answer, ciphertext, plan.destination.keyArn),
            )
          : ports,
    },
  },
];

/** Whatever it finds, it has counted. */
function countingAll(opened: MovePorts, { book, clock, plan }: FollowPorts): Pick<MovePorts, 'records'> {
  return withRecords(opened, {
    find: async locators => {
      const found = await opened.records.find(locators);
      const migration = await plan('orders-migrate-001');
      const [source] = migration?.sources ?? [];
      const there = found.filter(record => record !== undefined).length;
      if (source !== undefined && there > 0)
        await book.saw('orders', new Map([[source.keyArn, there]]), clock.now());
      return found;
    },
  });
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
