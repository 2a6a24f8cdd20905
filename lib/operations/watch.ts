import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

export interface WatchProps {
  readonly plan: IFunction;
  /** Whether the deployment lets schedules start runs: otherwise none can be missed. */
  readonly schedules: boolean;
}

/**
 * Once a day Plan looks for what nobody would hear of, because nothing happens (lambda/core/watch). It starts no run. There is no
 * queue for what cannot be delivered: the alarms tell if nobody has looked.
 */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, { plan, schedules }: WatchProps) {
    super(scope, id);
    const role = this.role(plan);
    new Schedule(this, 'Daily', {
      description: 'kms-rewrap: looks for runs that do not end, and schedules that start none; starts no run',
      schedule: ScheduleExpression.rate(Duration.days(1)),
      target: {
        bind: () => ({
          ...{ arn: plan.functionArn, role },
          input: ScheduleTargetInput.fromObject({ watch: { schedules } }),
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: Duration.hours(1).toSeconds() },
        }),
      },
    });
  }

  /** The CDK's own target would grant every version of the function as well. */
  private role(plan: IFunction): Role {
    const stack = Stack.of(this);
    const group = stack.formatArn({
      ...{ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' },
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const role = new Role(this, 'SchedulerRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [plan.functionArn] }),
    );
    return role;
  }
}
