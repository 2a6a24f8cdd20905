import { Alarms, type Alarm } from '../../emulator/cloudwatch/alarms.ts';
import { putEmbedded } from '../../emulator/cloudwatch/embedded-metrics.ts';
import { evaluateAlarm, type AlarmDefinition } from '../../emulator/cloudwatch/evaluate-alarm.ts';
import { MetricStore, type MetricId } from '../../emulator/cloudwatch/metric-store.ts';
import { Iam } from '../../emulator/iam/iam.ts';
import { Topics } from '../../emulator/sns/topics.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 27, 12, 0);
const PLACE = { accountId: '111122223333', region: 'us-east-1' };
const METRIC: MetricId = { ...PLACE, namespace: 'N', name: 'Failures', dimensions: { of: 'a' } };

const definition = (changes: Partial<AlarmDefinition> = {}): AlarmDefinition => ({
  ...{ metric: METRIC, statistic: 'Sum', periodMs: MINUTE, evaluationPeriods: 3, datapointsToAlarm: 3 },
  ...{ threshold: 1, comparison: 'GreaterThanOrEqualToThreshold', treatMissingData: 'missing' },
  ...changes,
});

/** The last five minutes, the latest last: X breaches, 0 does not, - is missing. */
function stateOf(points: string, changes: Partial<AlarmDefinition>): string {
  const store = new MetricStore();
  for (const [index, point] of Array.from(points).entries())
    if (point !== '-') store.put(METRIC, point === 'X' ? 1 : 0, NOW - (points.length - 1 - index) * MINUTE);
  // Whatever an alarm was before, it keeps by this state.
  const before = 'INSUFFICIENT_DATA';
  return evaluateAlarm(definition(changes), { now: NOW, before, store }).slice(0, 5);
}

