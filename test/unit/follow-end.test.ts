import type { FollowState } from '../../lambda/core/follow/ports.ts';
import { followStage } from '../../lambda/core/follow/quiet.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { endFollows } from '../../lambda/core/watch/end-follows.ts';
import { followers } from '../../cli/deployment/followers.ts';
import { followerText } from '../../cli/render/followers.ts';
import { job, OLD_KEY } from '../support/builders.ts';
import { stores, table } from '../support/plan-ports.ts';
import { STREAM } from '../support/follow-world.ts';

const DAY = 86_400_000;
const MIGRATED = Date.parse('2026-12-01T00:00:00.000Z');
const FOLLOW = { streams: [STREAM], untilQuietDays: 14 };
const migration = { runId: 'm', startedAt: new Date(MIGRATED).toISOString(), jobDigest: '' };
const catalogs = stores({
  describeTable: () => Promise.resolve({ kind: 'found', description: table({ streamArn: STREAM }) }),
});
const latestRuns = {
  latest: () => Promise.resolve({ runId: 'm', workDigest: '', finished: true, lastFinished: migration }),
};

/** What a ledger keeps of followers, in memory. */
class Book {
  readonly items = new Map<string, FollowState>();

  constructor(items: Readonly<Record<string, FollowState>> = {}) {
    for (const [name, state] of Object.entries(items)) this.items.set(name, state);
  }

  deployed(name: string, follow: typeof FOLLOW, now: number): Promise<FollowState> {
    const { withdrawnAt: _withdrawn, ...known } = this.items.get(name) ?? { late: {} };
    this.items.set(name, { since: now, ...known, follow });
    return Promise.resolve(this.items.get(name)!);
  }

  left(name: string, leftAt: number): Promise<void> {
    return Promise.resolve(void this.items.set(name, { ...this.items.get(name)!, leftAt }));
  }

  end(name: string, endedAt: number): Promise<void> {
    return Promise.resolve(void this.items.set(name, { ...this.items.get(name)!, endedAt }));
  }

  withdraw(name: string, withdrawnAt: number): Promise<void> {
    return Promise.resolve(void this.items.set(name, { ...this.items.get(name)!, withdrawnAt }));
  }

  async *all() {
    for (const [name, state] of await Promise.resolve([...this.items])) yield { job: name, state };
  }
}

describe('a follower ends', () => {
  const stage = (state: Partial<FollowState>, days: number, of = migration) =>
    followStage(
      FOLLOW,
      { since: MIGRATED - DAY, late: {}, ...state },
      { migration: of, now: MIGRATED + days * DAY },
    );

  it('when no data key was late for as many days as the job says, since the migration', () => {
    expect(stage({}, 13.9)).toEqual({ kind: 'follows', quietSince: MIGRATED, endsAt: MIGRATED + 14 * DAY });
    expect(stage({}, 14)).toEqual({ kind: 'ends', quietSince: MIGRATED });
  });

  it('later, if a data key was late, or if it is deployed as it is since later', () => {
    expect(stage({ lateAt: MIGRATED + 5 * DAY }, 18.9).kind).toBe('follows');
    expect(stage({ lateAt: MIGRATED + 5 * DAY }, 19).kind).toBe('ends');
    expect(stage({ since: MIGRATED + 3 * DAY }, 16.9).kind).toBe('follows');
  });

  it('not before a migration has come to its end', () => {
    expect(
      followStage(FOLLOW, { since: 0, late: {} }, { migration: undefined, now: MIGRATED + 400 * DAY }).kind,
    ).toBe('waits');
  });

  it('until the next migration, or until it is deployed anew', () => {
    const endedAt = MIGRATED + 20 * DAY;
    expect(stage({ endedAt }, 30)).toEqual({ kind: 'ended', endedAt });
    const later = { ...migration, startedAt: new Date(endedAt + DAY).toISOString() };
    expect(stage({ endedAt }, 30, later).kind).toBe('follows');
    expect(stage({ endedAt, since: endedAt + DAY }, 30).kind).toBe('follows');
  });
});

describe('the daily look at followers', () => {
  const following = job({ follow: FOLLOW });
  const look = (book: Book, days: number, jobs: readonly Job[] = [following]) =>
    endFollows({ jobs, now: MIGRATED + days * DAY }, { latestRuns, follows: book, catalogs }).then(
      ({ ended }) => ended,
    );

  it('notes since when one is there, ends it once, and tells what it has seen', async () => {
    const book = new Book();
    expect(await look(book, 1)).toEqual([]);
    expect(book.items.get('orders')).toMatchObject({ since: MIGRATED + DAY, follow: FOLLOW });
    book.items.set('orders', { ...book.items.get('orders')!, late: { [OLD_KEY]: 3 } });
    expect(await look(book, 15)).toEqual([
      { job: 'orders', runId: 'm', quietSince: MIGRATED + DAY, late: { [OLD_KEY]: 3 } },
    ]);
    expect(await look(book, 16)).toEqual([]);
  });

  it('notes, once, that a job follows nothing any more', async () => {
    const book = new Book();
    await look(book, 1);
    await look(book, 2, [job()]);
    await look(book, 3, [job()]);
    expect(book.items.get('orders')?.withdrawnAt).toBe(MIGRATED + 2 * DAY);
    await look(book, 4);
    expect(book.items.get('orders')).not.toHaveProperty('withdrawnAt');
  });
});

describe('followers, as rewrap status shows them', () => {
  const shown = async (state: FollowState, days: number, ended = false) => {
    const book = new Book({ orders: ended ? { ...state, withdrawnAt: 1 } : state });
    return (await followers({ book, latestRuns, now: MIGRATED + days * DAY })).map(followerText);
  };
  const state: FollowState = { follow: FOLLOW, since: MIGRATED, late: {} };

  it('are named with table, job, beginning, what was late, and end', async () => {
    const late = { ...state, lateAt: MIGRATED + DAY, late: { [OLD_KEY]: 1_200, other: 34 } };
    expect(await shown(late, 2)).toEqual([
      'Orders followed for orders since 2026-12-01 00:00 UTC, ends at 2026-12-16 00:00 UTC if none is late until then\n' +
        '  late data keys: 1,234, the last one at 2026-12-02 00:00 UTC',
    ]);
  });

  it('are named with the time at which they last left a write as it was', async () => {
    expect((await shown({ ...state, leftAt: MIGRATED + 5 * DAY }, 14)).join()).toMatch(
      /ends at 2026-12-20 00:00 UTC if .*\n {2}late data keys: 0; writes were last left as they were at 2026-12-06 00:00 UTC$/,
    );
  });

  it('are named as ended, and as ending', async () => {
    expect((await shown(state, 14)).join()).toContain('ends within a day');
    const text = (await shown({ ...state, endedAt: MIGRATED + 14 * DAY }, 20)).join();
    expect(text).toContain('ended at 2026-12-15 00:00 UTC, until the next migration\n  late data keys: 0');
  });

  it('are not named where the job follows nothing any more', async () => {
    expect(await shown(state, 2, true)).toEqual([]);
  });

  it('are the same in JSON, with times of ISO 8601', async () => {
    const book = new Book({ orders: { ...state, lookedAt: MIGRATED } });
    expect(await followers({ book, latestRuns, now: MIGRATED })).toEqual([
      {
        ...{ job: 'orders', tables: ['Orders'], buckets: [], stage: 'follows', late: {} },
        ...{ since: '2026-12-01T00:00:00.000Z', lookedAt: '2026-12-01T00:00:00.000Z' },
        endsAt: '2026-12-15T00:00:00.000Z',
      },
    ]);
  });
});
