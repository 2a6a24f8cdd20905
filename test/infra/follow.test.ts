import type { Template } from 'aws-cdk-lib/assertions';
import { job } from '../support/builders.ts';
import { STREAM } from '../support/follow-world.ts';
import { actionsOf, synthesized, type Statement } from '../support/stack.ts';

const NOTES = STREAM.replace('Orders', 'Notes');
const [orders] = job().stores;
const followed = (streams: readonly string[] = [STREAM]) =>
  job({ stores: [orders!, { ...orders!, table: 'Notes' }], follow: { streams, untilQuietDays: 14 } });

type Properties = Readonly<Record<string, unknown>>;

function of(template: Template, type: string): ReadonlyMap<string, Properties> {
  return new Map(
    Object.entries(template.findResources(type)).map(([id, { Properties: of }]) => [id, of as Properties]),
  );
}

function statements(template: Template, prefix: string): readonly Statement[] {
  return [...of(template, 'AWS::IAM::Policy'), ...of(template, 'AWS::IAM::ManagedPolicy')]
    .filter(([id]) => id.startsWith(prefix))
    .flatMap(([, { PolicyDocument }]) => (PolicyDocument as { Statement: Statement[] }).Statement);
}

const names = (template: Template): readonly string[] =>
  Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type);

describe('a deployment whose jobs follow nothing', () => {
  it('has no function, mapping, queue or alarm for that', () => {
    const [plain, following] = [synthesized([job()]), synthesized([followed()])];
    expect(names(plain)).not.toContain('AWS::Lambda::EventSourceMapping');
    expect(names(plain)).not.toContain('AWS::SQS::Queue');
    const ids = (template: Template): string => Object.keys(template.toJSON().Resources as object).join();
    expect(ids(plain)).not.toMatch(/Follow/);
    expect(ids(following)).toMatch(/Follow/);
  });
});

describe('a deployment with a job that follows a table', () => {
  const template = synthesized([followed()]);
  const [[, mapping] = ['', {}]] = of(template, 'AWS::Lambda::EventSourceMapping');
  const [[queue] = ['']] = of(template, 'AWS::SQS::Queue');

  it('maps its stream to the follower, from the oldest record on, each item on its own if one is to blame', () => {
    expect(mapping).toMatchObject({
      EventSourceArn: STREAM,
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(JSON.stringify(mapping['FunctionName'])).toContain('FunctionsFollowTable');
  });

  it('gives up before the stream forgets, and leaves that in an encrypted queue', () => {
    expect(mapping['MaximumRecordAgeInSeconds']).toBeLessThan(24 * 60 * 60);
    expect(mapping['DestinationConfig']).toEqual({
      OnFailure: { Destination: { 'Fn::GetAtt': [queue, 'Arn'] } },
    });
    template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  });

  it('has an alarm on that queue', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Stack-FollowGaveUp',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
    });
  });

  it('makes the mapping after the rights that Lambda asks for', () => {
    const [made] = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
    const [follower] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) =>
      id.startsWith('FunctionsFollowTable'),
    );
    const policies = Object.keys(template.findResources('AWS::IAM::Policy'));
    const own = (start: string): string => policies.find(id => id.startsWith(start))!;
    const after = (made as { DependsOn: readonly string[] }).DependsOn;
    expect(after).toEqual(expect.arrayContaining([own('FollowMappings'), follower![0]]));
    expect((follower![1] as { DependsOn: readonly string[] }).DependsOn).toContain(
      own('FunctionsFollowTableRole'),
    );
  });

  it('lets Lambda read that stream and no other, and send to that queue', () => {
    const granted = [
      ...statements(template, 'FunctionsFollowTableRole'),
      ...statements(template, 'FollowMappings'),
    ];
    const ofMappings = granted.filter(({ Action }) =>
      /Stream|Records|Shard|sqs/.test([Action].flat().join()),
    );
    expect(ofMappings.map(({ Action, Resource }) => [[Action].flat(), Resource])).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], expect.anything()],
      [['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], STREAM],
      [['dynamodb:ListStreams'], '*'],
      [['sqs:SendMessage'], { 'Fn::GetAtt': [queue, 'Arn'] }],
    ]);
  });

  it('lets the follower write to tables that are followed, and read no journal', () => {
    const granted = statements(template, 'FunctionsFollowTableRole');
    const resources = (action: string): string =>
      JSON.stringify(
        granted.filter(one => [one.Action].flat().includes(action)).map(({ Resource }) => Resource),
      );
    expect(actionsOf(granted)).toEqual([
      ...['dynamodb:BatchGetItem', 'dynamodb:DescribeStream', 'dynamodb:DescribeTable', 'dynamodb:GetItem'],
      ...['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:PartiQLUpdate', 'dynamodb:Query'],
      ...['dynamodb:UpdateItem', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
      ...['logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:ListBucket', 's3:PutObject'],
    ]);
    expect(resources('dynamodb:UpdateItem')).toContain('table/Orders');
    expect(JSON.stringify(granted)).not.toContain('table/Notes');
    expect(resources('s3:GetObject')).not.toContain('Journal');
  });

  it('maps each stream that is named, to one function', () => {
    const both = synthesized([followed([STREAM, NOTES])]);
    const mapped = [...of(both, 'AWS::Lambda::EventSourceMapping').values()];
    expect(mapped.map(({ EventSourceArn }) => EventSourceArn)).toEqual([STREAM, NOTES]);
    expect(new Set(mapped.map(({ FunctionName }) => JSON.stringify(FunctionName))).size).toBe(1);
  });
});