describe('an alarm on three of three data points', () => {
  // The table of the CloudWatch user guide, "How alarm state is evaluated when data is missing". INSUF: it stays as it was.
  it.each([
    ['0-X-X', 'OK', 'OK', 'OK', 'OK'],
    ['0----', 'OK', 'OK', 'OK', 'OK'],
    ['-----', 'INSUF', 'INSUF', 'ALARM', 'OK'],
    ['0XX-X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['--XX-', 'ALARM', 'INSUF', 'ALARM', 'OK'],
    ['----X', 'ALARM', 'INSUF', 'ALARM', 'OK'],
  ])('with the data %s is %s, %s, %s or %s, as missing data is treated', (points, ...expected) => {
    const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
    expect(treatments.map(treatMissingData => stateOf(points, { treatMissingData }))).toEqual(expected);
  });
});

describe('an alarm on one data point', () => {
  const one = { evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: 'notBreaching' } as const;

  it('rings in its minute, stays for as long as the range reaches, and is OK again without data', () => {
    expect(['----X', '---X-', '--X--', '-X---'].map(points => stateOf(points, one))).toEqual([
      'ALARM',
      'ALARM',
      'ALARM',
      'OK',
    ]);
  });

  it('takes values of other dimensions for another metric', () => {
    const store = new MetricStore();
    store.put({ ...METRIC, dimensions: { of: 'b' } }, 1, NOW);
    expect(evaluateAlarm(definition(one), { now: NOW, before: 'OK', store })).toBe('OK');
  });

  it.each([
    ['statistic', { statistic: 'p99' }],
    ['comparison', { comparison: 'GreaterThanUpperThreshold' }],
  ])('of an unknown %s is an error', (_, changes) => {
    expect(() => stateOf('----X', { ...one, ...changes })).toThrow('the embedded CloudWatch does not have');
  });
});

describe('a line in the embedded metric format', () => {
  const directive = { Namespace: 'N', Dimensions: [['of'], ['of', 'by']], Metrics: [{ Name: 'Failures' }] };
  const line = (value: unknown) => ({
    _aws: { Timestamp: NOW, CloudWatchMetrics: [directive] },
    ...{ of: 'a', by: 'b', Failures: value },
  });
  const summed = (text: string, dimensions: Record<string, string>): number | undefined => {
    const store = new MetricStore();
    putEmbedded(text, PLACE, store);
    return store.point({ ...METRIC, dimensions }, 'Sum', { from: NOW, to: NOW + MINUTE });
  };

  it('is a value for each set of dimensions', () => {
    for (const dimensions of [{ of: 'a' }, { by: 'b', of: 'a' }])
      expect(summed(JSON.stringify(line(3)), dimensions)).toBe(3);
    expect(summed(JSON.stringify(line(3)), { by: 'b' })).toBeUndefined();
  });

  it('may have several values', () => {
    expect(summed(JSON.stringify(line([1, 2])), { of: 'a' })).toBe(3);
  });

  it.each(['no JSON', '{"_aws"', '{"level":"INFO"}'])('is not what says %s', text => {
    expect(summed(text, { of: 'a' })).toBeUndefined();
  });
});

describe('what an alarm does', () => {
  const arn = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:A-1';
  const topicArn = 'arn:aws:sns:us-east-1:111122223333:topic';
  const alarm: Alarm = {
    ...definition({ evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: 'notBreaching' }),
    ...{ name: 'A-1', arn, description: 'words', actionsEnabled: true },
    actions: { ALARM: [topicArn], OK: [], INSUFFICIENT_DATA: [] },
  };
  const policy = (source: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Resource: '*' },
          Action: ['sns:Publish', 'kms:Decrypt', 'kms:GenerateDataKey*'],
          Condition: { ArnLike: { 'aws:SourceArn': source } },
        },
      ],
    });

  /** What is published, and why something is not. */
  function ring(topicPolicy: string, keyPolicy?: string): readonly unknown[] {
    const store = new MetricStore();
    const topics = new Topics(new Iam(), () =>
      keyPolicy === undefined ? undefined : { arn: 'key', policy: keyPolicy },
    );
    topics.put({ arn: topicArn, keyId: keyPolicy === undefined ? undefined : 'key' });
    topics.setPolicy(topicArn, topicPolicy);
    topics.subscribe('s', { topicArn, protocol: 'email', endpoint: 'security@example.com' });
    const by = { service: 'cloudwatch.amazonaws.com', accountId: PLACE.accountId, sourceArn: arn };
    const alarms = new Alarms(store, (to, _, message) => topics.publish(to, message, by));
    alarms.put(alarm);
    store.put(METRIC, 1, NOW);
    alarms.evaluate(NOW);
    const errors = alarms.transitions.flatMap(({ actions }) => actions.flatMap(({ error }) => error ?? []));
    return [...topics.published.flatMap(({ to }) => to), ...errors];
  }

  it('is told to who has subscribed, where topic and key let CloudWatch do so for that alarm', () => {
    const ours = policy('arn:aws:cloudwatch:us-east-1:111122223333:alarm:A-*');
    const others = policy('arn:aws:cloudwatch:us-east-1:111122223333:alarm:B-*');
    expect(ring(ours)).toEqual(['security@example.com']);
    expect(ring(ours, ours)).toEqual(['security@example.com']);
    expect(ring(others)).toEqual([expect.stringContaining('is not authorized to perform: SNS:Publish')]);
    expect(ring(ours, others)).toEqual([expect.stringContaining('access the SNS topic encryption key')]);
  });

  it('is done when its state changes, and not again while it stays', () => {
    const store = new MetricStore();
    const done: string[] = [];
    const alarms = new Alarms(store, to => void done.push(to));
    alarms.put(alarm);
    store.put(METRIC, 1, NOW);
    store.put(METRIC, 1, NOW + MINUTE);
    expect(alarms.evaluate(NOW + MINUTE)).toEqual({ 'A-1': 'ALARM' });
    expect(alarms.evaluate(NOW + 10 * MINUTE)).toEqual({ 'A-1': 'OK' });
    expect(done).toEqual([topicArn]);
    store.put(METRIC, 1, NOW + 11 * MINUTE);
    alarms.evaluate(NOW + 11 * MINUTE);
    expect(done).toHaveLength(2);
  });
});
