import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps, type TaskStateBase } from 'aws-cdk-lib/aws-stepfunctions';

/**
 * Lambda itself was busy or broke down: nothing of ours ran, or what ran can be repeated.
 * Waits of 2, 4, 8, 16, 32, 60, 60, 60 s at most, each drawn at random below that: up to 4 minutes.
 */
const LAMBDA_RETRY: RetryProps = {
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
 * Lambda had no free slot, because other functions of the account hold them or there are more workers than slots. The
 * unit has not failed but waits its turn, a minute a time on average (full jitter below two). 2,000 tries are 33 hours.
 *
 * Is that enough? Let 16 workers of 15 minutes share 2 slots. One slot becomes free every 7.5 minutes, 267 times in 33
 * hours, and one of 14 waiting workers gets it. A worker misses all of them with a probability of (13/14)^267, 3 in a
 * thousand million.
 *
 * Does the history have room for it? A try takes 3 of its 25,000 events (scheduled, started, failed): 6,000 if all are
 * used. The same worker waits 14 times 7.5 minutes on average, 105 tries or 315 events, for each invocation, which takes
 * 7 more: 77 invocations, or 19 hours of work in one unit. The unit's worker counts them (lambda/core/account/rounds.ts).
 */
const SLOT_RETRY: RetryProps = {
  errors: ['Lambda.TooManyRequestsException'],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 2_000,
  maxDelay: Duration.minutes(2),
  jitterStrategy: JitterType.FULL,
};

/** A service was busy for longer than the SDK waits. For stages that do not retry all errors. */
const SERVICE_RETRY: RetryProps = {
  errors: ['ServiceUnavailable'],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxAttempts: 5,
  maxDelay: Duration.minutes(2),
  jitterStrategy: JitterType.FULL,
};

/** A broken premise stays broken. This retrier comes first, because Step Functions takes the first one that matches. */
const NEVER_RETRY: RetryProps = { errors: ['PremiseBroken'], maxAttempts: 0 };

/**
 * A worker died half-way, was throttled for longer than the SDK waits, or found that another invocation has moved its
 * unit on. The next one goes on from the ledger, so a repetition is always safe; five of them, with waits of up to
 * 5, 10, 20, 40 and 80 s, tell a passing trouble from a unit that kills its worker.
 */
const WORKER_RETRY: RetryProps = {
  errors: [Errors.TASKS_FAILED],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxAttempts: 5,
  maxDelay: Duration.minutes(2),
  jitterStrategy: JitterType.FULL,
};

/** What every state is tried again for, in this order: Step Functions takes the first one that matches. */
const RETRIES = {
  stage: [SLOT_RETRY, LAMBDA_RETRY, SERVICE_RETRY],
  worker: [NEVER_RETRY, SLOT_RETRY, LAMBDA_RETRY, WORKER_RETRY],
} as const satisfies Readonly<Record<string, readonly RetryProps[]>>;

/** A `stage` runs once in a run; a `worker`, as often as its unit needs it. */
export function tryAgain(state: TaskStateBase, kind: keyof typeof RETRIES): void {
  for (const retry of RETRIES[kind]) state.addRetry(retry);
}
