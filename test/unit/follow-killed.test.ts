import type { FollowPorts } from '../../lambda/core/follow/ports.ts';
import { FOREIGN_KEY, NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { FollowWorld } from '../support/follow-world.ts';

type When = 'before' | 'after';
type Called = (...args: unknown[]) => unknown;

class Killed extends Error {}

/** A sandbox that dies at its nth call to anything outside, before or after that call has had its effect. */
class Sandbox {
  calls = 0;
  readonly #dies: { readonly at: number; readonly when: When };

  constructor(dies: { readonly at: number; readonly when: When }) {
    this.#dies = dies;
  }

  around(ports: FollowPorts): FollowPorts {
    const { locks, latestRuns, history, book, plan, control, writePlan, open } = ports;
    return {
      ...ports,
      ...this.#each({ plan, control, writePlan }),
      ...{ locks: this.#each(locks), latestRuns: this.#each(latestRuns), book: this.#each(book) },
      history: { ...this.#each(history), proofsOf: place => history.proofsOf(place) },
      open: async scope => {
        const { records, keys, journal, share } = await open(scope);
        return {
          ...{ records: this.#each(records), keys: this.#each(keys), journal: this.#each(journal) },
          ...this.#each({ share }),
        };
      },
    };
  }

  /** What answers at once, and not some time later, is part of the sandbox. */
  #each<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const held = Reflect.get(target, name, target) as unknown;
        if (typeof held !== 'function' || name === 'pace' || name === 'takes') return held;
        return (...args: readonly unknown[]) => this.#call(() => Reflect.apply(held as Called, target, args));
      },
      ownKeys: target => Reflect.ownKeys(target),
    });
  }

  async #call(effect: () => unknown): Promise<unknown> {
    const { at, when } = this.#dies;
    this.calls++;
    if (this.calls > at || (this.calls === at && when === 'before')) throw new Killed();
    const answer = await effect();
    if (this.calls >= at) throw new Killed();
    return answer;
  }
}

/** Two late data keys, one that is in time, and one that is somebody else's. */
function world(): FollowWorld {
  const made = new FollowWorld();
  for (const id of ['1', '2']) made.put(id, OLD_KEY);
  made.put('3', NEW_KEY);
  made.put('4', FOREIGN_KEY);
  return made;
}

const hear = (of: FollowWorld) => of.hear('1', '2', '3', '4');

/** What must hold whenever a write happens. */
function violations(of: FollowWorld): readonly string[] {
  const found: string[] = [];
  of.records.beforeWrite = ({ locator }) => {
    if (!of.journal.intents.some(intent => intent.locator === locator)) found.push(`${locator}: no intent`);
    if (of.late.length === 0) found.push(`${locator}: not counted`);
    return undefined;
  };
  return found;
}

/** Kills a follower once, lets the stream tell another sandbox of the same writes, and tells how many calls the first one made. */
async function killedOnce(at: number, when: When): Promise<number> {
  const of = world();
  const found = violations(of);
  const sandbox = new Sandbox({ at, when });
  of.through = ports => sandbox.around(ports);
  await hear(of).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  of.through = ports => ports;
  of.forget();
  expect([at, await hear(of), found]).toEqual([at, { kind: 'done' }, []]);
  expect([at, ...['1', '2', '3', '4'].map(id => of.keyOf(id))]).toEqual([
    ...[at, NEW_KEY, NEW_KEY, NEW_KEY],
    FOREIGN_KEY,
  ]);
  // Nothing was written twice, and what was counted is no less than what was moved.
  expect([at, of.records.writes.length]).toEqual([at, 2]);
  const counted = of.late.reduce((sum, one) => sum + Number(one.split(' ')[1]), 0);
  expect(counted).toBeGreaterThanOrEqual(2);
  return sandbox.calls;
}

describe('a follower that is killed', () => {
  it.each<When>(['before', 'after'])(
    'at any of its calls, %s it has its effect, leaves what the next one finishes: journalled, counted, written once',
    async when => {
      const all = await killedOnce(Infinity, when);
      expect(all).toBeGreaterThan(15);
      for (let at = 1; at <= all; at++) await killedOnce(at, when);
    },
  );

  it('would be found out if it wrote before its journal, or counted afterwards', async () => {
    const of = world();
    const found = violations(of);
    of.through = ports => ({
      ...ports,
      book: { ...ports.book, saw: () => Promise.resolve() },
      open: async scope => {
        const opened = await ports.open(scope);
        return {
          ...opened,
          journal: {
            ...opened.journal,
            writeIntents: () => Promise.resolve(),
            writeOutcomes: () => Promise.resolve(undefined),
          },
        };
      },
    });
    await hear(of);
    expect(found).toEqual(
      ['1', '2'].flatMap(id => [`{"id":{"S":"${id}"}}: no intent`, `{"id":{"S":"${id}"}}: not counted`]),
    );
  });
});
