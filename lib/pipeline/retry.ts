import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

/**
 * Lambda itself was busy or broke down: nothing of ours ran, or what ran can be repeated.
 * Waits of 2, 4, 8, 16, 32, 60, 60, 60 s at most, each drawn at random below that: up to 4 minutes.
 */
export const LAMBDA_RETRY: RetryProps = {
  errors: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
  ],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 8,
  maxDelay: Duration.seconds(60),
  jitterStrategy: JitterType.FULL,
};

/**
 * Lambda had no slot: other functions of the account hold them, or more workers than there are slots. That is no failure
 * of a unit: it waits its turn, up to a minute a time. 1,000 tries are 8 hours or more, and 3 events each (scheduled,
 * started, failed) of the 25,000 that a history may have.
 */
export const SLOT_RETRY: RetryProps = {
  errors: ['Lambda.TooManyRequestsException'],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 1_000,
  maxDelay: Duration.seconds(60),
  jitterStrategy: JitterType.FULL,
};

/** A broken premise stays broken. This one stands first: Step Functions takes the first retrier that matches. */
export const NEVER_RETRY: RetryProps = { errors: ['PremiseBroken'], maxAttempts: 0 };

/**
 * A worker died half-way, was throttled for longer than the SDK waits, or found that another invocation has moved its
 * unit on. The next one goes on from the ledger, so a repetition is always safe; five of them, with waits of up to
 * 5, 10, 20, 40 and 80 s, tell a passing trouble from a unit that kills its worker.
 */
export const WORKER_RETRY: RetryProps = {
  errors: [Errors.TASKS_FAILED],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxAttempts: 5,
  maxDelay: Duration.minutes(2),
  jitterStrategy: JitterType.FULL,
};
