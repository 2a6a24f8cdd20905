import type { Alarm } from '../../cloudwatch/alarms.ts';
import { comparisonOf, type AlarmDefinition } from '../../cloudwatch/evaluate-alarm.ts';
import { statisticOf } from '../../cloudwatch/metric-store.ts';
import { AwsError } from '../../protocol/aws-error.ts';
import type { Acting, ResourceHandler } from '../acting.ts';
import { arnOf } from '../names.ts';
import type { StackResource } from '../stack.ts';

interface Properties {
  readonly ActionsEnabled?: boolean;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
  readonly AlarmDescription?: string;
  readonly ComparisonOperator: string;
  readonly DatapointsToAlarm?: number;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly EvaluationPeriods: number;
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Period?: number;
  readonly Statistic?: string;
  readonly Threshold: number;
  readonly TreatMissingData?: AlarmDefinition['treatMissingData'];
}

function alarmOf({ type, physicalId, properties }: StackResource, { place }: Acting): Alarm {
  const given = properties as unknown as Properties;
  const { MetricName, Namespace, Period, Statistic } = given;
  if (MetricName === undefined || Namespace === undefined || Period === undefined || Statistic === undefined)
    throw new AwsError('ValidationError', 'the embedded CloudWatch has alarms on one metric only');
  statisticOf(Statistic);
  comparisonOf(given.ComparisonOperator);
  const dimensions = (given.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]);
  return {
    name: physicalId,
    arn: arnOf(type, physicalId, place),
    description: given.AlarmDescription ?? '',
    metric: {
      ...{ accountId: place.accountId, region: place.region, namespace: Namespace, name: MetricName },
      dimensions: Object.fromEntries(dimensions) as Record<string, string>,
    },
    statistic: Statistic,
    periodMs: Period * 1_000,
    evaluationPeriods: given.EvaluationPeriods,
    datapointsToAlarm: given.DatapointsToAlarm ?? given.EvaluationPeriods,
    threshold: given.Threshold,
    comparison: given.ComparisonOperator,
    treatMissingData: given.TreatMissingData ?? 'missing',
    actionsEnabled: given.ActionsEnabled ?? true,
    actions: {
      ALARM: given.AlarmActions ?? [],
      OK: given.OKActions ?? [],
      INSUFFICIENT_DATA: given.InsufficientDataActions ?? [],
    },
  };
}

export const alarmHandler: ResourceHandler = {
  create(resource, acting) {
    acting.services.alarms.put(alarmOf(resource, acting));
  },
  update(resource, _, acting) {
    acting.services.alarms.put(alarmOf(resource, acting));
  },
  delete({ type, physicalId }, { services, place }) {
    services.alarms.delete(arnOf(type, physicalId, place));
  },
};

/** @throws AwsError if the body is no JSON */
function checkBody({ properties }: StackResource): void {
  try {
    JSON.parse(String(properties['DashboardBody']));
  } catch {
    throw new AwsError('InvalidParameterInput', 'The field DashboardBody must be a valid JSON object');
  }
}

export const dashboardHandler: ResourceHandler = {
  create: checkBody,
  update: checkBody,
  delete: () => undefined,
};
