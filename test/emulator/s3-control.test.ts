import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateJobCommand,
  DescribeJobCommand,
  UpdateJobStatusCommand,
  type CreateJobCommandInput,
  type S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { s3Control } from '../support/s3-control.ts';

const AccountId = '111122223333';
const Bucket = 'documents';
const RoleArn = `arn:aws:iam::${AccountId}:role/Batch`;
const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'batchoperations.s3.amazonaws.com' },
      Action: 'sts:AssumeRole',
    },
  ],
};

describe('S3 Batch Operations on loopback', () => {
  let aws: Embedded;
  let control: S3ControlClient;
  let [oldKey, newKey] = ['', ''];
  beforeEach(async () => {
    aws = await embedded();
    control = s3Control(aws.endpoint);
    [oldKey, newKey] = [await key(), await key()];
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    for (const [Key, SSEKMSKeyId, BucketKeyEnabled] of [
      ['a/1 ü', oldKey, false],
      ['a/2', oldKey, true],
      ['a/3', newKey, false],
      ['b/1', oldKey, false],
    ] as const)
      await aws.s3.send(
        new PutObjectCommand({
          ...{ Bucket, Key, Body: Key, ServerSideEncryption: 'aws:kms', SSEKMSKeyId, BucketKeyEnabled },
        }),
      );
  });
  afterEach(async () => {
    control.destroy();
    await aws.stop();
  });

  const key = async () => (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
  function role({ inventory = true } = {}): void {
    const { identities } = aws.aws.iam;
    identities.create(RoleArn, { trust: TRUST });
    const statements = [
      ...(inventory ? [['s3:PutInventoryConfiguration', `arn:aws:s3:::${Bucket}`]] : []),
      ['s3:UpdateObjectEncryption', `arn:aws:s3:::${Bucket}/a/*`],
      ['kms:*', '*'],
    ].map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource }));
    identities.putInline(RoleArn, 'Batch', { Version: '2012-10-17', Statement: statements });
  }
  function asked(changes: Partial<CreateJobCommandInput> = {}, prefixes?: string[]): CreateJobCommand {
    return new CreateJobCommand({
      ...{ AccountId, RoleArn, ConfirmationRequired: true, Priority: 10, Description: 'd' },
      Operation: {
        S3UpdateObjectEncryption: {
          ObjectEncryption: { SSEKMS: { KMSKeyArn: newKey, BucketKeyEnabled: false } },
        },
      },
      ManifestGenerator: {
        S3JobManifestGenerator: {
          ExpectedBucketOwner: AccountId,
          SourceBucket: `arn:aws:s3:::${Bucket}`,
          EnableManifestOutput: false,
          Filter: {
            ...(prefixes && { KeyNameConstraint: { MatchAnyPrefix: prefixes } }),
            MatchAnyObjectEncryption: [{ SSEKMS: { KmsKeyArn: oldKey, BucketKeyEnabled: false } }],
          },
        },
      },
      Report: { Enabled: false },
      ...changes,
    });
  }
  const describeJob = async (JobId: string | undefined) =>
    (await control.send(new DescribeJobCommand({ AccountId, JobId }))).Job;
  const update = (JobId: string | undefined, RequestedJobStatus: 'Ready' | 'Cancelled') =>
    control.send(new UpdateJobStatusCommand({ AccountId, JobId, RequestedJobStatus }));
  const keysNow = () =>
    Promise.all(
      ['a/1 ü', 'a/2', 'a/3', 'b/1'].map(async Key => {
        const { SSEKMSKeyId } = await aws.s3.send(new HeadObjectCommand({ Bucket, Key }));
        return SSEKMSKeyId === newKey ? 'new' : 'old';
      }),
    );

  it('list what the filter matches, wait, and then update it as their role', async () => {
    role();
    const { JobId } = await control.send(asked({}, ['a/', 'c/']));
    expect(await describeJob(JobId)).toMatchObject({
      ...{ Status: 'Suspended', Description: 'd', RoleArn },
      ProgressSummary: { TotalNumberOfTasks: 1, NumberOfTasksSucceeded: 0 },
    });
    expect(await keysNow()).toEqual(['old', 'old', 'new', 'old']);
    await update(JobId, 'Ready');
    expect(await describeJob(JobId)).toMatchObject({
      Status: 'Complete',
      ProgressSummary: { NumberOfTasksSucceeded: 1, NumberOfTasksFailed: 0 },
    });
    expect(await keysNow()).toEqual(['new', 'old', 'new', 'old']);
  });

  it('count what their role may not update, and are complete all the same', async () => {
    role();
    const { JobId } = await control.send(asked({ ConfirmationRequired: false }));
    expect(await describeJob(JobId)).toMatchObject({
      Status: 'Complete',
      ProgressSummary: { TotalNumberOfTasks: 2, NumberOfTasksSucceeded: 1, NumberOfTasksFailed: 1 },
    });
    expect(await keysNow()).toEqual(['new', 'old', 'new', 'old']);
  });

  it('change nothing where they are cancelled, and do so once', async () => {
    role();
    const { JobId } = await control.send(asked());
    await update(JobId, 'Cancelled');
    expect(await errorName(update(JobId, 'Ready'))).toBe('JobStatusException');
    expect(await keysNow()).toEqual(['old', 'old', 'new', 'old']);
  });

  it('fail where their role may not have a list made', async () => {
    role({ inventory: false });
    const { JobId } = await control.send(asked());
    const job = await describeJob(JobId);
    expect([job?.Status, job?.FailureReasons?.[0]?.FailureReason]).toEqual([
      'Failed',
      expect.stringContaining('s3:PutInventoryConfiguration'),
    ]);
  });

  it('are refused where the role does not trust S3 for that account, or the caller may not pass it', async () => {
    expect(await errorName(control.send(asked()))).toBe('InvalidRequest');
    role();
    const allowed = [{ Effect: 'Allow', Action: 's3:CreateJob', Resource: '*' }];
    const policy = { Version: '2012-10-17', Statement: allowed };
    const other = s3Control(aws.endpoint, aws.aws.createUser('other', [policy]));
    expect(await errorName(other.send(asked()))).toBe('AccessDenied');
    other.destroy();
  });

  it('are not there for other operations, and for filters that are not there', async () => {
    role();
    const tagging = { S3DeleteObjectTagging: {} };
    expect(await errorName(control.send(asked({ Operation: tagging })))).toBe('NotImplemented');
    expect(await errorName(describeJob('none'))).toBe('NoSuchJob');
  });
});
