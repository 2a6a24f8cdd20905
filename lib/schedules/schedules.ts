import { Duration, TimeZone } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption, type IQueue } from 'aws-cdk-lib/aws-sqs';
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
        deadLetterQueue: this.queue(),
      }),
    });
  }

  /** What EventBridge Scheduler could not start; an alarm watches it (lib/operations). Nothing where no job has a schedule. */
  get undelivered(): IQueue | undefined {
    return this.#undelivered;
  }

  private queue(): Queue {
    return (this.#undelivered ??= new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    }));
  }
}
