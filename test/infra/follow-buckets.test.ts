import type { Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { checkPattern, matches } from '../../emulator/eventbridge/pattern.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import { patternOf } from '../../lib/follow/written-objects.ts';
import { bucketStore, job } from '../support/builders.ts';
import { STREAM } from '../support/follow-world.ts';
import { synthesized, type Statement } from '../support/stack.ts';

const storeOf = (bucket: string, prefix = ''): Store => bucketStore({ bucket, prefix }) as unknown as Store;
const followed = (buckets: readonly string[], stores: readonly Store[]) =>
  job({ name: 'documents', stores, follow: { buckets, untilQuietDays: 14 } });

type Properties = Readonly<Record<string, unknown>>;

function of(template: Template, type: string): readonly (readonly [string, Properties])[] {
  return Object.entries(template.findResources(type)).map(([id, { Properties: properties }]) => [
    id,
    properties as Properties,
  ]);
}

function one(template: Template, type: string, part: string): readonly [string, Properties] {
  const found = of(template, type).filter(([id]) => id.includes(part));
  expect(found).toHaveLength(1);
  return found[0]!;
}

function statements(template: Template, prefix: string): readonly Statement[] {
  return [...of(template, 'AWS::IAM::Policy'), ...of(template, 'AWS::IAM::ManagedPolicy')]
    .filter(([id]) => id.startsWith(prefix))
    .flatMap(([, { PolicyDocument }]) => (PolicyDocument as { Statement: Statement[] }).Statement);
}

describe('a deployment with a job that follows a bucket', () => {
  const stores = [storeOf('documents', '2026/'), storeOf('documents', 'old/'), storeOf('others')];
  const template = synthesized([followed(['documents'], stores)]);
  const [written, queue] = one(template, 'AWS::SQS::Queue', 'FollowWritten');
  const [givenUp] = one(template, 'AWS::SQS::Queue', 'FollowGivenUp');
  const [rule, { EventPattern, Targets }] = one(template, 'AWS::Events::Rule', 'Follow');
  const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

  it('has nothing for tables, as one that follows a table has nothing for buckets', () => {
    const ids = (of: Template): string => Object.keys(of.toJSON().Resources as object).join();
    expect(ids(template)).not.toMatch(/FollowTable|FollowMappings/);
    const ofTable = synthesized([job({ follow: { streams: [STREAM], untilQuietDays: 14 } })]);
    expect(ids(ofTable)).not.toMatch(/FollowBucket|FollowWritten|FollowCreated/);
  });

  it('has a rule for new objects of that bucket under the prefixes of its stores, which go to a queue', () => {
    expect(EventPattern).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      account: [expect.anything()],
      detail: {
        bucket: { name: ['documents'] },
        object: {
          key: [{ prefix: '2026/' }, { prefix: '2026%2F' }, { prefix: 'old/' }, { prefix: 'old%2F' }],
        },
      },
    });
    expect(Targets).toEqual([{ Id: 'written', Arn: arnOf(written) }]);
  });

  it('lets that rule send to the queue, and nobody else', () => {
    const [, { PolicyDocument }] = one(template, 'AWS::SQS::QueuePolicy', 'FollowWritten');
    const allowed = (PolicyDocument as { Statement: readonly (Statement & { Effect: string })[] }).Statement;
    expect(allowed.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      {
        ...{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' },
        ...{ Resource: arnOf(written), Condition: { ArnEquals: { 'aws:SourceArn': [arnOf(rule)] } } },
      },
    ]);
  });

  it('keeps messages encrypted, hidden for six time-outs of the function, and gives them up after twenty tries', () => {
    expect(queue).toMatchObject({
      ...{ SqsManagedSseEnabled: true, VisibilityTimeout: 720 },
      RedrivePolicy: { deadLetterTargetArn: arnOf(givenUp), maxReceiveCount: 20 },
    });
    const [, dead] = one(template, 'AWS::SQS::Queue', 'FollowGivenUp');
    expect(dead['MessageRetentionPeriod']).toBeGreaterThan(Number(queue['MessageRetentionPeriod']));
    expect(720 * 20).toBeLessThan(Number(queue['MessageRetentionPeriod']));
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 120 });
  });

  it('has an alarm on what is given up', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Stack-FollowGaveUp',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [givenUp, 'QueueName'] } }],
    });
  });

  it('maps the queue to the follower, message by message, after the rights that Lambda asks for', () => {
    const [[, mapping]] = of(template, 'AWS::Lambda::EventSourceMapping') as [[string, Properties]];
    expect(mapping).toMatchObject({
      EventSourceArn: arnOf(written),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...{ BatchSize: 100, MaximumBatchingWindowInSeconds: 1 },
      ScalingConfig: { MaximumConcurrency: 4 },
    });
    const [made] = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
    const [policy] = one(template, 'AWS::IAM::Policy', 'FollowReadWritten');
    expect((made as { DependsOn: readonly string[] }).DependsOn).toContain(policy);
    expect(statements(template, 'FollowReadWritten')).toEqual([
      {
        Effect: 'Allow',
        Action: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        Resource: arnOf(written),
      },
    ]);
  });

  it('lets the follower write to objects that are followed, and read no journal', () => {
    const granted = statements(template, 'FunctionsFollowBucketRole');
    const resources = (action: string): string =>
      JSON.stringify(granted.filter(({ Action }) => [Action].flat().includes(action)).map(s => s.Resource));
    expect(resources('s3:PutObjectTagging')).toContain('documents/2026/*');
    expect(JSON.stringify(granted)).not.toContain('s3:::others');
    expect(resources('s3:GetObject')).not.toContain('Journal');
    expect(JSON.stringify(granted)).not.toMatch(
      /dynamodb:(Scan|GetRecords|PartiQL)|s3:DeleteObject|kms:Decrypt/,
    );
  });

  it('has one rule for a bucket that several jobs follow', () => {
    const [first, second] = ['a/', 'b/'].map(prefix => ({
      ...followed(['documents'], [storeOf('documents', prefix)]),
      name: `documents-${prefix[0]}`,
    }));
    const [, { EventPattern: pattern }] = one(synthesized([first!, second!]), 'AWS::Events::Rule', 'Follow');
    expect(JSON.stringify(pattern)).toMatch(/"prefix":"a\/".*"prefix":"b\/"/);
  });

  it('is refused where the policy of the queue could not hold all rules', () => {
    const names = Array.from({ length: 51 }, (_, at) => `documents-${at}`);
    const many = followed(
      names,
      names.map(name => storeOf(name)),
    );
    expect(() => synthesized([many])).toThrow('one deployment follows 50 at most');
    const most = followed(names.slice(1), many.stores.slice(1));
    const [, { PolicyDocument }] = one(synthesized([most]), 'AWS::SQS::QueuePolicy', 'FollowWritten');
    // An ARN of a rule with the longest name that CloudFormation makes, in the longest Region.
    const arn = `arn:aws-us-gov:events:ap-northeast-99:111122223333:rule/${'r'.repeat(64)}`;
    const text = JSON.stringify(PolicyDocument).replace(/\{"Fn::GetAtt":\["[^"]+","Arn"\]\}/g, `"${arn}"`);
    expect(text.length).toBeLessThan(8_192);
  });
});

