import type { FollowMemory } from '../../lambda/core/follow/follow-store.ts';
import type { ItemWritten } from '../../lambda/core/follow/stream-event.ts';
import type { Application, ApplicationKeys, Truth } from './application.ts';
import type { Checker } from './checker.ts';
import { FOLLOW_TIMEOUT_MS, type Follower } from './follower.ts';
import type { Pipeline } from './pipeline.ts';
import type { Random } from './random.ts';
import type { Findings } from './violations.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Watch } from './watch.ts';
import { Party } from './wire.ts';

interface Scene {
  readonly follower: Follower;
  readonly application: Application;
  readonly checker: Checker;
  readonly pipeline: Pipeline;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly watch: Watch;
  readonly findings: Findings;
  readonly keys: ApplicationKeys;
  readonly schedule: { readonly kmsRequestsPerSecond: number };
}

/** As lib/follow has them. */
const MOST_RETRIES = 20;

/**
 * A migration is over, and some writers have not heard of it. A follower is told of what they have written, in the weather of the
 * schedule, and once more when it has cleared: streams tell at least once. Then all of it is moved.
 *
 * @returns what was late
 */
export async function lateWrites(scene: Scene): Promise<readonly Truth[]> {
  const { application, checker, pipeline, random, watch, findings, keys, schedule } = scene;
  const { kmsRequestsPerSecond: rate } = schedule;
  watch.nextRun({ worker: { rate, workers: 1 }, fleet: { rate, workers: 1 } });
  const late: Truth[] = [];
  for (let made = random.between(1, 6); made > 0; made--) late.push(await application.add('table'));
  for (const truth of late) truth.touched = true;
  const stream = new Stream(scene);
  const items = late.map(({ name }, at) => ({
    sequenceNumber: String(at),
    locator: JSON.stringify({ id: { S: name } }),
  }));
  pipeline.turn(true);
  findings.count(`late writes ${(await stream.tell(items)) ? 'followed' : 'given up'} in bad weather`);
  pipeline.turn(false);
  findings.expect(await stream.tell(items), 4, 'a follower gave up in still water');
  await checker.checkRecords();
  const stored = await checker.snapshot();
  for (const { name } of late)
    findings.expect(
      stored.get(`table ${name}`)?.keyArn === keys.new,
      4,
      `${name} was late, and is not moved`,
    );
  watch.writes = 0;
  await stream.tell(items);
  findings.expect(watch.writes === 0, 4, `a follower wrote ${watch.writes} times over finished work`);
  return late;
}

/** What Lambda does with a stream: a batch at a time, in order, again from the first record that failed. */
class Stream {
  readonly #scene: Pick<Scene, 'follower' | 'time' | 'random'>;
  #invocations = 0;
  /** Of the sandbox, until it is killed. */
  #memory: FollowMemory = {};

  constructor(scene: Pick<Scene, 'follower' | 'time' | 'random'>) {
    this.#scene = scene;
  }

  /** Whether all of it was done before the tries were over. */
  async tell(items: readonly ItemWritten[]): Promise<boolean> {
    const { time, random } = this.#scene;
    let left = items;
    for (let retries = 0; retries <= MOST_RETRIES; retries++) {
      const failed = await this.#invoke(left);
      if (failed === undefined) return true;
      left = left.slice(failed);
      await time.sleep(random.between(100, 5_000));
    }
    return false;
  }

  /** The first item that is to be handed over again; `undefined` if none is. */
  async #invoke(items: readonly ItemWritten[]): Promise<number | undefined> {
    const { follower, time } = this.#scene;
    const party = new Party(`worker-follower-${++this.#invocations}`, 40, 'FollowTable');
    const endsAt = time.now() + FOLLOW_TIMEOUT_MS;
    const timer = setTimeout(() => party.kill(), FOLLOW_TIMEOUT_MS);
    const memory = this.#memory;
    const work = follower.invoke(items, { party, memory, remaining: () => endsAt - time.now() });
    work.catch(() => undefined);
    try {
      const done = await Promise.race([work, died(party)]);
      return done.kind === 'done' ? undefined : items.indexOf(done.written[0] as ItemWritten);
    } catch {
      if (!party.alive) this.#memory = {};
      return 0;
    } finally {
      clearTimeout(timer);
      party.kill();
    }
  }
}

async function died({ death }: Party): Promise<never> {
  await death;
  throw new Error('the invocation was killed');
}
