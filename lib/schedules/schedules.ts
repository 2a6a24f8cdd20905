import { Duration, TimeZone } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { Universal } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { scheduleName, schedulesOf } from '../../lambda/core/job/schedules-of.ts';
import type { Job, JobSchedule } from '../../lambda/core/model/job.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';

export interface SchedulesProps {
  readonly jobs: readonly Job[];
  readonly pipeline: Pick<Pipeline, 'stateMachine'>;
  /** Whether the deployment lets schedules start runs at all. */
  readonly enabled: boolean;
}

/** The schedules of jobs. Plan decides whether its time has come (core/plan/scheduled-run.ts). */
export class Schedules extends Construct {
  readonly #props: SchedulesProps;
  #undelivered: Queue | undefined;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.#props = props;
    for (const job of props.jobs) for (const schedule of schedulesOf(job)) this.schedule(job, schedule);
  }

  private schedule(job: Job, schedule: JobSchedule): void {
    const { expression, timeZone, mode, starts } = schedule;
    const { pipeline, enabled } = this.#props;
    const { stateMachineArn } = pipeline.stateMachine;
    const input = { job: job.name, mode, scheduled: true, scheduledFor: ContextAttribute.scheduledTime };
    new Schedule(this, scheduleName(job, schedule), {
      description: `kms-rewrap: ${mode} of the job ${job.name}`,
      schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone)),
      enabled: enabled && starts !== 'never',
      // Not StepFunctionsStartExecution, which cannot name the execution: its runs would have a UUID for a name.
      target: new Universal({
        ...{ service: 'sfn', action: 'startExecution' },
        policyStatements: [
          new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] }),
        ],
        input: ScheduleTargetInput.fromObject({
          StateMachineArn: stateMachineArn,
          Name: scheduledRunName(job.name, mode),
          Input: JSON.stringify(input),
        }),
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

/** Step Functions: a name has 80 characters at most. The id has 16, as documented in an example; there is room for a UUID. */
const MOST_BEFORE_ID = 80 - 36;

/**
 * The id is another one for each delivery, of which there may be more than one. A date in the name would be the same for all, and
 * the run of the second would be refused for its name, and not for what it is about. The time is in the input.
 */
function scheduledRunName(job: string, mode: string): string {
  const rest = `-${mode}-`;
  return `${job.slice(0, MOST_BEFORE_ID - rest.length)}${rest}${ContextAttribute.executionId}`;
}
