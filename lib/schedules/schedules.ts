import { Duration, TimeZone } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Job, JobSchedule } from '../../lambda/core/model/job.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';

export interface SchedulesProps {
  readonly jobs: readonly Job[];
  readonly pipeline: Pick<Pipeline, 'stateMachine'>;
  /** Whether the deployment lets schedules start runs at all. */
  readonly enabled: boolean;
}

/** One schedule for each job that asks for one. Plan decides whether its time has come (core/plan/scheduled-run.ts). */
export class Schedules extends Construct {
  readonly #props: SchedulesProps;
  #undelivered: Queue | undefined;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.#props = props;
    for (const { name, schedule } of props.jobs) if (schedule !== undefined) this.schedule(name, schedule);
  }

  private schedule(job: string, { expression, timeZone, mode, starts }: JobSchedule): void {
    const { pipeline, enabled } = this.#props;
    new Schedule(this, job, {
      description: `kms-rewrap: ${mode} of the job ${job}`,
      schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone)),
      enabled: enabled && starts !== 'never',
      target: new StepFunctionsStartExecution(pipeline.stateMachine, {
        input: ScheduleTargetInput.fromObject({ job, mode, scheduled: true }),
        // The default of 185 tries within a day would start a refused migration again and again.
        retryAttempts: 2,
        maxEventAge: Duration.hours(1),
        deadLetterQueue: this.undelivered(),
      }),
    });
  }

  /**
   * What EventBridge Scheduler could not start. Its alarm is as loud as the event of a run that fails: CloudWatch tells
   * the default event bus of every change of an alarm.
   */
  private undelivered(): Queue {
    if (this.#undelivered !== undefined) return this.#undelivered;
    const queue = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    new Alarm(this, 'NotStarted', {
      alarmDescription:
        'kms-rewrap: a scheduled run could not be started; the queue holds what was to start, and why',
      metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    return (this.#undelivered = queue);
  }
}
