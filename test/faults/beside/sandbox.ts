import type { FollowMemory } from '../../../lambda/core/follow/follow-store.ts';
import { FOLLOW_TIMEOUT_MS, type Invoked } from '../follower.ts';
import { Party } from '../wire.ts';

/** The handler of a function. @returns what is handed over again */
type Handler = (event: unknown, invoked: Invoked) => Promise<readonly string[]>;

export interface Told {
  readonly again: readonly string[];
  /** It has said that it rests or waits. */
  readonly idle: boolean;
}

type FollowStage = 'FollowTable' | 'FollowBucket';

/** What parties of followers are called. */
export const FOLLOWER = 'worker-follower-';

/** A sandbox of a function: one invocation at a time, and a memory that lasts until it is killed. */
export class Sandbox {
  readonly #handler: Handler;
  readonly #stage: FollowStage;
  readonly #number: () => number;
  #memory: FollowMemory = {};

  /** `number`: of the next invocation, among those of all sandboxes of a scene. */
  constructor(handler: Handler, stage: FollowStage, number: () => number) {
    this.#handler = handler;
    this.#stage = stage;
    this.#number = number;
  }

  /** @returns `undefined` where the invocation failed, was killed, or ran out of time */
  async invoke(event: unknown): Promise<Told | undefined> {
    const party = new Party(`${FOLLOWER}${this.#number()}`, 40, this.#stage);
    const endsAt = Date.now() + FOLLOW_TIMEOUT_MS;
    const timer = setTimeout(() => party.kill(), FOLLOW_TIMEOUT_MS);
    let idle = false;
    const work = this.#handler(event, {
      ...{ party, memory: this.#memory, remaining: () => endsAt - Date.now() },
      idle: () => (idle = true),
    });
    work.catch(() => undefined);
    try {
      return { again: await Promise.race([work, died(party)]), idle };
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
      if (!party.alive) this.#memory = {};
      // Anything it left running is frozen with its sandbox.
      party.kill();
    }
  }
}

async function died({ death }: Party): Promise<never> {
  await death;
  throw new Error('the invocation was killed');
}
