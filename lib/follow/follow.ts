import { Duration } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping, type Function } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FollowedStore } from '../../lambda/core/job/followed-stores.ts';

export interface FollowProps {
  readonly followed: readonly FollowedStore[];
  readonly follower: Function;
}

/** A batch fails as a whole only if something is wrong that may pass. With its waits in between, so many tries take some minutes. */
const MOST_RETRIES = 20;
/** Less than the 24 hours after which a stream forgets a record: what is given up is told, and what is forgotten is not. */
const MOST_AGE = Duration.hours(20);

/** The streams that jobs follow, mapped to the follower. Only where a job asks for it. */
export class Follow extends Construct {
  /** What the follower has given up, as places in a stream; an alarm watches it (lib/operations). */
  readonly givenUp: IQueue;

  constructor(scope: Construct, id: string, { followed, follower }: FollowProps) {
    super(scope, id);
    this.givenUp = new Queue(this, 'GivenUp', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const policy = this.letLambdaAsk(follower);
    for (const { job, streamArn, index } of followed) {
      const mapping = new CfnEventSourceMapping(this, `${job.name}-${index}`, {
        ...{ eventSourceArn: streamArn, functionName: follower.functionArn },
        // What was written while the mapping came to life is not passed over. Each item is read as it is now, in any case.
        startingPosition: 'TRIM_HORIZON',
        ...{ batchSize: 100, maximumBatchingWindowInSeconds: 1 },
        // One item that is to blame does not stop those behind it.
        ...{ bisectBatchOnFunctionError: true, functionResponseTypes: ['ReportBatchItemFailures'] },
        ...{ maximumRetryAttempts: MOST_RETRIES, maximumRecordAgeInSeconds: MOST_AGE.toSeconds() },
        destinationConfig: { onFailure: { destination: this.givenUp.queueArn } },
      });
      // With the policies of its role, which let Lambda read the streams (lib/grants/job-grants.ts).
      mapping.node.addDependency(policy, follower);
    }
  }

  /** Lambda lists streams, and tells what it gives up, under the role of the function. It asks for these rights when a mapping is made. */
  private letLambdaAsk(follower: Function): Policy {
    const policy = new Policy(this, 'Mappings', {
      statements: [
        new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.givenUp.queueArn] }),
      ],
    });
    follower.role?.attachInlinePolicy(policy);
    return policy;
  }
}
