import { counted } from '../verdict/store-verdict.ts';
import { waits, type RetireFinding } from './findings.ts';
import type { SeenByFollower } from './ports.ts';
import { provenSince } from './proven-since.ts';
import type { KnownStore } from './store-findings.ts';

interface Asked {
  readonly follows: readonly SeenByFollower[];
  readonly stores: readonly KnownStore[];
  readonly keyArn: string;
}

/**
 * What followers have seen under the key since the stores of their jobs were proven. They have moved it, or left it to a run; but whoever wrote it
 * may do so again, and has no need to ask KMS if it puts back what it has read before.
 */
export function lateFindings({ follows, stores, keyArn }: Asked): readonly RetireFinding[] {
  return follows.flatMap(({ job, state: { late, lateAt } }): readonly RetireFinding[] => {
    const count = late[keyArn] ?? 0;
    const own = stores.filter(store => store.job === job);
    const since = provenSince(own.length > 0 ? own : stores);
    if (count === 0 || lateAt === undefined || since === undefined || lateAt < since) return [];
    const at = new Date(lateAt).toISOString();
    return [
      waits(
        'late writes',
        `the follower of the job ${job} has found ${counted(count, 'data key')} under this key, and one was late at ${at}, since the job was last proven: a writer still uses it, or old records were put back; find it, and then rewrap run ${job} --mode verify`,
      ),
    ];
  });
}
