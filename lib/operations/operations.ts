import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ALARMS, descriptionOf, MISSING_DATA, type AlarmOf } from './alarm-list.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { OperationsDashboard } from './operations-dashboard.ts';
import { Watch } from './watch.ts';

export interface OperationsProps {
  readonly stateMachine: StateMachine;
  readonly plan: IFunction;
  readonly undelivered: IQueue | undefined;
  readonly givenUp: IQueue | undefined;
  /** Whether the deployment has jobs, at which somebody has to look every day. */
  readonly watches: boolean;
  readonly schedules: boolean;
  /** Encrypts the topic. @default nothing does */
  readonly key: IKey | undefined;
  readonly notify: readonly string[];
  readonly dashboard: boolean;
}

/** What an operator sees in AWS: alarms, the topic that they tell, a dashboard, and the watch for what does not happen. */
export class Operations extends Construct {
  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    const { key, notify, plan, schedules, watches, stateMachine, dashboard } = props;
    const { topic } = new AlarmTopic(this, 'Alarms', { key, notify });
    const tell = new SnsAction(topic);
    const alarms = ALARMS.flatMap(one => this.alarm(one, props) ?? []);
    for (const { alarm, kind } of alarms) {
      alarm.addAlarmAction(tell);
      // Only what somebody looks at every day can fall silent.
      if (kind === 'state') {
        alarm.addOkAction(tell);
        alarm.addInsufficientDataAction(tell);
      }
    }
    if (watches) new Watch(this, 'Watch', { plan, schedules });
    if (dashboard)
      new OperationsDashboard(this, 'Overview', { alarms: alarms.map(({ alarm }) => alarm), stateMachine });
  }

  private alarm(
    of: AlarmOf,
    { stateMachine, undelivered, givenUp, watches }: OperationsProps,
  ): { readonly alarm: Alarm; readonly kind: AlarmOf['kind'] } | undefined {
    const { name, kind } = of;
    const { stackName } = Stack.of(this);
    const metric = of.metric({ deployment: stackName, stateMachine, undelivered, givenUp, watches });
    if (metric === undefined) return undefined;
    const alarm = new Alarm(this, name, {
      alarmName: `${stackName}-${name}`,
      alarmDescription: descriptionOf(of),
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: MISSING_DATA[kind],
    });
    return { alarm, kind };
  }
}
