import type { AssumedRole } from '../../lambda/core/model/job.ts';
import type { Grant } from '../grants/grant.ts';
import type { Place } from './place.ts';

/** A store of another account: all that the functions may do is assume its role. What that role may do, its owner grants. */
export function assumedPlace({ roleArn }: AssumedRole): Place {
  const assume: readonly Grant[] = [{ actions: ['sts:AssumeRole'], resource: roleArn }];
  return { inspect: () => assume, read: () => assume, restore: () => assume, migrate: () => assume };
}
