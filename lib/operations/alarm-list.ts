import { Duration } from 'aws-cdk-lib';
import { Metric, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';

/** What alarms can watch. */
interface AlarmSources {
  readonly deployment: string;
  readonly stateMachine: Pick<StateMachine, 'metricFailed'>;
  /** What EventBridge Scheduler could not start; absent where no job has a schedule. */
  readonly undelivered: IQueue | undefined;
  /** What followers have given up; absent where no job follows anything. */
  readonly givenUp: IQueue | undefined;
  /** Whether there are jobs, at which the watch looks. */
  readonly watches: boolean;
}

/** An alarm. Its name is its heading in docs/runbook.md, and the end of its name in CloudWatch. */
export interface AlarmOf {
  readonly name: string;
  /** What has happened. The description in CloudWatch adds where to read on. */
  readonly words: string;
  /** Nothing where the deployment has nothing of the kind. */
  readonly metric: (sources: AlarmSources) => IMetric | undefined;
  /**
   * `event`: something has happened, once. No data is no news, so the alarm is OK again after some minutes, and rings again
   * the next time. `state`: somebody looks every day whether it is so. No data means that nobody has looked.
   */
  readonly kind: 'event' | 'state';
}

/** Short, so that two runs that end badly one after the other ring twice. */
const OF_EVENTS = Duration.minutes(5);
/** As often as the watch looks, and the longest period that CloudWatch has. */
const OF_STATES = Duration.days(1);

/** The namespace and the dimensions of lambda/adapters/run/operations-metrics.ts. */
function own(
  metricName: string,
  { service, deployment }: { readonly service: 'plan' | 'report'; readonly deployment: string },
): Metric {
  return new Metric({
    namespace: 'KmsRewrap',
    metricName,
    dimensionsMap: { service, deployment },
    ...(service === 'plan'
      ? { statistic: 'Maximum', period: OF_STATES }
      : { statistic: 'Sum', period: OF_EVENTS }),
  });
}

/** All alarms: the stack, the runbook and the tests go by this list. Each rings at one or more. */
export const ALARMS: readonly AlarmOf[] = [
  {
    name: 'RunFailed',
    words: 'a run did not come to its end, or was refused',
    // Of Step Functions, and not of Report: it counts as well where Report is what failed.
    metric: ({ stateMachine }) => stateMachine.metricFailed({ statistic: 'Sum', period: OF_EVENTS }),
    kind: 'event',
  },
  {
    name: 'RunRefused',
    words: 'Plan did not let a run begin; nothing was changed',
    metric: ({ deployment }) => own('RunRefused', { service: 'report', deployment }),
    kind: 'event',
  },
  {
    name: 'RunOverdue',
    words: 'a run has begun and did not come to its end in the time that it should take',
    metric: ({ deployment, watches }) =>
      watches ? own('RunsOverdue', { service: 'plan', deployment }) : undefined,
    kind: 'state',
  },
  {
    name: 'DataKeysFailed',
    words: 'a run could not move, check or put back some data keys, although it tried again',
    metric: ({ deployment }) => own('DataKeysFailed', { service: 'report', deployment }),
    kind: 'event',
  },
  {
    name: 'LeftoversFound',
    words: 'a run has ended, and data keys may still need a source key; keep the source keys enabled',
    metric: ({ deployment }) => own('LeftoversFound', { service: 'report', deployment }),
    kind: 'event',
  },
  {
    name: 'KeyMaterialTooOld',
    words: 'a run has ended, and data keys are under key material that is older than their job allows',
    metric: ({ deployment }) => own('DataKeysTooOld', { service: 'report', deployment }),
    kind: 'event',
  },
  {
    name: 'ScheduleMissed',
    words: 'a schedule should have begun a run by now, and has not',
    metric: ({ deployment, undelivered }) =>
      undelivered === undefined ? undefined : own('SchedulesMissed', { service: 'plan', deployment }),
    kind: 'state',
  },
  {
    name: 'DeadLetters',
    words: 'EventBridge Scheduler could not start a run; a queue holds what was to start, and why',
    metric: ({ undelivered }) =>
      undelivered?.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: OF_EVENTS }),
    kind: 'event',
  },
  {
    name: 'FollowGaveUp',
    words:
      'a follower has given up writes of an application; only a verify run can tell whether they are moved',
    metric: ({ givenUp }) =>
      givenUp?.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: OF_EVENTS }),
    kind: 'event',
  },
];

export const MISSING_DATA: Readonly<Record<AlarmOf['kind'], TreatMissingData>> = {
  event: TreatMissingData.NOT_BREACHING,
  state: TreatMissingData.MISSING,
};

export function descriptionOf({ name, words }: AlarmOf): string {
  return `kms-rewrap: ${words}. What to do: docs/runbook.md, ${name}.`;
}
