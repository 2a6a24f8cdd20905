import { setTimeout as sleep } from 'node:timers/promises';
import type { FollowersLeave } from '../../core/lock/followers.ts';
import type { LockPorts, StoreLocks } from '../../core/lock/take-locks.ts';
import type { Executions } from './executions.ts';
import type { DynamoDbLedger } from '../state/ledger.ts';

/** What tells whether a run is alive: its execution in Step Functions, and its lease in the ledger. */
export function lockPorts({
  locks,
  ledger,
  executions,
}: {
  readonly locks: StoreLocks;
  readonly ledger: DynamoDbLedger;
  readonly executions: Pick<Executions, 'status'>;
}): LockPorts & FollowersLeave {
  return {
    ...{ locks, now: () => Date.now(), wait: (ms: number) => sleep(ms) },
    fence: (runId, words) => ledger.breakPremise(runId, words),
    lifeOf: async runId => {
      const [status, { leaseUntil }] = await Promise.all([
        executions.status(runId),
        ledger.readControl(runId),
      ]);
      const execution = status === undefined ? 'unknown' : status.state === 'running' ? 'running' : 'over';
      return { execution, ...(leaseUntil !== undefined && { leaseUntil }) };
    },
  };
}
