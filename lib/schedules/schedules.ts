import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Job } from '../../lambda/core/model/job.ts';

export interface SchedulesProps {
  readonly jobs: readonly Job[];
  readonly stateMachine: IStateMachine;
}

/** One schedule for each job that asks for one. */
export class Schedules extends Construct {
  constructor(scope: Construct, id: string, { jobs, stateMachine }: SchedulesProps) {
    super(scope, id);
    for (const { name, schedule } of jobs) {
      if (schedule === undefined) continue;
      new Schedule(this, name, {
        description: `kms-rewrap: ${schedule.mode} of the job ${name}`,
        schedule: ScheduleExpression.expression(schedule.expression),
        target: new StepFunctionsStartExecution(stateMachine, {
          input: ScheduleTargetInput.fromObject({ job: name, mode: schedule.mode }),
          // The default of 185 tries within a day would start a refused migration again and again.
          retryAttempts: 2,
          maxEventAge: Duration.hours(1),
        }),
      });
    }
  }
}
