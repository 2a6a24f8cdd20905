import fc from 'fast-check';
import { Pace } from '../../lambda/core/reencrypt/pace.ts';
import type { WorkerShare } from '../../lambda/core/rate/worker-share.ts';
import { World } from '../support/share-world.ts';

interface Life {
  /** Pages of its unit, in milliseconds each. */
  readonly pages: readonly number[];
  readonly end: 'gives back' | 'hands over';
}

interface Busy {
  readonly work: string;
  readonly shares: WorkerShare;
  readonly pace: Pace;
  readonly pages: number[];
  readonly end: Life['end'];
  pageEndsAt: number;
}

/** Workers of one run, one unit after the other, each asking KMS as fast as it may. Returns when KMS was asked. */
async function asked(rate: number, workers: number, lives: readonly Life[]): Promise<number[]> {
  const world = new World();
  const times: number[] = [];
  const waiting = lives.map((life, unit) => ({ ...life, work: `u${unit}` }));
  const begin = ({ work, pages, end }: Life & { readonly work: string }): Busy => ({
    ...{ work, end, pages: [...pages], pace: new Pace(1), pageEndsAt: world.now },
    shares: world.worker(work, { workers }),
  });
  const busy = waiting.splice(0, workers).map(begin);
  const note = ({ work, pace }: Busy): void =>
    void world.recent.set(work, Math.max(0, pace.recent(world.now)));
  const finish = async (one: Busy): Promise<void> => {
    note(one);
    busy.splice(busy.indexOf(one), 1);
    if (one.end === 'hands over') {
      await one.shares.handOver();
      busy.push(begin({ work: one.work, pages: [500], end: 'gives back' }));
      return;
    }
    await one.shares.giveBack();
    const next = waiting.shift();
    if (next !== undefined) busy.push(begin(next));
  };
  const turnPage = async (one: Busy): Promise<void> => {
    const page = one.pages.shift();
    if (page === undefined) return finish(one);
    note(one);
    const share = await one.shares.take(rate);
    if (share !== undefined) one.pace.setShare(share);
    one.pageEndsAt = share === undefined ? world.now : world.now + page;
  };
  for (;;) {
    const next = busy
      .map(one => ({ one, at: Math.min(one.pageEndsAt, one.pace.next(world.now)) }))
      .sort((a, b) => a.at - b.at)[0];
    if (next === undefined) return times;
    const { one, at } = next;
    world.now = Math.max(world.now, at);
    if (world.now >= one.pageEndsAt) await turnPage(one);
    else {
      times.push(world.now);
      one.pace.sent(world.now);
      one.pace.answered(world.now, world.now);
    }
  }
}

function mostInASecond(times: readonly number[]): number {
  let from = 0;
  return times.reduce((most, at, index) => {
    while ((times[from] ?? 0) <= at - 1_000 + 1e-6) from++;
    return Math.max(most, index - from + 1);
  }, 0);
}

describe('the workers of a run', () => {
  it('ask KMS no more often than its rate in any second, while they begin, end, and hand over (property)', async () => {
    const life = fc.record({
      pages: fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 4 }),
      end: fc.constantFrom<Life['end'][]>('gives back', 'hands over'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(life, { minLength: 2, maxLength: 9 }),
        async (rate, workers, lives) => {
          expect(mostInASecond(await asked(rate, workers, lives))).toBeLessThanOrEqual(rate);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('use all of a rate that is no multiple of their number', async () => {
    const lives = Array.from({ length: 6 }, () => ({
      pages: Array.from({ length: 10 }, () => 5_000),
      end: 'gives back' as const,
    }));
    const times = await asked(100, 6, lives);
    const inside = times.filter(at => at >= 12_000 && at < 45_000);
    expect(inside.length / 33).toBeGreaterThan(0.97 * 100);
  });
});
