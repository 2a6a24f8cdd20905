import { Duration } from 'aws-cdk-lib';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FollowedBucket, FollowedTable } from '../../lambda/core/job/followed-stores.ts';
import { followBuckets } from './follow-buckets.ts';
import { followTables } from './follow-tables.ts';

export interface FollowProps {
  readonly tables: readonly FollowedTable[];
  readonly buckets: readonly FollowedBucket[];
  /** Only if a table is followed. */
  readonly followTable: Function | undefined;
  /** Only if a bucket is followed. */
  readonly followBucket: Function | undefined;
}

/** What tells followers of writes. Only where a job asks for it. */
export class Follow extends Construct {
  /** What followers have given up: places in a stream, and messages about objects. An alarm watches it (lib/operations). */
  readonly givenUp: Queue;

  constructor(scope: Construct, id: string, { tables, buckets, followTable, followBucket }: FollowProps) {
    super(scope, id);
    this.givenUp = new Queue(this, 'GivenUp', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    if (followTable !== undefined)
      followTables(this, tables, { follower: followTable, givenUp: this.givenUp });
    if (followBucket !== undefined)
      followBuckets(this, buckets, { follower: followBucket, givenUp: this.givenUp });
  }
}
