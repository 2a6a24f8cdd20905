import { Match } from 'aws-cdk-lib/assertions';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuseByAccount } from '../../lib/jobs/refuse-by-account.ts';
import { JobsRefused } from '../../lib/jobs/jobs-refused.ts';
import { loadJobs } from '../../lib/jobs/load-jobs.ts';
import type { JobSchedule } from '../../lambda/core/model/job.ts';
import { job, jobInput, SCHEDULE, use } from '../support/builders.ts';
import { synthesized } from '../support/stack.ts';

describe('the stack', () => {
  const template = synthesized([job({ schedule: SCHEDULE }), job({ name: 'unscheduled' })]);

  it('runs ES modules on arm64 with the SDK in the bundle, one role and one log group for each function', () => {
    template.resourceCountIs('AWS::Lambda::Function', 5);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogGroup: Match.anyValue() },
    });
    const roles = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) =>
      JSON.stringify((Properties as { Role: unknown }).Role),
    );
    expect(new Set(roles).size).toBe(5);
  });

  it('keeps its buckets when it is deleted, encrypted, private and over TLS only', () => {
    for (const bucket of Object.values(template.findResources('AWS::S3::Bucket')))
      expect(bucket).toMatchObject({ DeletionPolicy: 'Retain' });
    template.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    template.allResourcesProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('versions the journal', () => {
    template.hasResourceProperties('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } });
  });

  it('starts scheduled jobs by name, with two retries instead of 185', () => {
    // The other one is the watch (test/infra/operations.test.ts).
    template.resourceCountIs('AWS::Scheduler::Schedule', 2);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(90 days)',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      Target: {
        Arn: {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:::aws-sdk:sfn:startExecution']],
        },
        RetryPolicy: { MaximumRetryAttempts: 2 },
      },
    });
  });

  it('has a schedule for each of a job’s modes', () => {
    const both = [SCHEDULE, { ...SCHEDULE, mode: 'verify' as const, expression: 'rate(30 days)' }];
    const said = (schedule: JobSchedule | readonly JobSchedule[]) =>
      Object.entries(synthesized([job({ schedule })]).findResources('AWS::Scheduler::Schedule'))
        .filter(([, found]) => JSON.stringify(found).includes('startExecution'))
        .map(([id, found]) => ({
          id,
          mode: /"mode\\*":\\*"(\w+)/u.exec(JSON.stringify(found))?.[1] ?? '',
        }));
    expect(said(both).map(({ mode }) => mode)).toEqual(['migrate', 'verify']);
    expect(new Set(said(both).map(({ id }) => id)).size).toBe(2);
  });

  it('names a scheduled run for its job and mode, another one for each delivery, and within what Step Functions takes', () => {
    const long = job({ name: 'j'.repeat(40), schedule: SCHEDULE });
    for (const [one, name] of [
      [job({ schedule: SCHEDULE }), 'orders-migrate-'],
      [long, `${'j'.repeat(35)}-migrate-`],
    ] as const) {
      const schedules = synthesized([one]).findResources('AWS::Scheduler::Schedule', {
        Properties: { ScheduleExpression: 'rate(90 days)' },
      });
      const [found] = Object.values(schedules) as { readonly Properties: object }[];
      const said = JSON.stringify(found?.Properties).replaceAll('\\', '');
      expect(said).toContain(`"Name":"${name}<aws.scheduler.execution-id>"`);
      expect(said).toContain('"scheduled":true,"scheduledFor":"<aws.scheduler.scheduled-time>"');
      expect(name.length + 'c4f1ee3a-2b1c-4f0e-9d7a-1d1f9f0f0a11'.length).toBeLessThanOrEqual(80);
    }
  });

  it('is as loud about a scheduled run that cannot be started as about one that fails', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: { DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Undelivered'), 'Arn'] } } },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    synthesized([job()]).resourceCountIs('AWS::SQS::Queue', 0);
  });

  it.each([
    ['its job says so', { ...SCHEDULE, starts: 'never' as const }, {}],
    ['the deployment says so', SCHEDULE, { schedules: false }],
  ])('switches a schedule off where %s', (_, schedule, props) => {
    synthesized([job({ schedule })], props).hasResourceProperties('AWS::Scheduler::Schedule', {
      State: 'DISABLED',
    });
  });

  it('logs executions under a name that needs no resource policy, and that a later stack does not meet again', () => {
    const names = Object.values(template.findResources('AWS::Logs::LogGroup')).flatMap(
      ({ Properties }) => (Properties as { LogGroupName?: unknown }).LogGroupName ?? [],
    );
    expect(JSON.stringify(names)).toMatch(/^\[.*\/aws\/vendedlogs\/states\/Stack-.*AWS::StackId/);
    expect(names).toHaveLength(1);
  });

  it('logs no execution data', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { IncludeExecutionData: false, Level: 'ALL' },
    });
  });

  it('tells the CLI where everything is', () => {
    for (const output of ['StateMachineArn', 'RunBucketName', 'JournalBucketName', 'LedgerTableName'])
      template.hasOutput(output, {});
  });
});

describe('an alias of another account', () => {
  it('is refused at synth, where the account is known', () => {
    const aliased = job({
      destination: { ...use('arn:aws:kms:us-east-1:444455556666:alias/new'), dataKeyBytes: 32 },
    });
    expect(() => refuseByAccount([aliased], '111122223333')).toThrow(
      'job orders: destination.key = "arn:aws:kms:us-east-1:444455556666:alias/new": is an alias of the account 444455556666',
    );
    expect(() => refuseByAccount([aliased], '444455556666')).not.toThrow();
  });
});

describe('a folder of jobs', () => {
  const folder = (files: Record<string, unknown>): string => {
    const path = mkdtempSync(join(tmpdir(), 'jobs-'));
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(path, name), typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  it('is loaded in the order of its files', () => {
    expect(
      loadJobs(
        folder({ 'b.json': jobInput({ name: 'b' }), 'a.json': jobInput({ name: 'a' }), 'notes.txt': 'x' }),
      ).map(({ name }) => name),
    ).toEqual(['a', 'b']);
  });

  it.each([
    ['a file that is no JSON', { 'a.json': '{' }, /a\.json: line 1, column 2: ends before its last \] or }/],
    [
      'two jobs of one name',
      { 'a.json': jobInput(), 'b.json': jobInput() },
      /b\.json: name = "orders": \S+a\.json has the same name; give each job its own/,
    ],
    ['an invalid job', { 'a.json': jobInput({ stores: [] }) }, /a\.json: stores = \[\]: is empty/],
    ['no job', {}, /holds no job/],
  ])('is refused with %s', (_, files, words) => {
    expect(() => loadJobs(folder(files))).toThrow(JobsRefused);
    expect(() => loadJobs(folder(files))).toThrow(words);
  });
});
