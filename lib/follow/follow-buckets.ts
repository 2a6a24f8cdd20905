import { Duration, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Policy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping, type Function } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import {
  FOLLOW_TIMEOUT_SECONDS,
  MOST_FOLLOWED_BUCKETS,
  type FollowedBucket,
} from '../../lambda/core/job/followed-stores.ts';
import { JobsRefused } from '../jobs/jobs-refused.ts';
import { patternOf } from './written-objects.ts';

/** What the Lambda developer guide asks for of a queue: time for tries that find no slot. A message that is not done with comes again after that. */
const VISIBILITY = Duration.seconds(6 * FOLLOW_TIMEOUT_SECONDS);
/** Four hours, with the visibility timeout in between: longer than most runs that hold a bucket. */
const MOST_RECEIVES = 20;
/** An outage of days is not forgotten, and the queue of what is given up, which counts from the same time, keeps it for ten days more. */
const RETENTION = Duration.days(4);
/**
 * Each invocation enters the lock of its bucket and leaves it, and finds that others have changed it meanwhile. With few of them, and many
 * objects for each, one that tries ten times (core/follow/follow-store.ts) comes in; one that does not waits for the visibility timeout.
 */
const AT_ONCE = 4;
const BATCH = { batchSize: 100, maximumBatchingWindowInSeconds: 1 } as const;

interface Ends {
  readonly follower: Function;
  readonly givenUp: Queue;
}

/** Has what EventBridge is told of new objects in buckets that jobs follow handed to the follower, by way of a queue. */
export function followBuckets(
  scope: Construct,
  followed: readonly FollowedBucket[],
  { follower, givenUp }: Ends,
): void {
  const written = new Queue(scope, 'Written', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    ...{ visibilityTimeout: VISIBILITY, retentionPeriod: RETENTION },
    deadLetterQueue: { queue: givenUp, maxReceiveCount: MOST_RECEIVES },
  });
  const rules = rulesFor(scope, followed, written);
  written.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [written.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rules.map(({ attrArn }) => attrArn) } },
    }),
  );
  const policy = letLambdaRead(scope, written, follower);
  const mapping = new CfnEventSourceMapping(scope, 'WrittenObjects', {
    ...{ eventSourceArn: written.queueArn, functionName: follower.functionArn },
    ...BATCH,
    functionResponseTypes: ['ReportBatchItemFailures'],
    scalingConfig: { maximumConcurrency: AT_ONCE },
  });
  mapping.node.addDependency(policy, follower);
}

/** One for each bucket, whatever the number of jobs and prefixes. */
function rulesFor(scope: Construct, followed: readonly FollowedBucket[], queue: IQueue): readonly CfnRule[] {
  const buckets = [...new Set(followed.map(({ bucket }) => bucket))];
  if (buckets.length > MOST_FOLLOWED_BUCKETS)
    throw new JobsRefused(
      `${buckets.length} buckets are followed, and one deployment follows ${MOST_FOLLOWED_BUCKETS} at most; leave some out of follow.buckets, or give their jobs a deployment of their own`,
    );
  return buckets.map(bucket => {
    const prefixes = followed.flatMap(one => (one.bucket === bucket ? [one.prefix] : []));
    return new CfnRule(scope, `Created-${bucket}`, {
      description: `kms-rewrap: new objects in ${bucket}`,
      eventPattern: patternOf({ account: Stack.of(scope).account, bucket, prefixes }),
      targets: [{ id: 'written', arn: queue.queueArn }],
    });
  });
}

/** Lambda reads the queue under the role of the function. It asks for these rights when the mapping is made. */
function letLambdaRead(scope: Construct, queue: IQueue, follower: Function): Policy {
  const policy = new Policy(scope, 'ReadWritten', {
    statements: [
      new PolicyStatement({
        actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        resources: [queue.queueArn],
      }),
    ],
  });
  follower.role?.attachInlinePolicy(policy);
  return policy;
}
