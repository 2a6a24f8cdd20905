import { Duration } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping, type Function } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FollowedTable } from '../../lambda/core/job/followed-stores.ts';

/** A batch fails as a whole only if something is wrong that may pass. With its waits in between, so many tries take some minutes. */
const MOST_RETRIES = 20;
/** Less than the 24 hours after which a stream forgets a record: what is given up is told, and what is forgotten is not. */
const MOST_AGE = Duration.hours(20);

interface Ends {
  readonly follower: Function;
  readonly givenUp: IQueue;
}

/** Maps the streams that jobs follow to the follower. */
export function followTables(scope: Construct, followed: readonly FollowedTable[], ends: Ends): void {
  const { follower, givenUp } = ends;
  const policy = letLambdaAsk(scope, ends);
  for (const { job, streamArn, index } of followed) {
    const mapping = new CfnEventSourceMapping(scope, `${job.name}-${index}`, {
      ...{ eventSourceArn: streamArn, functionName: follower.functionArn },
      // What was written while the mapping came to life is not passed over. Each item is read as it is now, in any case.
      startingPosition: 'TRIM_HORIZON',
      ...{ batchSize: 100, maximumBatchingWindowInSeconds: 1 },
      // One item that is to blame does not stop those behind it.
      ...{ bisectBatchOnFunctionError: true, functionResponseTypes: ['ReportBatchItemFailures'] },
      ...{ maximumRetryAttempts: MOST_RETRIES, maximumRecordAgeInSeconds: MOST_AGE.toSeconds() },
      destinationConfig: { onFailure: { destination: givenUp.queueArn } },
    });
    // With the policies of its role, which let Lambda read the streams (lib/grants/job-grants.ts).
    mapping.node.addDependency(policy, follower);
  }
}

/** Lambda lists streams, and tells what it gives up, under the role of the function. It asks for these rights when a mapping is made. */
function letLambdaAsk(scope: Construct, { follower, givenUp }: Ends): Policy {
  const policy = new Policy(scope, 'Mappings', {
    statements: [
      new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [givenUp.queueArn] }),
    ],
  });
  follower.role?.attachInlinePolicy(policy);
  return policy;
}
