import { Duration, Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  MathExpression,
  Metric,
  TextWidget,
  type Alarm,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface OperationsDashboardProps {
  readonly alarms: readonly Alarm[];
  readonly stateMachine: StateMachine;
}

const HALF = 12;
const PERIOD = Duration.minutes(5);
const WORDS = `**kms-rewrap.** An alarm about a run is OK again after some minutes, whatever became of the run. \
\`rewrap status\` shows all runs, \`rewrap report RUN\` what each has proven. What to do about an alarm: docs/runbook.md. \
**Do not disable a source key because everything here is green: ask \`rewrap retire-check KEY\`.**`;

/** Names of dashboards belong to the account, whatever the Region. */
export class OperationsDashboard extends Construct {
  constructor(scope: Construct, id: string, { alarms, stateMachine }: OperationsDashboardProps) {
    super(scope, id);
    const { stackName, region } = Stack.of(this);
    new Dashboard(this, 'Dashboard', {
      dashboardName: `${stackName}-${region}`,
      defaultInterval: Duration.days(14),
      widgets: [
        [new TextWidget({ markdown: WORDS, width: 2 * HALF, height: 3 })],
        [new AlarmStatusWidget({ alarms: [...alarms], title: 'Alarms', width: 2 * HALF, height: 4 })],
        [runs(stateMachine), ends(stackName)],
        [
          ofWorkers('Data keys', ['DataKeys', 'Failed']),
          ofWorkers('Requests to KMS', ['KmsRequests', 'KmsThrottled']),
        ],
      ],
    });
  }
}

function runs(stateMachine: StateMachine): GraphWidget {
  const of = { statistic: 'Sum', period: PERIOD };
  return new GraphWidget({
    title: 'Runs',
    width: HALF,
    left: [
      stateMachine.metricStarted({ ...of, label: 'begun' }),
      stateMachine.metricSucceeded({ ...of, label: 'succeeded' }),
      stateMachine.metricFailed({ ...of, label: 'failed or refused' }),
      stateMachine.metricAborted({ ...of, label: 'stopped' }),
    ],
  });
}

function ends(deployment: string): GraphWidget {
  const metric = (metricName: string, label: string): Metric =>
    new Metric({
      ...{ namespace: 'KmsRewrap', metricName, label, statistic: 'Maximum', period: PERIOD },
      dimensionsMap: { service: 'report', deployment },
    });
  return new GraphWidget({
    title: 'Data keys at the end of a run',
    width: HALF,
    left: [metric('Remaining', 'may still need a source key'), metric('DataKeysFailed', 'failed')],
  });
}

/** Workers tell by job and store, of all deployments of the Region. */
function ofWorkers(title: string, names: readonly string[]): GraphWidget {
  const found = names.map(
    name =>
      new MathExpression({
        expression: `SEARCH('{KmsRewrap,job,service,store} MetricName="${name}"', 'Sum', ${PERIOD.toSeconds()})`,
        period: PERIOD,
        label: '',
      }),
  );
  return new GraphWidget({ title, width: HALF, left: found });
}
