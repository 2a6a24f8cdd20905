import type { MetricId, MetricStore } from './metric-store.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
type MissingData = 'breaching' | 'notBreaching' | 'ignore' | 'missing';

/** An alarm on one metric, as PutMetricAlarm has it. */
export interface AlarmDefinition {
  readonly metric: MetricId;
  readonly statistic: string;
  readonly periodMs: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: string;
  readonly treatMissingData: MissingData;
}

/**
 * CloudWatch looks at more periods than it is asked to evaluate. It does not document how many more; with three, the user guide shows
 * five.
 */
const MORE_PERIODS = 2;

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** @throws Error for a comparison that is not here */
export function comparisonOf(name: string): (value: number, threshold: number) => boolean {
  const comparison = COMPARISONS[name];
  if (comparison === undefined)
    throw new Error(`the embedded CloudWatch does not have the comparison ${name}`);
  return comparison;
}

/** The state of an alarm at a time (CloudWatch user guide, alarm evaluation and missing data). */
export function evaluateAlarm(
  alarm: AlarmDefinition,
  { now, before, store }: { readonly now: number; readonly before: AlarmState; readonly store: MetricStore },
): AlarmState {
  const points = pointsOf(alarm, now, store);
  const real = points.filter(point => point !== undefined);
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = alarm;
  // Enough real data points: missing ones count for nothing, and the most recent real ones decide.
  if (real.length >= evaluationPeriods) return judged(alarm, real.slice(-evaluationPeriods));
  const missing = evaluationPeriods - real.length;
  switch (treatMissingData) {
    case 'missing':
      if (real.length === 0) return 'INSUFFICIENT_DATA';
      return breaches(alarm, real, Math.min(real.length, datapointsToAlarm)) ? 'ALARM' : 'OK';
    case 'ignore':
      if (breaches(alarm, real, datapointsToAlarm)) return 'ALARM';
      return real.length === 0 || breaches(alarm, real, 1) ? before : 'OK';
    case 'breaching':
      return breaches(alarm, real, datapointsToAlarm - missing) ? 'ALARM' : 'OK';
    case 'notBreaching':
      return judged(alarm, real);
  }
}

function judged(alarm: AlarmDefinition, points: readonly number[]): AlarmState {
  return breaches(alarm, points, alarm.datapointsToAlarm) ? 'ALARM' : 'OK';
}

function breaches(
  { comparison, threshold }: AlarmDefinition,
  points: readonly number[],
  atLeast: number,
): boolean {
  return points.filter(point => comparisonOf(comparison)(point, threshold)).length >= atLeast;
}

/** Data points of the evaluation range, the oldest first. The last period is the one that `now` is in. */
function pointsOf(
  { metric, statistic, periodMs, evaluationPeriods }: AlarmDefinition,
  now: number,
  store: MetricStore,
): readonly (number | undefined)[] {
  const last = Math.floor(now / periodMs) * periodMs;
  return Array.from({ length: evaluationPeriods + MORE_PERIODS }, (_, index) => {
    const from = last - (evaluationPeriods + MORE_PERIODS - 1 - index) * periodMs;
    return store.point(metric, statistic, { from, to: from + periodMs });
  });
}
