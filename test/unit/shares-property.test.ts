import fc from 'fast-check';
import { offerFor } from '../../lambda/core/rate/fair-share.ts';
import type { Lease } from '../../lambda/core/rate/lease.ts';
import { INVOCATION_MS, World } from '../support/share-world.ts';

const ASKING = { runId: 'run-1', holder: 'w', cooling: { run: 0, all: 0 } };

describe('what is offered to a worker (property)', () => {
  const lease = (name: string): fc.Arbitrary<Lease> =>
    fc.record({
      runId: fc.constantFrom('run-1', 'run-2', 'run-3'),
      work: fc.constant(name),
      holder: fc.constant(name),
      runRate: fc.integer({ min: 1, max: 1_000 }),
      share: fc.double({ min: 0, max: 100, noNaN: true }),
      until: fc.constant(1),
    });

  const held = (share: number): Lease => ({
    ...{ runId: 'run-1', work: 'w', holder: 'w', runRate: 1, until: 1 },
    share,
  });

  it('is more than 0 as a fair part, is within the rate of its run, and adds up to the largest rate at most', () => {
    fc.assert(
      fc.property(
        fc.array(lease('w'), { maxLength: 30 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.boolean(),
        (others, runRate, whole) => {
          const offer = offerFor({ ...ASKING, runRate, share: 0, whole }, others);
          if (!whole) expect(offer.fair).toBeGreaterThan(0);
          else expect(offer.share).toBe(Math.floor(offer.share));
          expect(offer.part).toBeLessThanOrEqual(runRate);
          // What is short of a whole number by a millionth counts as that number: shares are sums of quotients.
          expect(offer.share).toBeLessThanOrEqual(Math.max(0, offer.room) + 1e-6);
        },
      ),
      { examples: [[[1.0004370665228635e-9, 99.99999999999974, 99.99999999999983].map(held), 201, true]] },
    );
  });
});

describe('what is offered to a worker whose run has got a lower rate', () => {
  const lease = (work: string, runRate: number, share: number): Lease => ({
    ...{ runId: 'run-1', work, holder: work, until: 1 },
    ...{ runRate, share },
  });

  it.each([
    ['has seen it', 56, 56 - 24 - 20],
    ['has not seen it yet, and will come down to what is fair', 72, 56 / 3],
  ])('is what fits beside the others, where the last of them %s', (_, rate, most) => {
    const others = [lease('a', 56, rate === 56 ? 24 : 10), lease('b', rate, rate === 56 ? 20 : 30)];
    expect(offerFor({ ...ASKING, runRate: 56, share: 24, whole: false }, others).share).toBeCloseTo(most, 9);
  });
});

/** An invocation in the model, with the share that it uses, and the rate of the run when it took that share. */
interface Actor {
  readonly runId: string;
  used: number;
  rate: number;
}

interface Life {
  readonly run: number;
  readonly pages: number;
  readonly end: 'gives back' | 'is killed' | 'is killed and tried again';
}

interface Play {
  readonly s: fc.Scheduler;
  readonly lives: readonly Life[];
  readonly rateOf: (runId: string) => number;
  /** Called with all invocations after each of their steps. */
  readonly look: (actors: readonly Actor[]) => void;
}

const RUNS = ['a', 'a', 'a', 'b'] as const;

/** Plays workers. Reads and writes of other workers may overtake any of theirs. */
async function play({ s, lives, rateOf, look }: Play): Promise<void> {
  const world = new World();
  const actors: Actor[] = [];
  const step = async (): Promise<void> => {
    await s.schedule(Promise.resolve());
    look(actors);
  };
  world.book.step = step;
  const invocation = async ({ run, pages, end }: Life, unit: number): Promise<void> => {
    const runId = RUNS[run % RUNS.length] ?? 'a';
    const actor: Actor = { runId, used: 0, rate: 0 };
    actors.push(actor);
    const endsAt = world.now + INVOCATION_MS;
    const shares = world.worker(`u${unit}`, { runId, workers: 3 });
    for (let page = 0; page < pages; page++) {
      const rate = rateOf(runId);
      // Between two pages a worker sends nothing.
      actor.used = 0;
      const share = await shares.take(rate);
      // Lambda ends an invocation at its time. Here all waits are on one clock, so that many of them come to that.
      if (world.now >= endsAt) return;
      if (share === undefined) continue;
      expect(share).toBeGreaterThan(0);
      Object.assign(actor, { used: share, rate });
      world.now += 200;
      await step();
    }
    actor.used = 0;
    if (end === 'gives back') await shares.giveBack();
  };
  // A killed invocation sends nothing more. The next invocation on its unit takes over what it has left.
  const live = async (life: Life, unit: number): Promise<void> => {
    await invocation(life, unit);
    if (life.end === 'is killed and tried again') await invocation({ ...life, end: 'gives back' }, unit);
  };
  await s.waitFor(Promise.all(lives.map(live)));
}

const LIVES = fc.array(
  fc.record({
    run: fc.nat({ max: 3 }),
    pages: fc.integer({ min: 1, max: 4 }),
    end: fc.constantFrom<Life['end'][]>('gives back', 'is killed', 'is killed and tried again'),
  }),
  { minLength: 2, maxLength: 6 },
);

function used(actors: readonly Actor[], runId?: string): number {
  const counted = actors.filter(actor => runId === undefined || actor.runId === runId);
  return counted.reduce((sum, actor) => sum + actor.used, 0);
}

describe('the shares of all workers (property)', () => {
  it('never come to more than the rate of their run, nor all runs to more than the largest of their rates', async () => {
    let looks = 0;
    const rates: Readonly<Record<string, number>> = { a: 100, b: 30 };
    const look = (actors: readonly Actor[]): void => {
      looks++;
      expect(used(actors, 'a')).toBeLessThanOrEqual(100 + 1e-6);
      expect(used(actors, 'b')).toBeLessThanOrEqual(30 + 1e-6);
      expect(used(actors)).toBeLessThanOrEqual(100 + 1e-6);
    };
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), LIVES, (s, lives) =>
        play({ s, lives, look, rateOf: runId => rates[runId] ?? 0 }),
      ),
      { numRuns: 100 },
    );
    expect(looks).toBeGreaterThan(1_000);
  });

  it('come to a lowered rate when each worker has begun a page since, whatever else happens meanwhile', async () => {
    let atTheLowest = 0;
    const changes = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), LIVES, changes, async (s, lives, rates) => {
        let asked = 0;
        // The rate goes down from time to time, counted in pages of all workers.
        const lowering = [...rates].sort((a, b) => b - a);
        const rateOf = (): number => lowering[Math.min(Math.floor(asked++ / 4), lowering.length - 1)] ?? 1;
        const look = (actors: readonly Actor[]): void => {
          const busy = actors.filter(actor => actor.used > 0);
          if (busy.length > 1 && busy.every(({ rate }) => rate === lowering.at(-1))) atTheLowest++;
          expect(used(busy)).toBeLessThanOrEqual(Math.max(0, ...busy.map(({ rate }) => rate)) + 1e-6);
        };
        await play({ s, lives: lives.map(life => ({ ...life, run: 0 })), look, rateOf });
      }),
      { numRuns: 100 },
    );
    expect(atTheLowest).toBeGreaterThan(20);
  });
});
