import type { FollowerStatus } from '../deployment/followers.ts';
import { minute } from './run-status.ts';

/** Two lines: what is followed, and what has come of it. */
export function followerText({
  job,
  tables,
  buckets,
  since,
  lateAt,
  leftAt,
  late,
  ...stage
}: FollowerStatus): string {
  const counted = Object.values(late).reduce((sum, count) => sum + count, 0);
  const begun = since === undefined ? '' : ` since ${minute(since)}`;
  const last = lateAt === undefined ? '' : `, the last one at ${minute(lateAt)}`;
  const left = leftAt === undefined ? '' : `; writes were last left as they were at ${minute(leftAt)}`;
  return [
    `${[...tables, ...buckets].join(', ')} followed for ${job}${begun}, ${stageWords(stage)}`,
    `  late data keys: ${counted.toLocaleString('en-US')}${last}${left}`,
  ].join('\n');
}

function stageWords({
  stage,
  endsAt = '',
  endedAt = '',
}: Pick<FollowerStatus, 'stage' | 'endsAt' | 'endedAt'>): string {
  switch (stage) {
    case 'waits':
      return 'waits for a migration to come to its end';
    case 'follows':
      return `ends at ${minute(endsAt)} if none is late until then`;
    case 'ends':
      return 'ends within a day, because none has come for long';
    case 'ended':
      return `ended at ${minute(endedAt)}, until the next migration`;
  }
}