describe('what a rule asks to hear of', () => {
  const keys = (...prefixes: readonly string[]): unknown =>
    (patternOf({ account: '1', bucket: 'b', prefixes }) as { detail: { object?: { key: unknown } } }).detail
      .object?.key;

  it('is all of a bucket where a store has no prefix', () => {
    expect(keys('a/', '')).toBeUndefined();
  });

  it('is what a key begins with whether or not it is encoded', () => {
    expect(keys('a b/', 'x/y=z')).toEqual([{ prefix: 'a' }, { prefix: 'x/y' }, { prefix: 'x%2Fy' }]);
    expect(keys('=a')).toBeUndefined();
  });

  it('is never less than what is followed, whether or not S3 encodes keys', () => {
    const prefix = fc.string({ unit: fc.constantFrom(...Array.from(' a/+%=?Z~()-_.*')), maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(prefix, { minLength: 1, maxLength: 4 }),
        fc.string(),
        fc.nat(),
        (all, rest, at) => {
          const key = `${all[at % all.length]}${rest}`;
          const encoded = encodeURIComponent(key).replaceAll('%20', '+');
          const pattern = checkPattern(patternOf({ account: '1', bucket: 'b', prefixes: all }));
          for (const told of [key, encoded, encoded.replaceAll('%2F', '/')])
            expect(
              matches(pattern, {
                ...{ source: 'aws.s3', 'detail-type': 'Object Created', account: '1' },
                detail: { bucket: { name: 'b' }, object: { key: told } },
              }),
            ).toBe(true);
        },
      ),
    );
  });

  it('is all of a bucket where a pattern cannot hold the prefixes', () => {
    expect(keys(...Array.from({ length: 40 }, (_, at) => `${at}/${'x'.repeat(100)}`))).toBeUndefined();
  });
});
