import type { FollowerLocks, FollowersLeave } from '../../lambda/core/lock/followers.ts';
import type { HolderLife, Holder } from '../../lambda/core/lock/store-lock.ts';
import type { Lock, LockPorts } from '../../lambda/core/lock/take-locks.ts';

/** Locks, executions and leases in memory. */
export class FakeLocks {
  readonly locks = new Map<string, Lock>();
  readonly lives = new Map<string, HolderLife>();
  readonly fenced = new Map<string, string>();
  /** Milliseconds since 1970; waiting takes no time but this. */
  now = 0;
  /** Called while a run waits. */
  waited: () => Promise<void> = () => Promise.resolve();
  /** Called before a lock is replaced, so that a test can let another run be faster. */
  beforeReplace: (resource: string) => void = () => undefined;

  /** What followers change. */
  get followers(): FollowerLocks {
    const { locks } = this.ports;
    const read = (resource: string): Promise<Lock> => locks.read(resource);
    return {
      read,
      replaceFollowers: async (resource, version, followers) => {
        this.beforeReplace(resource);
        const { holders, ...lock } = await read(resource);
        if (lock.version !== version) return false;
        this.locks.set(resource, { version: version + 1, holders, followers });
        return true;
      },
    };
  }

  get ports(): LockPorts & FollowersLeave {
    return {
      locks: {
        read: resource => Promise.resolve(this.locks.get(resource) ?? { version: 0, holders: [] }),
        replace: (resource, version, holders) => {
          this.beforeReplace(resource);
          if ((this.locks.get(resource)?.version ?? 0) !== version) return Promise.resolve(false);
          this.locks.set(resource, { ...this.locks.get(resource), version: version + 1, holders });
          return Promise.resolve(true);
        },
      },
      now: () => this.now,
      wait: ms => {
        this.now += ms;
        return this.waited();
      },
      lifeOf: runId => Promise.resolve(this.lives.get(runId) ?? { execution: 'running' }),
      fence: (runId, words) => {
        this.fenced.set(runId, words);
        return Promise.resolve();
      },
    };
  }

  holders(resource: string): readonly string[] {
    return (this.locks.get(resource)?.holders ?? []).map(({ runId }: Holder) => runId);
  }
}
