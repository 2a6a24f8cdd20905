import type { FollowState } from '../../lambda/core/follow/ports.ts';
import { followStage } from '../../lambda/core/follow/quiet.ts';
import { endFollows } from '../../lambda/core/watch/end-follows.ts';
import type { JobFollow } from '../../lambda/core/model/job.ts';
import type { StoreCatalogs } from '../../lambda/core/stores/registry.ts';
import { FOREIGN_KEY, job, OLD_KEY, plan } from '../support/builders.ts';
import { FollowWorld, RESOURCE, STREAM } from '../support/follow-world.ts';
import { stores, table } from '../support/plan-ports.ts';

const DAY = 86_400_000;
const MIGRATED = Date.parse('2026-12-01T00:00:00.000Z');
const FOLLOW: JobFollow = { streams: [STREAM], untilQuietDays: 14 };
const migration = { runId: 'm', startedAt: new Date(MIGRATED).toISOString(), jobDigest: '' };

describe('a follower is not quiet', () => {
  it('before as many days are over since it last left a write as it was', () => {
    const state: FollowState = { since: MIGRATED, late: {}, leftAt: MIGRATED + 10 * DAY };
    const stage = (days: number) => followStage(FOLLOW, state, { migration, now: MIGRATED + days * DAY });
    expect([stage(14).kind, stage(24)]).toEqual([
      'follows',
      { kind: 'ends', quietSince: MIGRATED + 10 * DAY },
    ]);
  });

  describe('when it leaves a write as it was', () => {
    let world: FollowWorld;
    beforeEach(() => {
      world = new FollowWorld();
      world.put('1', OLD_KEY);
    });

    it.each<[string, (world: FollowWorld) => void]>([
      ['because the job is another one', w => w.plans.set('m', plan({ runId: 'm', jobDigest: 'another' }))],
      ['because the job was rolled back', w => void (w.rolledBackAt = '2026-12-01T00:00:00.000Z')],
      [
        'because another job holds the store',
        w =>
          w.locks.locks.set(RESOURCE, {
            version: 1,
            holders: [{ runId: 'r', job: 'next', mode: 'migrate', prefix: '', since: '' }],
          }),
      ],
      [
        'because the store is busy',
        w => void (w.records.beforeWrite = () => ({ kind: 'unavailable', reason: 'busy' })),
      ],
      [
        'because the record may not be written',
        w => void (w.records.beforeWrite = () => ({ kind: 'blocked', reason: 'a lock' })),
      ],
      ['because KMS has no room for it', w => void (w.share = undefined)],
    ])('%s, and notes it once in ten minutes', async (_, arranged) => {
      arranged(world);
      for (let times = 0; times < 2; times++) await world.hear('1').catch(() => undefined);
      expect([world.keyOf('1'), world.left]).toEqual([OLD_KEY, [world.now]]);
      world.now += 600_000;
      await world.hear('1').catch(() => undefined);
      expect(world.left).toHaveLength(2);
    });

    it('and is, when it has moved what was late, or when there is nothing to move', async () => {
      world.put('2', FOREIGN_KEY);
      await world.hear('1', '2', 'gone');
      expect(world.left).toEqual([]);
    });
  });

  describe('where nobody tells it of writes', () => {
    const look = async (follow: JobFollow, catalogs: StoreCatalogs) => {
      const left: number[] = [];
      const said = await endFollows(
        { jobs: [job({ follow })], now: MIGRATED + 20 * DAY },
        {
          latestRuns: {
            latest: () =>
              Promise.resolve({ runId: 'm', workDigest: '', finished: true, lastFinished: migration }),
          },
          catalogs,
          follows: {
            deployed: () => Promise.resolve({ follow, since: MIGRATED, late: {} }),
            end: () => Promise.resolve(),
            withdraw: () => Promise.resolve(),
            left: (_, at) => Promise.resolve(void left.push(at)),
            all: async function* () {},
          },
        },
      );
      return { left, ended: said.ended.map(({ job: name }) => name), unheard: said.unheard };
    };
    const withTable = (changes: Parameters<typeof table>[0]): StoreCatalogs =>
      stores({ describeTable: () => Promise.resolve({ kind: 'found', description: table(changes) }) });

    it('because its table has another stream, or none', async () => {
      expect(await look(FOLLOW, withTable({ streamArn: STREAM }))).toMatchObject({
        ended: ['orders'],
        left: [],
      });
      const renewed = STREAM.replace('2026-01', '2026-02');
      for (const changes of [{ streamArn: renewed }, {}])
        expect(await look(FOLLOW, withTable(changes))).toEqual({
          ended: [],
          left: [MIGRATED + 20 * DAY],
          unheard: [{ job: 'orders', words: expect.stringContaining(STREAM) as string }],
        });
    });

    it('because its bucket sends no events, or nobody can see whether it does', async () => {
      const follow = { buckets: ['documents'], untilQuietDays: 14 };
      expect(await look(follow, stores())).toMatchObject({ ended: ['orders'], unheard: [] });
      for (const seen of [
        { kind: 'seen', value: false },
        { kind: 'unseen', words: 'AccessDenied: no' },
      ] as const)
        expect(await look(follow, stores({ tellsEventBridge: () => Promise.resolve(seen) }))).toMatchObject({
          ended: [],
          left: [MIGRATED + 20 * DAY],
        });
    });
  });
});
