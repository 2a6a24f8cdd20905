import { randomUUID } from 'node:crypto';
import type { Iam } from '../iam/iam.ts';
import { AwsError } from '../protocol/aws-error.ts';
import type { Authorization } from '../protocol/authorization.ts';
import { asAwsError } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse, RawRequest, Service } from '../protocol/request.ts';
import type { Buckets } from '../s3/bucket.ts';
import { escapeXml, s3Error, xmlResponse } from '../s3/s3-request.ts';
import { readJob, type BatchJob } from './batch-job.ts';
import { carryOut, listObjects } from './tasks.ts';

export interface S3ControlOptions {
  readonly buckets: Buckets;
  readonly iam: Iam;
  readonly s3: () => Service;
  readonly authorizationOf: (from: Pick<AwsRequest, 'caller' | 'region' | 'service'>) => Authorization;
}

const JOBS = '/v20180820/jobs';

/** S3 Control is signed as `s3`, and names the account in a header. */
export function isS3Control({ url, headers }: Pick<RawRequest, 'url' | 'headers'>): boolean {
  return url.startsWith('/v20180820/') && headers['x-amz-account-id'] !== undefined;
}

/** Of S3 Control, jobs of S3 Batch Operations that update the encryption of objects. behaviour.md says what they do. */
export function s3ControlService(options: S3ControlOptions): Service {
  const jobs = new Map<string, BatchJob>();
  return {
    async handle(request: AwsRequest): Promise<AwsResponse> {
      try {
        return await answer(request, jobs, options);
      } catch (error) {
        return s3Error(asAwsError(error), request);
      }
    },
  };
}

async function answer(
  request: AwsRequest,
  jobs: Map<string, BatchJob>,
  options: S3ControlOptions,
): Promise<AwsResponse> {
  const { method, path, region } = request;
  const accountId = String(request.headers['x-amz-account-id']);
  if (path === JOBS && method === 'POST') {
    request.iam.need({ action: 's3:CreateJob', resource: '*', resourceAccountId: accountId });
    const job = readJob(request.body, { jobId: randomUUID(), accountId, region });
    passRole(job, request, options.iam);
    jobs.set(job.jobId, job);
    prepare(job, options);
    if (job.isConfirmed) await run(job, options);
    return xmlResponse(`<CreateJobResult><JobId>${job.jobId}</JobId></CreateJobResult>`);
  }
  const [, id = '', rest = ''] = /^\/v20180820\/jobs\/([^/]+)(\/status)?$/.exec(path) ?? [];
  const job = jobs.get(id);
  const action = rest === '' ? 'DescribeJob' : 'UpdateJobStatus';
  const resource = `arn:aws:s3:${region}:${accountId}:job/${id}`;
  request.iam.need({ action: `s3:${action}`, resource, resourceAccountId: accountId });
  if (job === undefined || job.accountId !== accountId || job.region !== region)
    throw new AwsError('NoSuchJob', `there is no job ${id}`, { status: 404 });
  if (action === 'DescribeJob' && method === 'GET') return described(job);
  if (action === 'UpdateJobStatus' && method === 'POST')
    return await updated(job, request.query.get('requestedJobStatus'), options);
  throw new AwsError('NotImplemented', `the embedded S3 Control does not have ${method} ${path}`, {
    status: 501,
  });
}

/** The caller has to pass the role, and the role has to trust S3 Batch Operations. */
function passRole({ roleArn, accountId, region }: BatchJob, request: AwsRequest, iam: Iam): void {
  const service = 'batchoperations.s3.amazonaws.com';
  request.iam.need({
    ...{ action: 'iam:PassRole', resource: roleArn, resourceAccountId: accountId },
    conditions: { 'iam:PassedToService': service },
  });
  const behalf = {
    'aws:SourceAccount': accountId,
    'aws:SourceArn': `arn:aws:s3:${region}:${accountId}:job/*`,
  };
  if (!iam.trusts(roleArn, service, behalf))
    throw new AwsError('InvalidRequest', `S3 Batch Operations may not assume the role ${roleArn}`);
}

function prepare(job: BatchJob, options: S3ControlOptions): void {
  try {
    job.tasks.total = listObjects(job, options).length;
  } catch (error) {
    job.status = 'Failed';
    job.failure = error instanceof Error ? error.message : String(error);
  }
}

async function run(job: BatchJob, options: S3ControlOptions): Promise<void> {
  if (job.status !== 'Suspended') return;
  job.status = 'Active';
  for (const key of listObjects(job, options)) {
    const { status } = await carryOut(job, key, options);
    job.tasks[status < 300 ? 'succeeded' : 'failed']++;
  }
  job.status = 'Complete';
}

async function updated(job: BatchJob, asked: string | null, options: S3ControlOptions): Promise<AwsResponse> {
  if (job.status !== 'Suspended' || (asked !== 'Ready' && asked !== 'Cancelled'))
    throw new AwsError('JobStatusException', `the job is ${job.status} and cannot become ${asked}`);
  if (asked === 'Cancelled') job.status = 'Cancelled';
  else await run(job, options);
  return xmlResponse(
    `<UpdateJobStatusResult><JobId>${job.jobId}</JobId><Status>${asked}</Status></UpdateJobStatusResult>`,
  );
}

function described({ jobId, status, description, priority, roleArn, failure, tasks }: BatchJob): AwsResponse {
  const why =
    failure === undefined
      ? ''
      : `<FailureReasons><member><FailureReason>${escapeXml(failure)}</FailureReason></member></FailureReasons>`;
  return xmlResponse(
    `<DescribeJobResult><Job><JobId>${jobId}</JobId><Status>${status}</Status><Description>${escapeXml(description)}</Description><Priority>${priority}</Priority><RoleArn>${roleArn}</RoleArn>${why}<ProgressSummary><TotalNumberOfTasks>${tasks.total}</TotalNumberOfTasks><NumberOfTasksSucceeded>${tasks.succeeded}</NumberOfTasksSucceeded><NumberOfTasksFailed>${tasks.failed}</NumberOfTasksFailed></ProgressSummary></Job></DescribeJobResult>`,
  );
}
